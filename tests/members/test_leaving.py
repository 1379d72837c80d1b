"""Going off account and coming back: V-B9 to V-B14, with figures, book and seal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from members.enums import EndReason, MemberState, PaperCard, TransferState
from members.models import BookLine, Member, Registration, Transfer
from members.transitions.leaving import deregister, take_back_leaving
from members.transitions.transfers import arrive, call_off, renew_code
from registry import integrity
from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import NotAllowed, RuleViolation
from registry.models import Figures, Organization
from tests.members.people import Place, voi
from tests.registry import trees

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def other(place: Place) -> tuple[Organization, Actor]:
    """A local organisation of another region of the same federation."""
    region = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    keeper = trees.below(region, Level.LOCAL, "Боровская МО ВОИ")
    return trees.again(keeper), trees.officer(keeper, Role.CHAIR, "Сомов")


def depart(place: Place, member: Member) -> str:
    return deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, destination="Калужская область", paper_card=PaperCard.HANDED,
        by=place.chair,
    ).code  # fmt: skip


def figures(*organizations: Organization) -> list[tuple[int, int]]:
    """Members and cards in transit of each."""
    found = {f.pk: (f.members, f.in_transit) for f in Figures.objects.filter(pk__in=[o.pk for o in organizations])}
    return [found.get(o.pk, (0, 0)) for o in organizations]


def assert_whole() -> None:
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_v_b10_a_departing_member_is_in_transit_and_nobody_reads_the_card(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    member = place.put()
    code = depart(place, member)
    member.refresh_from_db()
    line = BookLine.objects.get()
    assert (member.state, member.unit, len(code)) == (MemberState.IN_TRANSIT, None, 14)
    for actor in (place.chair, place.region_chair, other[1]):
        assert list(Member.objects.visible_to(actor)) == []
    assert (line.full_name, line.left_on, line.destination) == (member.full_name, TODAY, "Калужская область")
    assert figures(place.keeper, other[0]) == [(0, 1), (0, 0)]
    assert_whole()


def test_v_b11_the_card_opens_at_the_receiving_organisation_by_ticket_and_code(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    member = place.put()
    code = depart(place, member)
    arrived = arrive(
        organization=other[0], ticket_number=member.ticket_number, code=code.lower(), on=TODAY, by=other[1]
    )
    stays = list(Registration.objects.filter(member=member).values_list("organization", "end_reason", "start_reason"))
    assert (arrived.pk, arrived.organization_id, arrived.reprint) == (member.pk, other[0].pk, True)
    assert stays == [(place.keeper.pk, "departure", "existing"), (other[0].pk, "", "arrival")]
    assert [list(Member.objects.visible_to(a)) for a in (place.chair, other[1])] == [[], [member]]
    assert figures(place.keeper, other[0]) == [(0, 0), (1, 0)]
    assert_whole()


def test_v_b9_wrong_codes_are_refused_alike_and_then_throttled(place: Place, other: tuple[Organization, Actor]) -> None:
    member = place.put()
    code = depart(place, member)

    def refusal(ticket: str, tried: str) -> str:
        with pytest.raises(RuleViolation) as caught:
            arrive(organization=other[0], ticket_number=ticket, code=tried, on=TODAY, by=other[1])
        return str(caught.value.message)

    wrong = {refusal(member.ticket_number, "AAAA-AAAA-AAAA"), refusal("999", code), refusal("", "")}
    assert len(wrong) == 1
    refusal("1", "B"), refusal("2", "C")
    assert refusal(member.ticket_number, code) not in wrong
    assert figures(place.keeper, other[0]) == [(0, 1), (0, 0)]


def test_v_b9_a_code_opens_nothing_in_another_federation_or_where_the_member_left(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    member = place.put()
    code = depart(place, member)
    stranger = voi()
    for organization, actor in ((stranger.keeper, stranger.chair), (place.keeper, place.chair)):
        with pytest.raises(RuleViolation):
            arrive(organization=organization, ticket_number=member.ticket_number, code=code, on=TODAY, by=actor)
    with pytest.raises(RuleViolation):
        arrive(
            organization=other[0],
            ticket_number=member.ticket_number,
            code=code,
            on=TODAY - dt.timedelta(1),
            by=other[1],
        )
    assert Transfer.objects.get().state == TransferState.IN_TRANSIT


def test_v_b12_a_lost_card_gets_a_new_code_from_the_superior_and_the_old_one_opens_nothing(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    member = place.put()
    old = depart(place, member)
    transfer = Transfer.objects.get()
    with pytest.raises(NotAllowed):
        renew_code(transfer.pk, by=place.reviewer)
    with pytest.raises(Transfer.DoesNotExist):
        renew_code(transfer.pk, by=other[1])
    _transfer, new = renew_code(transfer.pk, by=place.region_chair)
    with pytest.raises(RuleViolation):
        arrive(organization=other[0], ticket_number=member.ticket_number, code=old, on=TODAY, by=other[1])
    arrive(organization=other[0], ticket_number=member.ticket_number, code=new, on=TODAY, by=other[1])
    assert_whole()


def test_v_b10_a_departure_called_off_leaves_the_card_as_it_was(place: Place) -> None:
    member = place.put(cell=place.cells[0].pk)
    depart(place, member)
    assert figures(place.keeper, place.cells[0]) == [(0, 0), (0, 1)]
    call_off(Transfer.objects.get().pk, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.unit_id) == (MemberState.ON_ACCOUNT, place.cells[0].pk)
    assert Registration.objects.get().ended_on is None
    assert figures(place.keeper, place.cells[0]) == [(0, 0), (1, 0)]
    assert_whole()


def test_v_b14_a_death_entered_by_mistake_is_taken_back_from_the_book(place: Place) -> None:
    member = place.put()
    deregister(member.pk, reason=EndReason.DEATH, on=TODAY, paper_card=PaperCard.TAKEN, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.ended_on) == (MemberState.DECEASED, TODAY)
    take_back_leaving(BookLine.objects.get().pk, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.erase_after, list(Member.objects.visible_to(place.chair))) == (
        MemberState.ON_ACCOUNT, None, [member],
    )  # fmt: skip
    assert_whole()


def test_v_b12_the_card_goes_by_registered_mail_with_its_number_only(place: Place) -> None:
    member = place.put()
    with pytest.raises(RuleViolation) as caught:
        deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY, paper_card=PaperCard.MAILED, by=place.chair)
    assert (caught.value.rule, caught.value.field) == ("V-B12", "mail_number")


@pytest.mark.parametrize(
    ("reason", "days", "field"),
    [
        (EndReason.EXCLUSION, 0, "reason"),
        (EndReason.DISMISSAL, 0, "reason"),
        (EndReason.OWN_WISH, 1, "on"),
        (EndReason.OWN_WISH, -10_000, "on"),
    ],
)
def test_v_b10_reasons_of_others_and_impossible_days_are_refused(
    place: Place, reason: str, days: int, field: str
) -> None:
    member = place.put()
    with pytest.raises(RuleViolation) as caught:
        deregister(member.pk, reason=reason, on=TODAY + dt.timedelta(days), by=place.chair)
    assert caught.value.field == field
    assert figures(place.keeper) == [(1, 0)]


def test_n_h1_only_who_moves_members_here_lets_them_go(place: Place, other: tuple[Organization, Actor]) -> None:
    member = place.put()
    for actor in (place.region_chair, place.reviewer):
        with pytest.raises(NotAllowed):
            deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, by=actor)
    with pytest.raises(Member.DoesNotExist):
        deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, by=other[1])
    assert figures(place.keeper) == [(1, 0)]
