"""Open matters of an organisation that is moved, merged or liquidated follow it, or are listed (N-H3)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.consents.models import Consent
from documents.consents.transitions.consents import mark_signed
from members.admission.models import Application
from members.admission.transitions.applications import withdraw_application
from members.book.enums import EndReason
from members.book.models import Registration
from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem, Appeal
from members.meetings.transitions import appeals, decisions
from members.movement.enums import PaperCard
from members.movement.models import Transfer
from members.movement.transitions import erasing
from members.movement.transitions.leaving import deregister
from members.movement.transitions.organizations import liquidate_organization, merge_organizations, move_organization
from members.movement.transitions.transfers import call_off, confirm, request_departure
from members.people.enums import ConsentState, MemberState
from members.people.models import Member
from members.reconciliation.enums import ReconciliationState
from members.reconciliation.models import Reconciliation
from registry import integrity
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Figures, Organization
from tests.members import sessions
from tests.members.applicants import apply, days, scheduled, turned_down
from tests.members.places import Place, signed_in, union, voi
from tests.members.reconciliations import open_year
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def other(place: Place) -> Organization:
    """Create another local organisation in the same region."""
    return trees.again(trees.below(place.region, Level.LOCAL, "Киреевская МО ВОИ"))


def whole() -> dict[str, list[str]]:
    return {title: wrong for title, wrong in integrity.run() if wrong}


def named(step: object) -> list[str]:
    """Return the records that the refusal names."""
    with refused("N-H3") as refusal:
        step()  # type: ignore[operator]
    return refusal.blockers


def put_off(organization: Organization) -> None:
    """Remove the organisation's officers, so that they do not block its end."""
    organization.appointments.update(ends_on=TODAY() - dt.timedelta(days=1))
    Organization.objects.filter(pk=organization.pk).update(status=OrganizationStatus.LIQUIDATING)


# Merging


def test_n_h3_waiting_applications_go_to_the_successor_with_the_counts(place: Place, other: Organization) -> None:
    application = apply(place)
    page = signed_in(place.region_chair).get(
        reverse("organizations:merge", args=[place.keeper.pk]), {"target": other.pk}
    )
    assert (
        "Заявления и другие вопросы, которые ждут решения и перейдут в «Киреевская МО ВОИ»: 1."
        in page.context["effects"]
    )
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    application.refresh_from_db()
    assert (application.organization_id, application.received_by_id) == (other.pk, place.keeper.pk)
    assert [f.applications for f in Figures.objects.filter(pk__in=[place.keeper.pk, other.pk]).order_by("pk")] == [0, 1]
    assert list(Application.objects.visible_to(trees.officer(other))) == [application]
    assert whole() == {}


def test_v_a6_a_refusal_before_the_merger_is_appealed_and_leads_to_the_successor(
    place: Place, other: Organization
) -> None:
    application = apply(place)
    item = scheduled(place.keeper, [application], held_on=days(5))
    turned_down(item, place.chair)
    AgendaItem.objects.filter(pk=item.pk).update(
        state=ItemState.REJECTED, decided_at=timezone.now(), votes_for=0, votes_against=5
    )
    item.meeting.state = "closed"
    item.meeting.save()
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    assert whole() == {}
    appeal = appeals.receive_appeal(
        item.pk, application_id=application.pk, received_on=TODAY(), text="Прошу пересмотреть", by=place.region_chair
    )
    waiting = appeal.items.get()
    meeting = sessions.planned(place.region, place.region_chair, held_on=TODAY())
    sessions.put_on(meeting.pk, items=[waiting.pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    sessions.decided(waiting, place.region_chair)
    member = Member.objects.get()
    assert (member.organization_id, member.state) == (other.pk, MemberState.REGISTERED)
    assert whole() == {}


def test_n_h3_a_card_in_transit_returns_to_the_successor(place: Place, other: Organization) -> None:
    member = place.put(cell=place.cells[0])
    deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY(), by=place.chair, paper_card=PaperCard.HANDED)
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    assert whole() == {}
    transfer = Transfer.objects.get()
    assert (transfer.source_id, transfer.source_unit_id) == (other.pk, place.cells[0].pk)
    call_off(transfer.pk, by=trees.officer(other))
    member.refresh_from_db()
    assert (member.organization_id, member.cell_id, member.state) == (
        other.pk,
        place.cells[0].pk,
        MemberState.REGISTERED,
    )
    stays = Registration.objects.filter(member=member).values_list("organization", "end_reason", "start_reason")
    assert list(stays) == [(place.keeper.pk, EndReason.MERGER, "existing"), (other.pk, "", "merger")]
    assert Figures.objects.get(pk=place.cells[0].pk).in_transit == 0
    assert whole() == {}


def test_n_h3_a_card_without_a_cell_in_transit_is_counted_with_the_successor(place: Place, other: Organization) -> None:
    member = place.put()
    deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY(), by=place.chair, paper_card=PaperCard.HANDED)
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    assert [f.in_transit for f in Figures.objects.filter(pk__in=[place.keeper.pk, other.pk]).order_by("pk")] == [0, 1]
    call_off(Transfer.objects.get().pk, by=trees.officer(other))
    assert Member.objects.get().unit_id == other.pk
    assert Figures.objects.get(pk=other.pk).in_transit == 0
    assert whole() == {}


def test_v_b14_the_successor_destroys_sealed_cards_and_refused_applications(place: Place, other: Organization) -> None:
    member, application = place.put(), apply(place)
    deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY(), by=place.chair)
    withdraw_application(application.pk, by=place.chair)
    Member.objects.update(erase_after=TODAY())
    Application.objects.update(erase_after=TODAY())
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    chair = trees.officer(other)
    assert erasing.erase(member.pk, by=chair).organization_id == other.pk
    assert erasing.erase_application(application.pk, by=chair).organization_id == other.pk
    assert whole() == {}


@pytest.mark.both
def test_n_h3_waiting_decisions_follow_and_open_matters_are_named_with_their_page(
    place: Place, other: Organization
) -> None:
    member = place.put()
    item = AgendaItem.objects.create(
        organization=place.keeper, kind=ItemKind.EXCLUSION, title="Об исключении", member=member, filed_on=days(3)
    )
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY() + dt.timedelta(days=5))
    page = signed_in(place.region_chair).get(
        reverse("organizations:merge", args=[place.keeper.pk]), {"target": other.pk}
    )
    assert reverse("meetings:detail", args=[meeting.pk]) in page.content.decode()
    blockers = named(lambda: merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair))
    assert [f"{meeting.held_on:%d.%m.%Y}" in line for line in blockers] == [True]
    meeting.state = "cancelled"
    meeting.save()
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    item.refresh_from_db()
    assert (item.organization_id, item.state) == (other.pk, ItemState.WAITING)
    assert whole() == {}


def test_n_h3_cells_of_the_same_name_are_told_apart_after_the_merger(place: Place, other: Organization) -> None:
    trees.below(other, Level.PRIMARY, "ПО № 1")
    page = signed_in(place.region_chair).get(
        reverse("organizations:merge", args=[place.keeper.pk]), {"target": other.pk}
    )
    assert ["ПО № 1 (Заречная МО ВОИ)" in line for line in page.context["effects"]].count(True) == 1
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    names = list(Organization.objects.filter(parent=other).values_list("short_name", flat=True))
    assert names == ["ПО № 1", "ПО № 1 (Заречная МО ВОИ)", "ПО № 2"]
    renamed = Organization.objects.get(short_name="ПО № 1 (Заречная МО ВОИ)")
    assert (renamed.pk, renamed.history.count()) == (place.cells[0].pk, 2)


@pytest.mark.both
def test_n_h3_an_open_reconciliation_of_the_cell_itself_blocks_its_merger(place: Place) -> None:
    place.put(cell=place.cells[0])
    open_year(TODAY().year, today=TODAY(), by=trees.INSTALLATION)
    blockers = named(
        lambda: merge_organizations(place.cells[0].pk, place.cells[1].pk, on=TODAY(), by=place.region_chair)
    )
    assert [str(TODAY().year) in line for line in blockers] == [True]


def test_v_b8_a_cell_whose_report_is_under_review_does_not_move(place: Place, other: Organization) -> None:
    place.put(cell=place.cells[0])
    open_year(TODAY().year, today=TODAY(), by=trees.INSTALLATION)
    move = lambda: move_organization(place.cells[0].pk, other.pk, on=TODAY(), by=place.region_chair)  # noqa: E731
    Reconciliation.objects.update(state=ReconciliationState.REPORTED, reported_at=timezone.now())
    assert len(named(move)) == 1
    Reconciliation.objects.update(state=ReconciliationState.OPEN, reported_at=None)
    move()
    assert Reconciliation.objects.visible_to(trees.officer(other)).count() == 1


@pytest.mark.both
def test_n_h3_an_unanswered_transfer_blocks_the_end_of_both_organisations() -> None:
    place = union()
    target = trees.again(trees.below(place.region, Level.PRIMARY, "ППО школы № 16"))
    request_departure(place.put().pk, target=target, by=place.chair)
    for one in (place.keeper, target):
        put_off(one)
        blockers = named(lambda end=one: liquidate_organization(end.pk, on=TODAY(), by=place.region_chair))
        assert sum(place.keeper.short_name in line and target.short_name in line for line in blockers) == 1


@pytest.mark.parametrize("merged", [False, True])
def test_v_b10_a_cell_moves_to_another_keeper_only_without_cards_in_transit(
    place: Place, other: Organization, merged: bool
) -> None:
    first, elsewhere = place.cells[0], trees.below(other, Level.PRIMARY, "ПО № 7")
    member, by = place.put(cell=first), place.region_chair
    deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY(), by=place.chair, paper_card=PaperCard.HANDED)
    transfer = Transfer.objects.get()

    def go() -> None:
        if merged:
            merge_organizations(first.pk, elsewhere.pk, on=TODAY(), by=by)
        else:
            move_organization(first.pk, other.pk, on=TODAY(), by=by)

    assert named(go) == [f"Карточка в пути с {TODAY():%d.%m.%Y}"]
    address, target = ("merge", {"target": elsewhere.pk}) if merged else ("move", {"target": other.pk})
    page = signed_in(by).get(reverse(f"organizations:{address}", args=[first.pk]), target)
    assert reverse("moves:detail", args=[transfer.pk]) in page.content.decode()
    call_off(transfer.pk, by=by)
    go()
    member.refresh_from_db()
    assert (member.organization_id, member.cell_id) == (other.pk, elsewhere.pk if merged else first.pk)
    assert whole() == {}


@pytest.mark.both
def test_v_b10_a_card_in_transit_does_not_block_a_merger_of_cells_of_one_keeper(place: Place) -> None:
    member = place.put(cell=place.cells[0])
    deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY(), by=place.chair, paper_card=PaperCard.HANDED)
    merge_organizations(place.cells[0].pk, place.cells[1].pk, on=TODAY(), by=place.region_chair)
    call_off(Transfer.objects.get().pk, by=place.chair)
    member.refresh_from_db()
    assert (member.organization_id, member.cell_id) == (place.keeper.pk, place.cells[1].pk)
    assert whole() == {}


def test_v_b10_a_card_sealed_in_a_moved_cell_returns_to_the_keeper(place: Place, other: Organization) -> None:
    member = place.put(cell=place.cells[0])
    item = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.EXCLUSION, title="Об исключении", member=member,
        exclusion_reason="violation", filed_on=days(1), by=place.chair,
    )  # fmt: skip
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY())
    sessions.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    sessions.decided(item, place.chair)
    move_organization(place.cells[0].pk, other.pk, on=TODAY(), by=place.region_chair)
    decisions.reverse_decision(item.pk, by=place.chair)
    member.refresh_from_db()
    assert (member.organization_id, member.cell_id, member.unit_id) == (place.keeper.pk, None, place.keeper.pk)
    assert whole() == {}


# Liquidating


@pytest.mark.both
def test_n_h3_whatever_is_unfinished_blocks_a_liquidation(place: Place) -> None:
    application = apply(place)
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY() + dt.timedelta(days=5))
    AgendaItem.objects.create(organization=place.keeper, kind=ItemKind.OTHER, title="Разное", filed_on=days(3))
    for cell in place.cells:
        Organization.objects.filter(pk=cell.pk).update(status=OrganizationStatus.ENDED, ended_on=TODAY())
    put_off(place.keeper)
    with refused("N-H3", blockers=3) as refusal:
        liquidate_organization(place.keeper.pk, on=TODAY(), by=place.region_chair)
    assert [(o.page, o.number) for o in refusal.value.blockers] == [
        ("applications:detail", application.pk),
        ("meetings:detail", meeting.pk),
        ("", 0),
    ]


def test_n_h3_officers_who_cannot_read_cards_see_counts_and_no_names_of_applicants(place: Place) -> None:
    application = apply(place)
    put_off(place.keeper)
    blockers = named(
        lambda: liquidate_organization(place.keeper.pk, on=TODAY(), by=trees.officer(place.region, Role.ADMINISTRATOR))
    )
    assert [application.surname in line for line in blockers] == [False] * len(blockers)


@pytest.mark.both
def test_v_b14_the_superior_destroys_what_a_liquidated_organisation_left(place: Place) -> None:
    member, application = place.put(), apply(place)
    deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY(), by=place.chair)
    withdraw_application(application.pk, by=place.chair)
    Member.objects.update(erase_after=TODAY())
    Application.objects.update(erase_after=TODAY())
    for cell in place.cells:
        put_off(cell)
        liquidate_organization(cell.pk, on=TODAY(), by=place.region_chair)
    put_off(place.keeper)
    liquidate_organization(place.keeper.pk, on=TODAY(), by=place.region_chair)
    page = signed_in(place.region_chair).get(reverse("moves:erasing"))
    assert (len(page.context["due"]), len(page.context["applications"])) == (1, 1)
    assert erasing.erase(member.pk, by=place.region_chair).organization_id == place.region.pk
    assert erasing.erase_application(application.pk, by=place.region_chair).organization_id == place.region.pk
    assert whole() == {}


def test_n_h3_a_departure_from_a_liquidated_organisation_cannot_be_taken_back(place: Place) -> None:
    member = place.put()
    deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY(), by=place.chair, paper_card=PaperCard.HANDED)
    for cell in place.cells:
        put_off(cell)
        liquidate_organization(cell.pk, on=TODAY(), by=place.region_chair)
    put_off(place.keeper)
    liquidate_organization(place.keeper.pk, on=TODAY(), by=place.region_chair)
    with refused("N-H3", match="прекращена"):
        call_off(Transfer.objects.get().pk, by=place.region_chair)
    assert Member.objects.get().state == MemberState.IN_TRANSIT
    assert whole() == {}


# Consents


def signed(place: Place, by: Actor, **values: object) -> Member:
    member = place.put(**values)
    mark_signed(member.pk, signed_on=TODAY(), by_hand=True, by=by)
    return member


@pytest.mark.both
def test_u6_a_consent_is_signed_again_if_the_move_changes_the_operator() -> None:
    place = union()
    Organization.objects.filter(pk__in=[place.region.pk]).update(is_legal_entity=True)
    second = trees.below(place.head, Level.REGIONAL, "Калужская РО", is_legal_entity=True)
    member = signed(place, place.chair)
    head = trees.officer(place.head)
    page = signed_in(head).get(reverse("organizations:move", args=[place.keeper.pk]), {"target": second.pk})
    assert [line for line in page.context["effects"] if line.endswith(": 1.")] != []
    move_organization(place.keeper.pk, second.pk, on=TODAY(), by=head)
    member.refresh_from_db()
    assert (member.consent_state, Consent.objects.get().state) == (ConsentState.EXPIRED, ConsentState.EXPIRED)
    assert member.history.first().consent_state == ConsentState.EXPIRED
    assert whole() == {}


@pytest.mark.parametrize("own", [True, False])
def test_u6_a_consent_is_kept_if_the_operator_stays(own: bool) -> None:
    place = union()
    Organization.objects.filter(pk=place.keeper.pk).update(is_legal_entity=own)
    local = trees.below(place.region, Level.LOCAL, "Тульская ГО")
    member = signed(place, place.chair)
    move_organization(place.keeper.pk, local.pk, on=TODAY(), by=place.region_chair)
    member.refresh_from_db()
    assert (member.consent_state, member.version) == (ConsentState.SIGNED, 1)


def test_u6_people_of_a_moved_cell_sign_for_their_new_operator(place: Place, other: Organization) -> None:
    Organization.objects.filter(pk__in=[place.keeper.pk, other.pk]).update(is_legal_entity=True)
    member = signed(place, place.chair, cell=place.cells[0])
    move_organization(place.cells[0].pk, other.pk, on=TODAY(), by=place.region_chair)
    member.refresh_from_db()
    assert member.consent_state == ConsentState.EXPIRED
    assert whole() == {}


def test_u6_the_successor_of_a_legal_entity_takes_over_its_consents(place: Place, other: Organization) -> None:
    Organization.objects.filter(pk__in=[place.keeper.pk, other.pk]).update(is_legal_entity=True)
    member = signed(place, place.chair, cell=place.cells[0])
    merge_organizations(place.keeper.pk, other.pk, on=TODAY(), by=place.region_chair)
    member.refresh_from_db()
    assert (member.consent_state, Appeal.objects.count()) == (ConsentState.SIGNED, 0)
    assert whole() == {}


@pytest.mark.both
@pytest.mark.parametrize(("legal", "state"), [(False, ConsentState.SIGNED), (True, ConsentState.EXPIRED)])
def test_u6_a_consent_is_kept_when_merging_within_the_same_operator(legal: bool, state: str) -> None:
    place = union()
    target = trees.again(trees.below(place.region, Level.PRIMARY, "ППО школы № 16", is_legal_entity=legal))
    member = signed(place, place.chair)
    confirm(request_departure(member.pk, target=target, by=place.chair).pk, by=trees.officer(target))
    member.refresh_from_db()
    assert (member.organization_id, member.consent_state) == (target.pk, state)
    assert whole() == {}
