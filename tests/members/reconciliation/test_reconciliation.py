"""Proposals of a cell's chair and the year-end reconciliation (V-B8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation

from members.meetings.enums import ItemKind, ItemState
from members.meetings.models import AgendaItem
from members.meetings.transitions import agenda, decisions
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from members.people.rules.fields import card_values
from members.people.transitions.cards import edit_card
from members.reconciliation.enums import CheckResult, ProposalState, ReconciliationState
from members.reconciliation.models import ChangeProposal, Reconciliation
from members.reconciliation.rules import proposable
from members.reconciliation.tasks import laggards
from members.reconciliation.transitions import proposals, reconciliation
from registry import integrity
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.transitions import change
from tests.members import sessions
from tests.members.places import Place, union, voi
from tests.members.reconciliations import open_year
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
YEAR = TODAY.year


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def cell_chair(place: Place) -> Actor:
    return trees.officer(place.cells[0], Role.CHAIR, "Зимин")


def put(place: Place, number: int = 1, **values: Any) -> Member:
    cell = {"cell": place.cells[0].pk}
    return place.put(surname=f"Петрова{'абвгд'[number]}", snils="", ticket_number=f"01{number}", **{**cell, **values})


def accept(place: Place, item: AgendaItem) -> None:
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY)
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    sessions.decided(item, place.chair)


def test_v_b8_the_chair_of_a_cell_proposes_and_the_registrar_decides_field_by_field(
    place: Place, cell_chair: Actor
) -> None:
    member = put(place)
    made = proposals.propose(
        member.pk, values={"workplace": "Почта", "education": "higher", "surname": member.surname}, by=cell_chair
    )
    assert [p.field for p in made] == ["workplace", "education"]
    with pytest.raises(NotAllowed):
        proposals.settle([made[0].pk], {}, by=cell_chair)
    proposals.settle([made[0].pk], {made[1].pk: "Нет диплома."}, by=place.chair)
    member.refresh_from_db()
    assert (member.workplace, member.education) == ("Почта", "vocational")
    states = list(ChangeProposal.objects.order_by("pk").values_list("state", "answer"))
    assert states == [(ProposalState.ACCEPTED, ""), (ProposalState.DECLINED, "Нет диплома.")]


def test_v_b8_a_proposal_older_than_the_card_is_not_accepted(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    (made,) = proposals.propose(member.pk, values={"workplace": "Почта"}, by=cell_chair)
    edit_card(member.pk, values={"workplace": "Школа"}, version=None, by=place.chair)
    with refused("V-B8", match="После предложения карточку изменили"):
        proposals.settle([made.pk], {}, by=place.chair)
    member.refresh_from_db()
    assert member.workplace == "Школа"


def test_v_b8_a_new_proposal_withdraws_the_earlier_one(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    proposals.propose(member.pk, values={"workplace": "Почта"}, by=cell_chair)
    proposals.propose(member.pk, values={"workplace": "Аптека"}, by=cell_chair)
    states = list(ChangeProposal.objects.order_by("pk").values_list("state", flat=True))
    assert states == [ProposalState.WITHDRAWN, ProposalState.OPEN]


def test_v_b8_a_check_list_that_is_saved_again_leaves_its_proposals_as_they_are(
    place: Place, cell_chair: Actor
) -> None:
    member = put(place)
    open_year(YEAR, today=TODAY, by=Actor.system("reconciliation"))
    opened = Reconciliation.objects.get()
    given: dict[str, Any] = {"workplace": "Почта", "disability_group": "I"}
    for _time in range(2):
        reconciliation.check(opened.pk, {member.pk: given}, by=cell_chair)
    reconciliation.check(opened.pk, {member.pk: {**given, "workplace": "Аптека"}}, by=cell_chair)
    told = ChangeProposal.objects.order_by("pk").values_list("field", "state")
    assert sorted(told) == [("disability_group", "open"), ("workplace", "open"), ("workplace", "withdrawn")]
    assert opened.lines.get().result == CheckResult.CHANGED


def test_v_b8_a_late_report_shows_the_last_day_of_its_year_and_adds_up(place: Place, cell_chair: Actor) -> None:
    stays, leaves = (put(place, number, registered_on=dt.date(2019, 3, 12)) for number in (1, 3))
    put(place, 2, registered_on=TODAY)
    open_year(YEAR - 1, today=TODAY, by=Actor.system("reconciliation"))
    opened = Reconciliation.objects.get()
    assert sorted(opened.lines.values_list("member", flat=True)) == [stays.pk, leaves.pk]
    deregister(leaves.pk, reason="death", on=TODAY, paper="свидетельство", paper_card="taken", by=place.chair)
    assert reconciliation.counts_of(opened, TODAY)["questionnaires"] == 0
    reconciliation.check(opened.pk, {stays.pk: "unchanged"}, by=cell_chair)
    counts = reconciliation.report(opened.pk, by=cell_chair).counts
    assert (counts["by_book"], counts["questionnaires"]) == (2, 2)
    assert counts["new_year"] + counts["arrived"] - counts["left"] == counts["by_book"]


def reported(place: Place, cell_chair: Actor) -> tuple[Member, AgendaItem]:
    """Report a reconciliation of a cell with one change, on the agenda of the keeper's body."""
    member = put(place, registered_on=dt.date(2019, 3, 12))
    open_year(YEAR, today=TODAY, by=Actor.system("reconciliation"))
    opened = Reconciliation.objects.get()
    reconciliation.check(opened.pk, {member.pk: {"workplace": "Почта"}}, by=cell_chair)
    reconciliation.report(opened.pk, by=cell_chair)
    meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY)
    (item,) = agenda.put_on(meeting.pk, items=[AgendaItem.objects.get().pk], by=place.chair)
    sessions.held(meeting, place.chair)
    return member, item


def test_v_b8_a_mistaken_acceptance_is_reversed_with_its_changes(place: Place, cell_chair: Actor) -> None:
    member, item = reported(place, cell_chair)
    sessions.decided(item, place.chair)
    assert Member.objects.get().workplace == "Почта"
    decisions.reverse_decision(item.pk, by=place.chair)
    told = (Member.objects.get().workplace, Reconciliation.objects.get().state, ChangeProposal.objects.get().state)
    assert told == ("", ReconciliationState.REPORTED, ProposalState.OPEN)
    sessions.decided(item, place.chair)
    edit_card(member.pk, values={"workplace": "Аптека"}, version=None, by=place.chair)
    with refused("V-B8", blockers=1) as refusal:
        decisions.reverse_decision(item.pk, by=place.chair)
    assert member.full_name in str(refusal.value.blockers[0])
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


@pytest.mark.both
def test_v_b8_a_reversed_acceptance_leaves_alone_what_else_was_settled(place: Place, cell_chair: Actor) -> None:
    member, item = reported(place, cell_chair)
    leaves = put(place, 2, registered_on=dt.date(2019, 3, 12))
    opened = Reconciliation.objects.get()
    # One of the report's changes is dropped with its member before the body decides.
    reconciled = ChangeProposal.objects.get()
    reconciled.pk, reconciled.member = None, leaves
    reconciled.save()
    deregister(leaves.pk, reason="death", on=TODAY, paper="свидетельство", paper_card="taken", by=place.chair)
    (withdrawn,) = ChangeProposal.objects.filter(member=leaves)
    sessions.decided(item, place.chair)
    (beside,) = proposals.propose(put(place, 3).pk, values={"workplace": "Аптека"}, by=cell_chair)
    proposals.settle([beside.pk], {}, by=place.chair)
    decisions.reverse_decision(item.pk, by=place.chair)
    told = {p.pk: (p.state, p.reconciliation_id) for p in ChangeProposal.objects.all()}
    assert told == {
        ChangeProposal.objects.get(member=member).pk: (ProposalState.OPEN, opened.pk),
        withdrawn.pk: (ProposalState.WITHDRAWN, opened.pk),
        beside.pk: (ProposalState.ACCEPTED, None),
    }
    assert Member.objects.get(pk=beside.member_id).workplace == "Аптека"


def test_v_b8_what_was_not_reported_is_not_taken_back_nor_its_acceptance_undone(
    place: Place, cell_chair: Actor
) -> None:
    _member, item = reported(place, cell_chair)
    opened = Reconciliation.objects.get()
    for undo in (reconciliation.undo_acceptance, reconciliation.undo_sending_back):
        with refused("V-B8"), change(by=place.chair, rule="V-B8", event="decision.reversed") as act:
            undo(act, item)
    assert Reconciliation.objects.get().state == ReconciliationState.REPORTED
    sessions.decided(item, place.chair, adopted=False)
    with refused("V-B8"):
        reconciliation.take_back(opened.pk, by=cell_chair)
    assert Reconciliation.objects.get().state == ReconciliationState.OPEN


def test_v_b8_an_accepted_report_is_not_sent_again(place: Place, cell_chair: Actor) -> None:
    _member, item = reported(place, cell_chair)
    sessions.decided(item, place.chair)
    with refused("V-B8"):
        reconciliation.report(Reconciliation.objects.get().pk, by=cell_chair)
    assert (Reconciliation.objects.get().state, AgendaItem.objects.count()) == (ReconciliationState.ACCEPTED, 1)


@pytest.mark.both
def test_v_b8_a_report_sent_back_by_mistake_is_restored(place: Place, cell_chair: Actor) -> None:
    member, item = reported(place, cell_chair)
    sessions.decided(item, place.chair, adopted=False)
    assert Reconciliation.objects.get().state == ReconciliationState.OPEN
    decisions.reverse_decision(item.pk, by=place.chair)
    assert (Reconciliation.objects.get().state, Reconciliation.objects.get().returned) == ("reported", "")
    sessions.decided(item, place.chair, adopted=False)
    reconciliation.check(Reconciliation.objects.get().pk, {member.pk: "unchanged"}, by=cell_chair)
    with refused("V-B8", match="с тех пор изменила"):
        decisions.reverse_decision(item.pk, by=place.chair)


def test_v_b8_who_reads_no_health_data_proposes_none(place: Place) -> None:
    asked = [proposable(place.keeper.charter, by) for by in (place.chair, place.reviewer)]
    assert [("workplace" in names, "disability_group" in names) for names in asked] == [(True, True), (True, False)]


def test_v_b8_values_that_no_card_could_hold_and_foreign_cards_are_refused(place: Place, cell_chair: Actor) -> None:
    member, elsewhere = put(place), put(place, 2, cell=place.cells[1].pk)
    for values, rule, field in (
        ({"birth_date": TODAY + dt.timedelta(1)}, "U-5a", "birth_date"),
        ({"ticket_number": "5"}, "V-B8", ""),
        ({"education": "basic"}, "U-5a", "education"),
    ):
        with refused(rule, field=field):
            proposals.propose(member.pk, values=values, by=cell_chair)
    with pytest.raises(Member.DoesNotExist):
        proposals.propose(elsewhere.pk, values={"workplace": "Почта"}, by=cell_chair)
    with pytest.raises(Member.DoesNotExist):
        proposals.propose(member.pk, values={"workplace": "Почта"}, by=union().chair)
    assert ChangeProposal.objects.count() == 0


@pytest.mark.both
def test_v_b8_a_reconciliation_goes_from_the_check_list_to_the_changed_cards(place: Place, cell_chair: Actor) -> None:
    people = [put(place, number) for number in range(3)]
    system = Actor.system("reconciliation")
    assert [open_year(YEAR, today=TODAY, by=system) for _time in range(2)] == [1, 0]
    opened = Reconciliation.objects.get()
    assert (opened.unit, opened.due_on) == (place.cells[0], dt.date(YEAR, 12, 31))
    with refused("V-B8", match="Ещё не проверено: 3"):
        reconciliation.report(opened.pk, by=cell_chair)
    given = {people[0].pk: "unchanged", people[1].pk: {"workplace": "Почта", "disability_group": "I"}}
    reconciliation.check(opened.pk, given, by=cell_chair)
    reconciliation.check(opened.pk, {people[2].pk: "missing"}, by=cell_chair)
    with refused("V-B8", field="note"):
        reconciliation.report(opened.pk, by=cell_chair)
    reported = reconciliation.report(opened.pk, note="Анкета утеряна, заполняется заново.", by=cell_chair)
    assert reported.counts == {
        "new_year": 0, "arrived": 3, "left": 0, "by_book": 3, "questionnaires": 2, "changed": 1,
    }  # fmt: skip
    item = AgendaItem.objects.get()
    assert (item.kind, item.organization, item.state) == (ItemKind.RECONCILIATION, place.keeper, ItemState.WAITING)
    with refused("V-B8", match="сначала отзовите"):
        reconciliation.check(opened.pk, {people[0].pk: "missing"}, by=cell_chair)
    assert [card_values(m)["disability_group"] for m in people] == ["II", "II", "II"]
    accept(place, item)
    changed = card_values(Member.objects.get(pk=people[1].pk))
    assert (changed["workplace"], changed["disability_group"]) == ("Почта", "I")
    opened.refresh_from_db()
    assert (opened.state, opened.accepted_on) == (ReconciliationState.ACCEPTED, TODAY)
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


@pytest.mark.both
def test_v_b8_changes_of_a_reconciliation_wait_for_the_body(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    open_year(YEAR, today=TODAY, by=Actor.system("reconciliation"))
    opened = Reconciliation.objects.get()
    reconciliation.check(opened.pk, {member.pk: {"workplace": "Почта"}}, by=cell_chair)
    with refused("V-B8", match="относится к сверке"):
        proposals.settle([ChangeProposal.objects.get().pk], {}, by=place.chair)
    reconciliation.check(opened.pk, {member.pk: "unchanged"}, by=cell_chair)
    assert ChangeProposal.objects.get().state == ProposalState.WITHDRAWN
    assert opened.lines.get().result == CheckResult.UNCHANGED


@pytest.mark.both
def test_v_b8_a_report_can_be_taken_back_until_it_is_on_an_agenda(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    open_year(YEAR, today=TODAY, by=Actor.system("reconciliation"))
    opened = Reconciliation.objects.get()
    reconciliation.check(opened.pk, {member.pk: "unchanged"}, by=cell_chair)
    reconciliation.report(opened.pk, by=cell_chair)
    reconciliation.take_back(opened.pk, by=cell_chair)
    assert AgendaItem.objects.get().state == ItemState.DROPPED
    reconciliation.report(opened.pk, by=cell_chair)
    assert list(AgendaItem.objects.order_by("pk").values_list("state", flat=True)) == ["dropped", "waiting"]


def test_v_b8_strangers_and_reviewers_cannot_reconcile(place: Place, cell_chair: Actor) -> None:
    put(place)
    open_year(YEAR, today=TODAY, by=Actor.system("reconciliation"))
    opened = Reconciliation.objects.get()
    with pytest.raises(NotAllowed):
        reconciliation.report(opened.pk, by=place.reviewer)
    for actor in (trees.officer(place.cells[1], Role.CHAIR, "Лужин"), union().chair):
        with pytest.raises(Reconciliation.DoesNotExist):
            reconciliation.report(opened.pk, by=actor)


def test_v_b8_a_federation_without_the_rule_opens_nothing() -> None:
    union().put()
    assert open_year(YEAR, today=TODAY, by=Actor.system("reconciliation")) == 0


def test_v_b8_late_cells_are_counted_apart_from_organisations_with_people_without_a_cell(place: Place) -> None:
    put(place)
    put(place, 2, cell=place.cells[1].pk)
    put(place, 3, cell=None)
    open_year(YEAR - 1, today=TODAY, by=Actor.system("test"))
    Reconciliation.objects.update(due_on=TODAY - dt.timedelta(days=1))

    def told(actor: Actor) -> list[str]:
        with translation.override("en"):
            return [task.text for task in laggards(actor, TODAY)]

    alone = "1 organisation has not reconciled its people without a cell"
    assert told(place.chair) == ["2 cells have not reported"]
    assert told(place.region_chair) == ["2 cells have not reported", alone]
    Reconciliation.objects.filter(unit__in=place.cells).update(due_on=TODAY)
    assert (told(place.chair), told(place.region_chair)) == ([], [alone])
