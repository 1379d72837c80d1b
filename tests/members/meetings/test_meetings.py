"""Meetings, their agenda, quorum, votes, minutes, reversals, and appeals (V-A5, V-A6, V-B14)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from members.admission.models import Application
from members.admission.transitions.applications import note_attended, note_invited, note_notified, withdraw_application
from members.book.models import Registration
from members.meetings import rules
from members.meetings.enums import AppealState, ItemKind, ItemState, MeetingState
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.meetings.transitions import agenda, appeals, decisions
from members.meetings.transitions.meetings import (
    cancel_meeting,
    close_minutes,
    close_without_quorum,
    edit_meeting,
    hold_meeting,
    reopen_minutes,
    unhold_meeting,
)
from members.people.enums import MarkKind, MemberState
from members.people.models import CardMark, Member
from registry import integrity
from registry.days import after_months
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import BodySeat, Figures
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.places import signed_in
from tests.refusals import refused

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def state_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).state


def test_v_a5_all_waiting_applicants_are_admitted_by_one_decision_in_the_minutes(place: places.Place) -> None:
    item = sessions.admission(place, [applicants.apply(place) for _number in range(3)])
    assert item.title == "О приёме в члены ВОИ: 3 чел."
    sessions.decided(item, place.chair)
    close_minutes(item.meeting_id, number="12", by=place.chair)
    assert Member.objects.count() == 3
    assert set(Registration.objects.values_list("minutes_number", "minutes_date")) == {("12", days(2))}
    assert Figures.objects.get(organization=place.keeper).applications == 0
    assert wrong() == []


def test_v_a5_an_applicant_somebody_objects_to_is_split_off_and_refused_alone(place: places.Place) -> None:
    first, second, third = (applicants.apply(place) for _number in range(3))
    item = sessions.admission(place, [first, second, third])
    own = agenda.split_off(second.pk, by=place.chair)
    assert AgendaItem.objects.get(pk=item.pk).title == "О приёме в члены ВОИ: 2 чел."
    assert own.title == f"О приёме в члены ВОИ: {second.full_name}"
    sessions.decided(item, place.chair)
    sessions.decided(own, place.chair, adopted=False)
    assert [state_of(a) for a in (first, second, third)] == ["admitted", "refused", "admitted"]
    assert wrong() == []


def test_v_a5_without_a_quorum_nothing_is_decided_and_the_message_counts_missing_members(place: places.Place) -> None:
    meeting = sessions.planned(place.keeper, place.chair)
    (item,) = agenda.put_on(meeting.pk, applications=[applicants.apply(place).pk], by=place.chair)
    sessions.held(meeting, place.chair, present=1)
    with refused("V-A5", match=r"1 of 5.*2 more are needed"):
        sessions.decided(item, place.chair)
    assert Member.objects.count() == 0


def test_v_a5_a_meeting_without_quorum_is_finished_and_its_items_wait_again(place: places.Place) -> None:
    application = applicants.apply(place)
    meeting = sessions.planned(place.keeper, place.chair)
    agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    with refused("V-A5", match="There was a quorum"):
        close_without_quorum(meeting.pk, by=place.chair)
    sessions.held(meeting, place.chair, present=2)
    close_without_quorum(meeting.pk, by=place.chair)
    assert (Meeting.objects.get().state, state_of(application)) == (MeetingState.NO_QUORUM, "filed")
    assert Meeting.objects.get().attendance.count() == 2
    with refused("V-A5", match="no quorum"):
        agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
    reopen_minutes(meeting.pk, by=place.chair)
    sessions.held(meeting, place.chair)
    agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
    assert (state_of(application), wrong()) == ("scheduled", [])


@pytest.mark.parametrize(("seats", "quorum"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (7, 4)])
def test_v_a5_a_quorum_is_more_than_half_of_the_seats(seats: int, quorum: int) -> None:
    assert rules.quorum_of(seats) == quorum


def test_v_a5_a_seat_past_its_last_day_does_not_count(place: places.Place) -> None:
    body = sessions.body_of(place.keeper)
    ended = body.seats.order_by("pk")[0]
    BodySeat.objects.filter(pk=ended.pk).update(until=days(3))
    meeting = sessions.planned(place.keeper, place.chair)
    with refused("V-A5", match="does not sit in the body"):
        hold_meeting(meeting.pk, seats=[ended.pk], by=place.chair)
    hold_meeting(meeting.pk, seats=list(body.seats.exclude(pk=ended.pk).values_list("pk", flat=True)), by=place.chair)
    assert Meeting.objects.get().seats == 4


@pytest.mark.parametrize(
    ("adopted", "votes"),
    [
        (True, (4, 2, 0)),
        (True, (2, 3, 0)),
        (False, (3, 2, 0)),
        (True, (0, 0, 0)),
        (True, (2, 2, 1)),
        (True, (-1, 5, 0)),
    ],
)
def test_v_a5_votes_match_the_people_present_and_the_decision(
    place: places.Place, adopted: bool, votes: tuple[int, int, int]
) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    given = dict(zip(("votes_for", "votes_against", "votes_abstained"), votes, strict=True))
    with refused("V-A5", field="votes_for"):
        sessions.decided(item, place.chair, adopted=adopted, **given)
    assert Member.objects.count() == 0


def test_v_a5_a_decision_is_taken_once(place: places.Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    sessions.decided(item, place.chair)
    with refused("V-A5", match="decided already"):
        sessions.decided(item, place.chair)
    assert Member.objects.count() == 1


@pytest.mark.both
@pytest.mark.usefixtures("several_connections")
def test_v_a5_twenty_officers_who_decide_at_once_have_one_effect(several_connections: None) -> None:
    place = places.voi()
    item = sessions.admission(place, [applicants.apply(place)])

    def press(number: int) -> str:
        try:
            sessions.decided(item, place.chair, adopted=number % 2 == 0)
        except RuleViolation:
            return "refused"
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(press, range(20))) == {"decided": 1, "refused": 19}
    decided = AgendaItem.objects.get()
    assert Member.objects.count() == (1 if decided.state == ItemState.ADOPTED else 0)
    assert wrong() == []


def test_v_a5_a_decision_before_the_application_is_refused(place: places.Place) -> None:
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(20))
    with refused("V-A5", match="after the meeting"):
        agenda.put_on(meeting.pk, applications=[applicants.apply(place).pk], by=place.chair)


def test_v_a5_a_mistaken_decision_can_be_reversed_until_somebody_was_notified(place: places.Place) -> None:
    application = applicants.apply(place)
    item = sessions.admission(place, [application])
    sessions.decided(item, place.chair)
    decisions.reverse_decision(item.pk, by=place.chair)
    assert (state_of(application), Member.objects.registered().count()) == ("scheduled", 0)
    sessions.decided(item, place.chair, adopted=False)
    note_notified([application.pk], on=days(1), way="post", by=place.chair)
    with refused("V-A5", blockers=1):
        decisions.reverse_decision(item.pk, by=place.chair)
    note_notified([application.pk], on=None, by=place.chair)
    decisions.reverse_decision(item.pk, by=place.chair)
    assert state_of(application) == "scheduled"
    assert wrong() == []


@pytest.mark.parametrize("adopted", [True, False])
def test_v_a5_attendance_survives_a_reversal_until_the_meeting_is_put_back(place: places.Place, adopted: bool) -> None:
    applications = [applicants.apply(place) for _number in range(3)]
    item = sessions.admission(place, applications)
    for application, attended in zip(applications, (True, False, None), strict=True):
        note_attended([application.pk], attended=attended, by=place.chair)
    sessions.decided(item, place.chair, adopted=adopted)
    decisions.reverse_decision(item.pk, by=place.chair)
    came = Application.objects.order_by("pk").values_list("attended", flat=True)
    assert list(came) == [True, False, None]
    unhold_meeting(item.meeting_id or 0, by=place.chair)
    assert list(came.all()) == [None, None, None]


@pytest.mark.parametrize("adopted", [True, False])
def test_v_a5_what_is_decided_goes_onto_no_other_agenda(place: places.Place, adopted: bool) -> None:
    application = applicants.apply(place)
    sessions.decided(sessions.admission(place, [application]), place.chair, adopted=adopted)
    other = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.OTHER, title="О делах", filed_on=days(9), by=place.chair
    )
    with refused("V-A5", match="the item is waits for a meeting"):
        decisions.reverse_decision(other.pk, by=place.chair)
    agenda.put_on(Meeting.objects.get().pk, items=[other.pk], by=place.chair)
    sessions.decided(AgendaItem.objects.get(pk=other.pk), place.chair, adopted=adopted)
    later = sessions.planned(place.keeper, place.chair, held_on=days(1))
    with refused("V-A5", match="is admitted" if adopted else "is refused"):
        agenda.put_on(later.pk, applications=[application.pk], by=place.chair)
    with refused("V-A5", match="decided already"):
        agenda.put_on(later.pk, items=[other.pk], by=place.chair)
    assert (later.items.count(), state_of(application)) == (0, "admitted" if adopted else "refused")
    assert wrong() == []


def test_v_b1_attendance_cannot_change_in_closed_minutes(place: places.Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    sessions.decided(item, place.chair)
    close_minutes(item.meeting_id, number="12", by=place.chair)
    with refused("V-A5", match="closed"):
        sessions.held(Meeting.objects.get(), place.chair, present=3)
    assert (Meeting.objects.get().state, Meeting.objects.get().attendance.count()) == (MeetingState.CLOSED, 5)
    empty = sessions.planned(place.keeper, place.chair)
    sessions.held(empty, place.chair, present=2)
    close_without_quorum(empty.pk, by=place.chair)
    with refused("V-A5", match="no quorum"):
        sessions.held(empty, place.chair)
    assert Meeting.objects.get(pk=empty.pk).state == MeetingState.NO_QUORUM


def test_v_b1_minutes_close_when_all_is_decided_under_a_number_of_their_own_and_open_again(place: places.Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    with refused("V-A5", match="no minutes"):
        close_minutes(item.meeting_id, number="1", by=place.chair)
    sessions.decided(item, place.chair)
    other = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.OTHER, title="О плане", filed_on=days(3), by=place.chair
    )
    agenda.put_on(item.meeting_id, items=[other.pk], by=place.chair)
    with refused("V-A5", blockers=1):
        close_minutes(item.meeting_id, number="1", by=place.chair)
    agenda.take_off(other.pk, by=place.chair)
    close_minutes(item.meeting_id, number="1", by=place.chair)
    with refused("V-A5", match="reversed", blockers=1):
        decisions.reverse_decision(item.pk, by=place.chair)
    reopen_minutes(item.meeting_id, by=place.chair)
    decisions.reverse_decision(item.pk, by=place.chair)
    sessions.decided(item, place.chair)
    close_minutes(item.meeting_id, number="1", by=place.chair)
    twin = sessions.admission(place, [applicants.apply(place)])
    sessions.decided(twin, place.chair)
    with refused("V-B1", field="number", match="this number"):
        close_minutes(twin.meeting_id, number=" 1 ", by=place.chair)


def test_v_a5_removing_an_item_renumbers_the_rest_with_history(place: places.Place) -> None:
    first, second, third = (
        decisions.put_forward(
            organization=place.keeper, kind=ItemKind.OTHER, title=f"Вопрос {number}", filed_on=days(3), by=place.chair
        )
        for number in range(3)
    )
    meeting = sessions.planned(place.keeper, place.chair)
    agenda.put_on(meeting.pk, items=[first.pk, second.pk, third.pk], by=place.chair)
    agenda.take_off(first.pk, by=place.chair)
    assert list(meeting.items.order_by("pk").values_list("pk", "position")) == [(second.pk, 1), (third.pk, 2)]
    for item, before in ((second, 2), (third, 3)):
        rows = AgendaItem.history.filter(id=item.pk).order_by("-history_id")
        assert list(rows.values_list("position", "history_user", "history_change_reason")[:2]) == [
            (before - 1, place.chair.account.pk, "V-A5"),
            (before, place.chair.account.pk, "V-A5"),
        ]


def test_v_a5_a_meeting_called_off_lets_everything_wait_again(place: places.Place) -> None:
    application = applicants.apply(place)
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(-5))
    member = place.put()
    waiting = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.EXCLUSION, title="?", member=member, exclusion_reason="violation",
        by=place.chair,
    )  # fmt: skip
    agenda.put_on(meeting.pk, applications=[application.pk], items=[waiting.pk], by=place.chair)
    note_invited([application.pk], on=days(0), way="phone", by=place.chair)
    with refused("V-A5", match="not taken place"):
        sessions.held(meeting, place.chair)
    cancel_meeting(meeting.pk, by=place.chair)
    assert state_of(application) == "filed"
    assert AgendaItem.objects.get(pk=waiting.pk).state == ItemState.WAITING
    with refused("V-A5", match="called off"):
        agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
    assert wrong() == []


@pytest.mark.both
def test_v_a5_applicants_notified_of_another_day_are_to_be_notified_again(place: places.Place) -> None:
    application = applicants.apply(place)
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(-5))
    agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
    note_invited([application.pk], on=days(0), way="phone", by=place.chair)
    plan = {"body_id": meeting.body_id, "starts_at": dt.time(15), "place": meeting.place, "format": "in_person"}
    edit_meeting(meeting.pk, held_on=days(-5), by=place.chair, **plan)
    assert Application.objects.get().invited_on == days(0)
    edit_meeting(meeting.pk, held_on=days(-6), by=place.chair, **plan)
    assert Application.objects.get().invited_on is None


@pytest.mark.both
def test_v_a5_a_mistaken_attendance_can_be_undone_while_nothing_is_decided(place: places.Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    unhold_meeting(item.meeting_id, by=place.chair)
    assert (Meeting.objects.get().state, Meeting.objects.get().attendance.count()) == (MeetingState.PLANNED, 0)
    sessions.held(Meeting.objects.get(), place.chair)
    sessions.decided(item, place.chair)
    with refused("V-A5", match="reverse the decisions"):
        unhold_meeting(item.meeting_id, by=place.chair)


def test_v_a4_a_withdrawn_application_leaves_the_agenda(place: places.Place) -> None:
    first, second = applicants.apply(place), applicants.apply(place)
    item = sessions.admission(place, [first, second])
    withdraw_application(first.pk, by=place.chair)
    assert AgendaItem.objects.get().title == f"О приёме в члены ВОИ: {second.full_name}"
    withdraw_application(second.pk, by=place.chair)
    assert list(rules.agenda_of(Meeting.objects.get())) == []
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.DROPPED


def test_v_b5_a_decision_on_a_new_ticket_is_noted_on_the_card_and_reversed_with_it(place: places.Place) -> None:
    item = about(place, ItemKind.DUPLICATE, ticket_reason="lost", statement_on=days(5))
    sessions.decided(item, place.chair, resolution="Выдать дубликат билета.")
    assert [(mark.kind, mark.text) for mark in CardMark.objects.all()] == [
        (
            MarkKind.TICKET,
            f"Решено выдать новый билет взамен № 0104512 (утрата; нет справки), протокол от {days(0):%d.%m.%Y}",
        )
    ]
    decisions.reverse_decision(item.pk, by=place.chair)
    assert CardMark.objects.count() == 0


@pytest.mark.both
def test_v_b5_a_measure_stands_on_the_card_until_a_decision_lifts_it(place: places.Place) -> None:
    item = about(place, ItemKind.DISCIPLINE)
    sessions.decided(item, place.chair, resolution=f"Объявить выговор: {item.member.full_name}.", reason="Неявка.")
    mark = CardMark.objects.get()
    assert mark.text == f"Выговор (неявка), протокол от {days(0):%d.%m.%Y}"
    close_minutes(mark.item.meeting_id, number="7", by=place.chair)
    mark.refresh_from_db()
    assert mark.text == f"Выговор (неявка), протокол № 7 от {days(0):%d.%m.%Y}"
    reopen_minutes(mark.item.meeting_id, by=place.chair)
    lifting = about(place, ItemKind.DISCIPLINE_LIFTED, mark=mark, member=item.member)
    sessions.decided(lifting, place.chair, resolution="Снять выговор.")
    with refused("V-A5", match="lifted since"):
        decisions.reverse_decision(item.pk, by=place.chair)
    decisions.reverse_decision(lifting.pk, by=place.chair)
    assert CardMark.objects.get().lifted_on is None


def test_v_d2_a_property_contribution_names_its_sum_and_term(place: places.Place) -> None:
    with refused("V-D2", field="amount", match="sum"):
        decisions.put_forward(organization=place.keeper, kind=ItemKind.PROPERTY, title="О взносе", by=place.chair)
    decisions.put_forward(
        organization=place.keeper, kind=ItemKind.PROPERTY, title="О взносе", amount=Decimal("100"),
        due_on=days(-30), by=place.chair,
    )  # fmt: skip
    assert AgendaItem.objects.get().state == ItemState.WAITING


def test_v_a5_the_same_exclusion_waits_once(place: places.Place) -> None:
    member = place.put()
    given = {"organization": place.keeper, "kind": ItemKind.EXCLUSION, "title": "?", "exclusion_reason": "violation"}
    decisions.put_forward(member=member, by=place.chair, **given)
    with refused("V-A5", match="waits for a decision already"):
        decisions.put_forward(member=member, by=place.chair, **given)


def test_n_h1_only_who_runs_the_meetings_of_the_organisation_decides(place: places.Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    for actor in (place.reviewer, place.region_chair):
        with pytest.raises(NotAllowed):
            sessions.decided(item, actor)


@pytest.mark.both
def test_v_a6_a_refused_applicant_appeals_and_the_region_admits_them_to_the_local_organisation(
    place: places.Place,
) -> None:
    application, item = turned_down(place)
    appeal = appeals.receive_appeal(
        item.pk, application_id=application.pk, received_on=days(1), text="Не согласен", by=place.region_chair
    )
    assert (appeal.organization, appeal.late, state_of(application)) == (place.region, False, "appealed")
    settle(place, appeal, adopted=True)
    member = Member.objects.get()
    assert (state_of(application), member.organization, member.joined_on) == ("admitted", place.keeper, days(0))
    assert Appeal.objects.get().state == AppealState.SATISFIED
    told = Application.objects.values_list("refusal", "notified_on", "notified_by").get()
    assert told == ("", None, "")
    assert rules.decided_by(Application.objects.get()) == AgendaItem.objects.get(appeal=appeal)
    assert rules.decided_by(Application.objects.get()) != item
    assert wrong() == []


@pytest.mark.both
def test_v_a6_a_mistakenly_satisfied_appeal_can_be_reversed_until_the_notice(place: places.Place) -> None:
    application, item = turned_down(place)
    appeal = appeals.receive_appeal(item.pk, application_id=application.pk, received_on=days(1), by=place.region_chair)
    before = Application.objects.values("state", "refusal", "notified_on", "notified_by", "decided_on", "values").get()
    on_appeal = settle(place, appeal, adopted=True)
    note_notified([application.pk], on=days(0), way="post", by=place.chair)
    with refused("V-A5", blockers=1):
        decisions.reverse_decision(on_appeal.pk, by=place.region_chair)
    note_notified([application.pk], on=None, by=place.chair)
    decisions.reverse_decision(on_appeal.pk, by=place.region_chair)
    assert Application.objects.values(*before).get() == before
    assert (Member.objects.count(), Appeal.objects.get().state) == (0, AppealState.RECEIVED)
    sessions.decided(AgendaItem.objects.get(pk=on_appeal.pk), place.region_chair)
    assert (state_of(application), Member.objects.registered().count(), wrong()) == ("admitted", 1, [])


@pytest.mark.both
def test_v_b14_an_exclusion_set_aside_by_mistake_is_restored(place: places.Place) -> None:
    member = place.put(registered_on=days(100))
    item = about(place, ItemKind.EXCLUSION, exclusion_reason="violation", member=member)
    sessions.decided(item, place.chair)
    appeal = appeals.receive_appeal(item.pk, received_on=days(0), by=place.region_chair)
    on_appeal = settle(place, appeal, adopted=True)
    decisions.reverse_decision(on_appeal.pk, by=place.region_chair)
    assert (Member.objects.get().state, Appeal.objects.get().state) == (MemberState.EXCLUDED, AppealState.RECEIVED)
    assert CardMark.objects.count() == 0
    sessions.decided(AgendaItem.objects.get(pk=on_appeal.pk), place.region_chair)
    assert (Member.objects.get().state, wrong()) == (MemberState.REGISTERED, [])


def test_v_a6_a_dismissed_appeal_leaves_the_refusal_and_is_reversible(place: places.Place) -> None:
    application, item = turned_down(place)
    appeal = appeals.receive_appeal(item.pk, application_id=application.pk, received_on=days(1), by=place.region_chair)
    with refused("V-A5", blockers=1):
        decisions.reverse_decision(item.pk, by=place.chair)
    on_appeal = settle(place, appeal, adopted=False)
    assert state_of(application) == "refused"
    decisions.reverse_decision(on_appeal.pk, by=place.region_chair)
    assert (state_of(application), Appeal.objects.get().state) == ("appealed", AppealState.RECEIVED)
    appeals.withdraw_appeal(appeal.pk, by=place.region_chair)
    assert (state_of(application), AgendaItem.objects.get(pk=on_appeal.pk).state) == ("refused", ItemState.DROPPED)
    assert wrong() == []


def test_v_a6_a_late_appeal_is_received_with_its_mark_and_says_why(place: places.Place) -> None:
    application, item = turned_down(place, held_on=days(60), filed_on=days(70), notified_on=days(50))
    term = after_months(days(50), 1)
    given = {"application_id": application.pk, "received_on": term + dt.timedelta(days=1), "by": place.region_chair}
    with refused("V-A6", field="late_reason", match="why the term was missed"):
        appeals.receive_appeal(item.pk, **given)
    appeal = appeals.receive_appeal(item.pk, late_reason="Болел", **given)
    assert (appeal.late, appeal.term_on, appeal.late_reason) == (True, term, "Болел")


@pytest.mark.both
def test_v_a6_a_withdrawal_entered_by_mistake_is_taken_back_and_the_appeal_waits_again(place: places.Place) -> None:
    application, item = turned_down(place)
    appeal = appeals.receive_appeal(item.pk, application_id=application.pk, received_on=days(1), by=place.region_chair)
    appeals.withdraw_appeal(appeal.pk, by=place.region_chair)
    with pytest.raises(NotAllowed):
        appeals.restore_appeal(appeal.pk, by=place.chair)
    appeals.restore_appeal(appeal.pk, by=place.region_chair)
    with refused("V-A6", match="the appeal is received"):
        appeals.restore_appeal(appeal.pk, by=place.region_chair)
    assert (state_of(application), Appeal.objects.get().state) == ("appealed", AppealState.RECEIVED)
    waiting = AgendaItem.objects.get(appeal=appeal, state=ItemState.WAITING)
    assert (waiting.filed_on, waiting.title) == (days(1), AgendaItem.objects.filter(appeal=appeal).earliest("pk").title)
    settle(place, appeal, adopted=True)
    assert (state_of(application), Member.objects.count(), wrong()) == ("admitted", 1, [])


def test_v_a6_a_withdrawal_is_not_taken_back_after_a_later_appeal(place: places.Place) -> None:
    application, item = turned_down(place)
    given = {"application_id": application.pk, "received_on": days(1), "by": place.region_chair}
    first = appeals.receive_appeal(item.pk, **given)
    appeals.withdraw_appeal(first.pk, by=place.region_chair)
    appeals.receive_appeal(item.pk, **given)
    with refused("V-A6", match="later appeal"):
        appeals.restore_appeal(first.pk, by=place.region_chair)
    assert Appeal.objects.filter(state=AppealState.RECEIVED).count() == 1


def test_v_a6_the_local_organisation_does_not_receive_appeals_against_itself(place: places.Place) -> None:
    application, item = turned_down(place)
    with pytest.raises(NotAllowed):
        appeals.receive_appeal(item.pk, application_id=application.pk, received_on=days(0), by=place.chair)


@pytest.mark.both
def test_v_b14_an_excluded_member_who_appeals_is_restored_by_the_region(place: places.Place) -> None:
    item = about(place, ItemKind.EXCLUSION, exclusion_reason="violation")
    sessions.decided(item, place.chair, resolution="Исключить.")
    assert Member.objects.get().state == MemberState.EXCLUDED
    appeal = appeals.receive_appeal(item.pk, received_on=days(0), by=place.region_chair)
    on_appeal = settle(place, appeal, adopted=True)
    assert (Member.objects.get().state, Member.objects.get().organization) == (MemberState.REGISTERED, place.keeper)
    close_minutes(on_appeal.meeting_id or 0, number="7", by=place.region_chair)
    restored = f"Членство восстановлено: Тульская РО ВОИ (нет справки), протокол № 7 от {days(0):%d.%m.%Y}"
    assert [(mark.kind, mark.text) for mark in CardMark.objects.all()] == [(MarkKind.RESTORED, restored)]
    assert wrong() == []


@pytest.mark.both
def test_v_a5_a_union_committee_admits(db: None) -> None:
    place = places.union()
    item = sessions.admission(place, [applicants.apply(place)])
    assert item.title.startswith("О приёме в члены Профсоюза")
    sessions.decided(item, place.chair)
    assert Member.objects.get().organization == place.keeper


def about(place: places.Place, kind: str, **values: object) -> AgendaItem:
    """Create an item about a member on the agenda of a meeting that was held, and return it."""
    member = values.pop("member", None) or place.put()
    item = decisions.put_forward(
        organization=place.keeper, kind=kind, title=f"О {kind}", member=member, filed_on=days(5), by=place.chair,
        **values,
    )  # type: ignore[arg-type]  # fmt: skip
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    return item


def turned_down(
    place: places.Place,
    *,
    held_on: dt.date | None = None,
    filed_on: dt.date | None = None,
    notified_on: dt.date | None = None,
) -> tuple[Application, AgendaItem]:
    application = applicants.apply(place, stated={"filed_on": filed_on} if filed_on else None)
    item = sessions.admission(place, [application], held_on=held_on)
    sessions.decided(item, place.chair, adopted=False)
    note_notified([application.pk], on=notified_on or days(1), way="post", by=place.chair)
    return application, item


def settle(place: places.Place, appeal: Appeal, *, adopted: bool) -> AgendaItem:
    """Let the region's body decide on the appeal today."""
    item = appeal.items.exclude(state=ItemState.DROPPED).get()
    meeting = sessions.planned(place.region, place.region_chair, held_on=days(0))
    agenda.put_on(meeting.pk, items=[item.pk], by=place.region_chair)
    sessions.held(meeting, place.region_chair)
    return sessions.decided(item, place.region_chair, adopted=adopted)


def wrong() -> list[str]:
    """Return the findings of the integrity check."""
    return [line for _title, lines in integrity.run() for line in lines]


def test_v_a5_applicants_are_decided_on_with_a_notice_of_the_meeting_or_knowingly_without_one(
    place: places.Place,
) -> None:
    first, second, third = (
        applicants.apply(place, surname=name, snils="") for name in ("Абрамова", "Бородина", "Яшина")
    )
    item = sessions.admission(place, [first, second, third], held_on=days(0))
    note_invited([first.pk], on=days(1), way="phone", by=place.chair)
    note_attended([second.pk], attended=True, by=place.chair)
    with refused("V-A5") as refusal:
        sessions.decided(item, place.chair, not_notified=False)
    assert refusal.blockers == [third.full_name]
    sessions.decided(item, place.chair, not_notified=True)
    known = Application.objects.order_by("sort_key").values_list("uninvited", "invited_on", "attended")
    assert list(known) == [(False, days(1), None), (False, None, True), (True, None, None)]
    decisions.reverse_decision(item.pk, by=place.chair)
    assert list(Application.objects.filter(uninvited=True)) == []
    with refused("V-A5"):
        sessions.decided(item, place.chair, adopted=False, not_notified=False)


@pytest.mark.both
def test_v_a5_the_screens_of_decisions_ask_whether_the_applicants_were_told_of_the_meeting(place: places.Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)], held_on=days(0))
    client, meeting = signed_in(place.chair), reverse("meetings:detail", args=[item.meeting_id])
    votes = {"votes_for": 4, "votes_against": 1, "votes_abstained": 0}
    one, many = (
        reverse(f"meetings:{name}", args=[pk]) for name, pk in (("decide", item.pk), ("decide_many", item.meeting_id))
    )
    assert ['name="not_notified"' in client.get(page).content.decode() for page in (one, meeting)] == [True, True]
    client.post(one, {"adopted": "yes", **votes})
    client.post(many, {"selected": item.pk, **votes})
    assert AgendaItem.objects.get().state == "scheduled"
    client.post(many, {"selected": item.pk, **votes, "not_notified": "on"})
    assert (AgendaItem.objects.get().state, Application.objects.get().uninvited) == ("adopted", True)
