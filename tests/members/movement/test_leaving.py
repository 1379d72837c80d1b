"""Leaving and coming back: V-B9 to V-B14, with figures, book and seal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from members.book.enums import EndReason
from members.book.models import BookLine, Registration
from members.movement.enums import PaperCard, TransferState
from members.movement.models import Transfer
from members.movement.transitions.arrivals import take_back_arrival
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.organizations import merge_organizations
from members.movement.transitions.transfers import arrive, call_off, renew_code
from members.people.enums import MemberState
from members.people.models import Member
from members.people.transitions.cards import edit_card
from registry import integrity
from registry.access import Actor
from registry.drafts.models import Draft
from registry.drafts.transitions import save_draft
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.jobs.enums import JobState
from registry.jobs.models import Job
from registry.organizations.models import Figures, Organization
from tests.members.places import Place, voi
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def other(place: Place) -> tuple[Organization, Actor]:
    """Create a local organisation in another region of the federation; return it and its chair."""
    region = trees.below(place.head, Level.REGIONAL, "Калужская РО ВОИ")
    keeper = trees.below(region, Level.LOCAL, "Боровская МО ВОИ")
    return trees.again(keeper), trees.officer(keeper, Role.CHAIR, "Сомов")


def depart(place: Place, member: Member) -> str:
    return deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, destination="Калужская область", paper_card=PaperCard.HANDED,
        by=place.chair,
    ).code  # fmt: skip


def figures(*organizations: Organization) -> list[tuple[int, int]]:
    """Return members and cards in transit of each organisation."""
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
        with refused("V-B9") as caught:
            arrive(organization=other[0], ticket_number=ticket, code=tried, on=TODAY, by=other[1])
        return caught.message

    wrong = {refusal(member.ticket_number, "AAAA-AAAA-AAAA"), refusal("999", code), refusal("", "")}
    assert len(wrong) == 1
    refusal("1", "B"), refusal("2", "C")
    assert refusal(member.ticket_number, code) not in wrong
    assert figures(place.keeper, other[0]) == [(0, 1), (0, 0)]


def test_v_b9_a_code_does_not_work_in_another_federation_or_the_former_organisation(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    member = place.put()
    code = depart(place, member)
    stranger = voi()
    for organization, actor, words in (
        (stranger.keeper, stranger.chair, "в пути нет"),
        (place.keeper, place.chair, "было именно отсюда"),
    ):
        with refused("V-B9", match=words):
            arrive(organization=organization, ticket_number=member.ticket_number, code=code, on=TODAY, by=actor)
    with refused("V-B9", field="on"):
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
    with refused("V-B9", field="code"):
        arrive(organization=other[0], ticket_number=member.ticket_number, code=old, on=TODAY, by=other[1])
    arrive(organization=other[0], ticket_number=member.ticket_number, code=new, on=TODAY, by=other[1])
    assert_whole()


def test_v_b10_a_departure_called_off_leaves_the_card_as_it_was(place: Place) -> None:
    member = place.put(cell=place.cells[0].pk)
    depart(place, member)
    assert figures(place.keeper, place.cells[0]) == [(0, 0), (0, 1)]
    call_off(Transfer.objects.get().pk, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.unit_id) == (MemberState.REGISTERED, place.cells[0].pk)
    assert Registration.objects.get().ended_on is None
    assert figures(place.keeper, place.cells[0]) == [(0, 0), (1, 0)]
    assert_whole()


def test_v_b14_a_death_needs_its_document(place: Place) -> None:
    member = place.put()
    with refused("V-B14", field="paper"):
        deregister(member.pk, reason=EndReason.DEATH, on=TODAY, paper=" ", paper_card=PaperCard.TAKEN, by=place.chair)
    paper = "II-БО № 1"
    deregister(member.pk, reason=EndReason.DEATH, on=TODAY, paper=paper, paper_card=PaperCard.TAKEN, by=place.chair)
    assert Registration.objects.get().end_paper == paper


def test_v_b14_a_death_entered_by_mistake_is_taken_back_from_the_book(place: Place) -> None:
    member = place.put()
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )
    member.refresh_from_db()
    assert (member.state, member.ended_on) == (MemberState.DECEASED, TODAY)
    take_back_leaving(BookLine.objects.get().pk, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.erase_after, list(Member.objects.visible_to(place.chair))) == (
        MemberState.REGISTERED, None, [member],
    )  # fmt: skip
    assert_whole()


def test_v_b12_the_card_goes_by_registered_mail_with_its_number_only(place: Place) -> None:
    member = place.put()
    with refused("V-B12", field="mail_number"):
        deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY, paper_card=PaperCard.MAILED, by=place.chair)


@pytest.mark.parametrize(
    ("reason", "days", "field"),
    [
        (EndReason.EXCLUSION, 0, "reason"),
        (EndReason.DISMISSAL, 0, "reason"),
        (EndReason.OWN_WISH, 1, "on"),
        (EndReason.OWN_WISH, -10_000, "on"),
    ],
)
def test_v_b10_reasons_of_another_charter_and_impossible_days_are_refused(
    place: Place, reason: str, days: int, field: str
) -> None:
    member = place.put()
    with refused("V-B10", field=field):
        deregister(member.pk, reason=reason, on=TODAY + dt.timedelta(days), by=place.chair)
    assert figures(place.keeper) == [(1, 0)]


def test_n_h1_only_officers_who_may_move_members_deregister_them(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    member = place.put()
    for actor in (place.region_chair, place.reviewer):
        with pytest.raises(NotAllowed):
            deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, by=actor)
    with pytest.raises(Member.DoesNotExist):
        deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, by=other[1])
    assert figures(place.keeper) == [(1, 0)]


def test_n_h3_a_member_in_transit_counts_with_the_successor_and_can_return_to_it(place: Place) -> None:
    target = trees.below(place.region, Level.LOCAL, "Приокская МО ВОИ")
    code = depart(place, place.put())
    merge_organizations(place.keeper.pk, target.pk, on=TODAY, by=place.region_chair)
    assert figures(place.keeper, target) == [(0, 0), (0, 1)]
    assert_whole()
    chair = trees.officer(target, Role.CHAIR, "Сомов")
    with refused("V-B9", match="было именно отсюда"):
        arrive(organization=trees.again(target), ticket_number="0104512", code=code, on=TODAY, by=chair)
    call_off(Transfer.objects.get().pk, by=chair)
    assert figures(place.keeper, target) == [(0, 0), (1, 0)]
    assert Member.objects.get().organization == target
    assert_whole()


def test_n_h3_the_code_of_an_organisation_that_was_merged_opens_the_card_elsewhere(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    target = trees.below(place.region, Level.LOCAL, "Приокская МО ВОИ")
    code = depart(place, place.put())
    merge_organizations(place.keeper.pk, target.pk, on=TODAY, by=place.region_chair)
    arrive(organization=trees.again(other[0]), ticket_number="0104512", code=code, on=TODAY, by=other[1])
    assert figures(place.keeper, target, other[0]) == [(0, 0), (0, 0), (1, 0)]
    assert_whole()


@pytest.mark.both
def test_v_b10_copies_and_drafts_of_superiors_are_deleted_with_the_departure(place: Place) -> None:
    member, other = place.put(), place.put(surname="Яшина", snils="", ticket_number="2")
    jobs = []
    for actor, ids in ((place.chair, [other.pk]), (place.region_chair, [member.pk]), (place.region_chair, [other.pk])):
        result = storage.store_file(
            b"PK", name="spisok.xlsx", content_type="x", purpose=FilePurpose.JOB_RESULT, organization=actor.organization
        )
        jobs.append(
            Job.objects.create(
                kind="members.export", params={"ids": ids}, account=actor.account, organization=actor.organization,
                state=JobState.DONE, result=result, created_at=timezone.now(),
            )
        )  # fmt: skip
    save_draft(place.chair.account, f"members-edit-{member.pk}-general", {"profession": ["почтальон"]})  # type: ignore[arg-type]
    save_draft(place.chair.account, f"members-edit-{other.pk}-general", {"profession": ["повар"]})  # type: ignore[arg-type]
    depart(place, member)
    kept = [Job.objects.get(pk=job.pk).result_id is not None for job in jobs]
    assert kept == [False, False, True]
    assert [draft.key for draft in Draft.objects.all()] == [f"members-edit-{other.pk}-general"]


def test_v_b9_a_mistaken_arrival_is_taken_back_and_the_card_is_in_transit_with_a_new_code(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    keeper, chair = other
    member = place.put(cell=place.cells[0].pk)
    code = depart(place, member)
    arrive(organization=keeper, ticket_number="0104512", code=code, on=TODAY, by=chair)
    transfer = Transfer.objects.get()
    for stranger in (place.chair, place.region_chair):
        with pytest.raises(NotAllowed):
            take_back_arrival(transfer.pk, by=stranger)
    _transfer, new = take_back_arrival(transfer.pk, by=chair)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.target, len(new), list(Member.objects.visible_to(chair))) == (
        TransferState.IN_TRANSIT, None, 14, [],
    )  # fmt: skip
    assert figures(place.cells[0], keeper) == [(0, 1), (0, 0)]
    assert list(BookLine.objects.filter(unit=keeper).values_list("reason", flat=True)) == [EndReason.UNDONE]
    assert_whole()
    # The organisation that gave the card up again sees nothing of it, and the old code is invalid.
    with pytest.raises(Transfer.DoesNotExist):
        take_back_arrival(transfer.pk, by=chair)
    with refused("V-B9", field="code"):
        arrive(organization=keeper, ticket_number="0104512", code=code, on=TODAY, by=chair)
    # The departure can be cancelled, and everything is as before.
    call_off(transfer.pk, by=place.chair)
    member.refresh_from_db()
    assert (member.state, member.unit) == (MemberState.REGISTERED, place.cells[0])
    assert [line.left_on for line in BookLine.objects.filter(unit=place.cells[0])] == [None]
    assert figures(place.cells[0], keeper) == [(1, 0), (0, 0)]
    assert_whole()
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )
    take_back_leaving(BookLine.objects.get(unit=place.cells[0]).pk, by=place.chair)
    assert_whole()


def test_v_b9_an_arrival_that_something_depends_on_is_not_taken_back(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    keeper, chair = other
    code = depart(place, place.put())
    member = arrive(organization=keeper, ticket_number="0104512", code=code, on=TODAY, by=chair)
    edit_card(member.pk, values={"profession": "повар"}, version=None, by=chair)
    with refused("V-B9", match="С тех пор"):
        take_back_arrival(Transfer.objects.get().pk, by=chair)
    member.refresh_from_db()
    assert (member.organization, Transfer.objects.get().state) == (keeper, TransferState.ARRIVED)
