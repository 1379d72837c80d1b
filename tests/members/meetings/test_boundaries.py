"""Limits of quorum, majority and dates of meetings, decisions and appeals (V-A5, V-A6, V-B14, V-B16, K7)."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from members.admission.models import Application
from members.admission.rules.applications import check_day as check_day_of_application
from members.admission.transitions.applications import (
    note_attended,
    note_invited,
    note_notified,
    set_pickup,
    withdraw_application,
)
from members.meetings.enums import ItemKind, MeetingState
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.meetings.rules import carries, check_quorum, check_votes, has_quorum, quorum_of, seats_on
from members.meetings.tasks import meetings
from members.meetings.transitions import agenda, appeals, decisions
from members.meetings.transitions.meetings import close_minutes, close_without_quorum, edit_meeting, hold_meeting
from members.movement.rules.erasing import applications_due_for_erasing
from members.movement.transitions.erasing import erase, erase_application
from members.people.models import Member
from registry.organizations.enums import BodyKind
from registry.organizations.models import BodySeat, GoverningBody
from tests.clock import at
from tests.members import applicants, places, sessions
from tests.refusals import refused

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = pytest.mark.once

D = dt.date
DAY = dt.timedelta(days=1)
#: Later than the real date of any run of the suite.
TODAY = D(2040, 1, 31)


def outcome(rule: str, field: str | None) -> AbstractContextManager[Any]:
    """Expect a refusal by the rule at the field, or none if no rule is given."""
    return nullcontext() if field is None else refused(rule, field=field)


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def body_with(place: places.Place, seats: int) -> GoverningBody:
    body = GoverningBody.objects.create(organization=place.keeper, kind=BodyKind.COMMITTEE, name="Правление")
    for number in range(seats):
        BodySeat.objects.create(body=body, full_name=f"Член {number}", since=D(2039, 1, 1))
    return body


def matter(place: places.Place, *, seats: int = 5, present: int | None = None, held_on: dt.date = TODAY) -> AgendaItem:
    """Create an item for a meeting of a body with `seats` seats, of whose members `present` attend; return it."""
    body_with(place, seats)
    meeting = sessions.planned(place.keeper, place.chair, held_on=held_on)
    item = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.OTHER, title="О плане работы", filed_on=held_on, by=place.chair
    )
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair, present=seats if present is None else present)
    return AgendaItem.objects.select_related("meeting__body").get(pk=item.pk)


# Quorum and majority


@pytest.mark.both
@pytest.mark.parametrize("seats", range(1, 10))
def test_v_a5_a_quorum_needs_more_than_half_of_the_seats(seats: int) -> None:
    meeting = Meeting(seats=seats)
    found = [present for present in range(seats + 1) if has_quorum(meeting, present)]
    assert found == [present for present in range(seats + 1) if present > seats / 2]
    assert quorum_of(seats) == found[0]
    check_quorum(meeting, found[0])
    with refused("V-A5"):
        check_quorum(meeting, found[0] - 1)


@pytest.mark.both
def test_v_a5_a_body_without_seats_has_no_quorum() -> None:
    for seats in (None, 0):
        assert not has_quorum(Meeting(seats=seats), 0)
        assert not has_quorum(Meeting(seats=seats), 1)
        with refused("V-A5"):
            check_quorum(Meeting(seats=seats), 1)


@pytest.mark.both
@pytest.mark.parametrize("present", range(1, 10))
def test_v_a5_a_decision_needs_more_than_half_of_those_present(present: int) -> None:
    for votes in range(present + 1):
        adopted = votes > present / 2
        assert carries(votes, present) == adopted
        given = {"votes_for": votes, "votes_against": present - votes, "votes_abstained": 0}
        check_votes(present, adopted=adopted, **given)
        with refused("V-A5", field="votes_for"):
            check_votes(present, adopted=not adopted, **given)


@pytest.mark.both
@pytest.mark.parametrize(
    ("present", "votes", "adopted", "field"),
    [
        # Abstentions and members who did not vote are present too.
        (4, (2, 0, 2), True, "votes_for"),
        (4, (2, 0, 2), False, None),
        (4, (2, 0, 0), True, "votes_for"),
        (4, (3, 0, 0), True, None),
        (5, (3, 2, 0), True, None),
        (5, (2, 0, 3), True, "votes_for"),
        # No double votes, no negative numbers, and somebody has to vote.
        (4, (3, 1, 1), True, "votes_for"),
        (4, (4, 0, 0), True, None),
        (4, (0, 0, 0), False, "votes_for"),
        (4, (0, 1, 0), False, None),
        (4, (0, 0, 1), False, None),
        (4, (3, -1, 0), True, "votes_for"),
        (4, (-1, 4, 0), False, "votes_for"),
        (4, (0, 4, -1), False, "votes_for"),
    ],
)
def test_v_a5_votes_are_those_of_the_people_present(
    present: int, votes: tuple[int, int, int], adopted: bool, field: str | None
) -> None:
    with outcome("V-A5", field):
        check_votes(present, adopted=adopted, votes_for=votes[0], votes_against=votes[1], votes_abstained=votes[2])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seats", "present", "votes_for", "adopted", "allowed"),
    [
        (4, 2, 2, True, False),  # half of the body is no quorum
        (4, 3, 2, True, True),
        (4, 4, 2, True, False),  # a tie
        (4, 4, 2, False, True),
        (4, 4, 3, True, True),
        (5, 2, 2, True, False),
        (5, 3, 2, True, True),
        (5, 3, 1, True, False),
        (6, 3, 3, True, False),
        (6, 4, 2, True, False),
        (6, 4, 3, True, True),
    ],
)
def test_v_a5_what_a_body_decides(
    place: places.Place, seats: int, present: int, votes_for: int, adopted: bool, allowed: bool
) -> None:
    with at(TODAY):
        item = matter(place, seats=seats, present=present)
        votes = {"votes_for": votes_for, "votes_against": present - votes_for}
        with nullcontext() if allowed else refused("V-A5"):
            sessions.decided(item, place.chair, adopted=adopted, **votes)


@pytest.mark.django_db
@pytest.mark.parametrize(("seats", "present", "quorum"), [(4, 2, False), (4, 3, True), (5, 2, False), (5, 3, True)])
def test_v_a5_a_meeting_is_closed_with_a_quorum_or_finished_without_one(
    place: places.Place, seats: int, present: int, quorum: bool
) -> None:
    with at(TODAY):
        item = matter(place, seats=seats, present=present)
        if quorum:
            sessions.decided(item, place.chair, votes_for=present, votes_against=0)
            with refused("V-A5"):
                close_without_quorum(item.meeting_id, by=place.chair)
            assert close_minutes(item.meeting_id, number="1", by=place.chair).state == MeetingState.CLOSED
        else:
            with refused("V-A5"):
                close_minutes(item.meeting_id, number="1", by=place.chair)
            assert close_without_quorum(item.meeting_id, by=place.chair).state == MeetingState.NO_QUORUM


# Days of a meeting


@pytest.mark.both
@pytest.mark.django_db
def test_v_a5_seats_that_begin_or_end_on_the_day_of_the_meeting_count(place: places.Place) -> None:
    terms = {
        "ended": (D(2039, 1, 1), TODAY - DAY),
        "last day": (D(2039, 1, 1), TODAY),
        "sits": (D(2039, 1, 1), None),
        "first day": (TODAY, None),
        "to come": (TODAY + DAY, None),
    }
    body = body_with(place, 0)
    seats = {
        name: BodySeat.objects.create(body=body, full_name=name, since=since, until=until).pk
        for name, (since, until) in terms.items()
    }
    sitting = ["last day", "sits", "first day"]
    assert {seat.full_name for seat in seats_on(body, TODAY)} == set(sitting)
    with at(TODAY):
        meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY)
        for name, pk in seats.items():
            with nullcontext() if name in sitting else refused("V-A5"):
                hold_meeting(meeting.pk, seats=[pk], by=place.chair)
        assert hold_meeting(meeting.pk, seats=[seats[name] for name in sitting], by=place.chair).seats == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("held_on", "field"),
    [
        (TODAY - dt.timedelta(days=3 * 366 + 1), "held_on"),
        (TODAY - dt.timedelta(days=3 * 366), None),
        (D(2041, 1, 31), None),
        (D(2041, 2, 1), "held_on"),
    ],
)
def test_v_a5_a_meeting_is_at_most_three_years_ago_or_one_year_ahead(
    place: places.Place, held_on: dt.date, field: str | None
) -> None:
    with at(TODAY), outcome("V-A5", field):
        sessions.planned(place.keeper, place.chair, held_on=held_on)


@pytest.mark.django_db
def test_v_a5_a_meeting_takes_place_on_its_day(place: places.Place) -> None:
    body_with(place, 1)
    with at("2040-02-28T23:59"):
        meeting = sessions.planned(place.keeper, place.chair, held_on=D(2040, 2, 29))
        assert list(meetings(place.chair, D(2040, 2, 28))) == []
        with refused("V-A5"):
            sessions.held(meeting, place.chair)
    with at("2040-02-29T00:00"):
        assert len(list(meetings(place.chair, D(2040, 2, 29)))) == 1
        sessions.held(meeting, place.chair)


@pytest.mark.django_db
def test_v_a5_a_meeting_decides_only_on_items_filed_by_its_day(place: places.Place) -> None:
    body_with(place, 5)
    with at(TODAY):
        before, after = (sessions.planned(place.keeper, place.chair, held_on=TODAY - n * DAY) for n in (1, 2))
        given = {"organization": place.keeper, "kind": ItemKind.OTHER, "by": place.chair}
        with refused("V-A5", field="filed_on"):
            decisions.put_forward(title="О плане", filed_on=TODAY + DAY, **given)
        item = decisions.put_forward(title="О плане", filed_on=TODAY - DAY, **given)
        with refused("V-A5"):
            agenda.put_on(after.pk, items=[item.pk], by=place.chair)
        agenda.put_on(before.pk, items=[item.pk], by=place.chair)
        where = {
            "body_id": before.body_id,
            "starts_at": dt.time(15),
            "format": "in_person",
            "place": "Тула",
            "by": place.chair,
        }
        with refused("V-A5", field="held_on"):
            edit_meeting(before.pk, held_on=TODAY - 3 * DAY, **where)
        edit_meeting(before.pk, held_on=TODAY - DAY, **where)
        # The same with the day of an application; once on the agenda, it stays there if the day changes.
        application = applicants.apply(place, stated={"filed_on": TODAY - DAY})
        with refused("V-A5"):
            agenda.put_on(after.pk, applications=[application.pk], by=place.chair)
        agenda.put_on(before.pk, applications=[application.pk], by=place.chair)


@pytest.mark.both
@pytest.mark.parametrize(
    ("day", "field"),
    [
        (D(1989, 12, 31), "filed_on"),
        (D(1990, 1, 1), None),
        (D(1990, 5, 5), "filed_on"),
        (D(1990, 5, 6), None),
        (TODAY, None),
        (TODAY + DAY, "filed_on"),
    ],
)
def test_v_a4_days_of_an_application(day: dt.date, field: str | None) -> None:
    birth_date = D(1990, 5, 5) if day.month == 5 else D(1968, 1, 1)
    with outcome("V-A4", field):
        check_day_of_application(day, "filed_on", birth_date=birth_date, today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "allowed"), [(5, True), (6, False)])
def test_v_a1_a_certificate_holds_to_its_last_day_at_the_meeting(place: places.Place, days: int, allowed: bool) -> None:
    body_with(place, 5)
    with at(TODAY):
        application = applicants.apply(place, certificate_expires_on=TODAY + 5 * DAY)
        meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY + days * DAY)
        (item,) = agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
    with at(TODAY + 9 * DAY):
        sessions.held(meeting, place.chair)
        with nullcontext() if allowed else refused("V-A1", blockers=1):
            sessions.decided(item, place.chair)


# The order of an agenda


@pytest.mark.both
@pytest.mark.django_db
def test_v_a5_items_change_places_within_the_agenda_and_one_of_two_applicants_is_split_off(
    place: places.Place,
) -> None:
    body_with(place, 5)
    with at(TODAY):
        meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY)
        first, second, third = (applicants.apply(place) for _number in range(3))
        (both,) = agenda.put_on(meeting.pk, applications=[first.pk, second.pk], by=place.chair)
        (last,) = agenda.put_on(meeting.pk, applications=[third.pk], by=place.chair)
        own = agenda.split_off(second.pk, by=place.chair)
        with refused("V-A5"):
            agenda.split_off(first.pk, by=place.chair)

        def order() -> list[int]:
            found = AgendaItem.objects.filter(meeting=meeting).order_by("position").values_list("pk", "position")
            assert [position for _pk, position in found] == [1, 2, 3]
            return [pk for pk, _position in found]

        assert order() == [both.pk, own.pk, last.pk]
        for item, up, expected in (
            (both, True, [both, own, last]),
            (last, False, [both, own, last]),
            (own, True, [own, both, last]),
            (both, False, [own, last, both]),
        ):
            agenda.move(item.pk, up=up, by=place.chair)
            assert order() == [one.pk for one in expected]


# Notices


@pytest.mark.both
@pytest.mark.django_db
def test_v_a5_a_notice_is_dated_between_its_event_and_today(place: places.Place) -> None:
    body_with(place, 5)
    with at(TODAY):
        application = applicants.apply(place, stated={"filed_on": TODAY - 9 * DAY})
        meeting = sessions.planned(place.keeper, place.chair, held_on=TODAY - 2 * DAY)
        (item,) = agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
        for day, field in ((TODAY - 10 * DAY, "on"), (TODAY - 9 * DAY, None), (TODAY, None), (TODAY + DAY, "on")):
            with outcome("V-A5", field):
                note_invited([application.pk], on=day, way="phone", by=place.chair)
        sessions.held(meeting, place.chair)
        sessions.decided(item, place.chair)
        for day, field in ((TODAY - 3 * DAY, "on"), (TODAY - 2 * DAY, None), (TODAY, None), (TODAY + DAY, "on")):
            with outcome("V-A5", field):
                note_notified([application.pk], on=day, way="phone", by=place.chair)
        for day, field in ((TODAY - DAY, "pickup_on"), (TODAY, None)):
            with outcome("V-A5", field):
                note_notified([application.pk], on=TODAY, way="phone", pickup_on=day, by=place.chair)
        for day, field in ((TODAY - 3 * DAY, "pickup_on"), (TODAY - 2 * DAY, None)):
            with outcome("V-A5", field):
                set_pickup([application.pk], on=day, at=dt.time(15), place="Тула", by=place.chair)


@pytest.mark.django_db
def test_v_a5_who_came_is_noted_from_the_day_of_the_meeting(place: places.Place) -> None:
    body_with(place, 5)
    with at("2040-02-28T23:59"):
        application = applicants.apply(place)
        meeting = sessions.planned(place.keeper, place.chair, held_on=D(2040, 2, 29))
        agenda.put_on(meeting.pk, applications=[application.pk], by=place.chair)
        with refused("V-A5"):
            note_attended([application.pk], attended=True, by=place.chair)
    with at("2040-02-29T00:00"):
        note_attended([application.pk], attended=True, by=place.chair)


@pytest.mark.django_db
def test_v_b14_the_notice_of_an_exclusion_is_dated_between_the_decision_and_today(place: places.Place) -> None:
    with at(TODAY):
        _member, item = excluded(place)
        for day, field in ((TODAY - DAY, "on"), (TODAY, None), (TODAY + DAY, "on")):
            with outcome("V-A5", field):
                decisions.note_item_notified(item.pk, on=day, way="phone", by=place.chair)


# Appeals


def excluded(place: places.Place) -> tuple[Member, AgendaItem]:
    """Exclude a member by a decision of the body today; return both."""
    body_with(place, 5)
    member, today = place.put(), applicants.TODAY()
    meeting = sessions.planned(place.keeper, place.chair, held_on=today)
    item = decisions.put_forward(
        organization=place.keeper, kind=ItemKind.EXCLUSION, title="Об исключении", member=member,
        exclusion_reason="violation", filed_on=today, by=place.chair,
    )  # fmt: skip
    agenda.put_on(meeting.pk, items=[item.pk], by=place.chair)
    sessions.held(meeting, place.chair)
    return member, sessions.decided(item, place.chair)


def refused_applicant(place: places.Place) -> tuple[Application, AgendaItem]:
    """Refuse an applicant by a decision of the body today; return application and item."""
    body_with(place, 5)
    application = applicants.apply(place)
    item = sessions.admission(place, [application], held_on=applicants.TODAY())
    return application, sessions.decided(item, place.chair, adopted=False)


#: Day of the decision, of the notice, and the last day to appeal.
TERMS = [
    (D(2040, 1, 31), None, D(2040, 2, 29)),
    (D(2040, 1, 29), None, D(2040, 2, 29)),
    (D(2040, 1, 20), D(2040, 1, 28), D(2040, 2, 28)),
    (D(2041, 1, 28), D(2041, 1, 31), D(2041, 2, 28)),
    (D(2040, 3, 31), None, D(2040, 4, 30)),
    (D(2040, 11, 30), D(2040, 12, 31), D(2041, 1, 31)),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("decided_on", "told_on", "last_day"), TERMS)
@pytest.mark.parametrize("late", [False, True])
def test_v_a6_an_appeal_is_in_time_until_the_same_day_of_the_next_month(
    place: places.Place, decided_on: dt.date, told_on: dt.date | None, last_day: dt.date, late: bool
) -> None:
    with at(decided_on):
        application, item = refused_applicant(place)
    if told_on is not None:
        with at(told_on):
            note_notified([application.pk], on=told_on, way="phone", by=place.chair)
    received_on = last_day + late * DAY
    given = {"application_id": application.pk, "received_on": received_on, "by": place.region_chair}
    with at(received_on):
        if late:
            with refused("V-A6", field="late_reason"):
                appeals.receive_appeal(item.pk, **given)
        appeal = appeals.receive_appeal(item.pk, late_reason="Болезнь", **given)
    assert (appeal.late, appeal.term_on, appeal.late_reason) == (late, last_day, "Болезнь" if late else "")


@pytest.mark.django_db
def test_v_a6_an_appeal_is_received_between_the_decision_and_today(place: places.Place) -> None:
    with at(TODAY):
        application, item = refused_applicant(place)
        for day in (TODAY - DAY, TODAY + DAY):
            with refused("V-A6", field="received_on"):
                appeals.receive_appeal(item.pk, application_id=application.pk, received_on=day, by=place.region_chair)
        appeals.receive_appeal(item.pk, application_id=application.pk, received_on=TODAY, by=place.region_chair)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True)])
def test_v_a6_an_appeal_is_decided_by_a_meeting_from_the_day_on_which_it_was_received(
    place: places.Place, days: int, allowed: bool
) -> None:
    with at(TODAY):
        application, item = refused_applicant(place)
        meeting = sessions.planned(place.region, place.region_chair, held_on=TODAY + (10 + days) * DAY)
    with at(TODAY + 10 * DAY):
        appeal = appeals.receive_appeal(
            item.pk, application_id=application.pk, received_on=TODAY + 10 * DAY, by=place.region_chair
        )
        waiting = appeal.items.get()
        with nullcontext() if allowed else refused("V-A5"):
            agenda.put_on(meeting.pk, items=[waiting.pk], by=place.region_chair)
    if allowed:
        with at(TODAY + 10 * DAY):
            sessions.held(meeting, place.region_chair)
            sessions.decided(waiting, place.region_chair)


# Retention after refused and withdrawn applications


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("decided_on", "told_on", "first_day"),
    [
        # A month to appeal after the notice, or after the decision if no notice was recorded, and three years.
        (D(2040, 1, 31), None, D(2043, 2, 28)),
        (D(2040, 1, 20), D(2040, 2, 29), D(2043, 3, 29)),
        (D(2040, 12, 1), D(2040, 12, 31), D(2044, 1, 31)),
    ],
)
def test_v_a6_a_refused_application_is_kept_for_the_appeal_and_three_years(
    place: places.Place, decided_on: dt.date, told_on: dt.date | None, first_day: dt.date
) -> None:
    with at(decided_on):
        application, _item = refused_applicant(place)
    if told_on is not None:
        with at(told_on):
            note_notified([application.pk], on=told_on, way="phone", by=place.chair)
    due = [applications_due_for_erasing(place.keeper, day).count() for day in (first_day - DAY, first_day)]
    assert due == [0, 1]
    with at(first_day - DAY), refused("V-A6"):
        erase_application(application.pk, by=place.chair)
    with at(first_day):
        erase_application(application.pk, by=place.chair)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("received_on", "dismissed_on", "first_day"),
    [
        # The body decided within the month, on its last day, and after it.
        (D(2040, 2, 1), D(2040, 2, 28), D(2043, 2, 28)),
        (D(2040, 2, 1), D(2040, 2, 29), D(2043, 2, 28)),
        (D(2040, 2, 1), D(2040, 3, 5), D(2043, 3, 5)),
    ],
)
def test_v_a6_after_a_dismissed_appeal_retention_runs_from_the_dismissal(
    place: places.Place, received_on: dt.date, dismissed_on: dt.date, first_day: dt.date
) -> None:
    with at(TODAY):
        application, item = refused_applicant(place)
    with at(received_on):
        appeal = appeals.receive_appeal(
            item.pk, application_id=application.pk, received_on=received_on, by=place.region_chair
        )
        # An open appeal keeps the application even after its term.
    with at("2050-01-01"), refused("V-A6"):
        erase_application(application.pk, by=place.chair)
    with at(dismissed_on):
        meeting = sessions.planned(place.region, place.region_chair, held_on=dismissed_on)
        agenda.put_on(meeting.pk, items=[appeal.items.get().pk], by=place.region_chair)
        sessions.held(meeting, place.region_chair)
        sessions.decided(appeal.items.get(), place.region_chair, adopted=False)
    with at(first_day - DAY), refused("V-A6"):
        erase_application(application.pk, by=place.chair)
    with at(first_day):
        erase_application(application.pk, by=place.chair)


@pytest.mark.django_db
def test_v_a6_a_withdrawn_application_is_kept_for_three_years(place: places.Place) -> None:
    with at("2040-02-29"):
        application = applicants.apply(place)
        withdraw_application(application.pk, by=place.chair)
    with at("2043-02-27T23:59"), refused("V-A6"):
        erase_application(application.pk, by=place.chair)
    with at("2043-02-28T00:00"):
        erase_application(application.pk, by=place.chair)


@pytest.mark.django_db
def test_v_b14_the_card_of_an_excluded_member_is_kept_for_the_appeal_and_three_years(place: places.Place) -> None:
    with at(TODAY):
        member, item = excluded(place)
    first_day = D(2043, 2, 28)
    with at(first_day - DAY), refused("V-B14"):
        erase(member.pk, by=place.chair)
    with at(TODAY):
        appeal = appeals.receive_appeal(item.pk, received_on=TODAY, by=place.region_chair)
    with at(first_day):
        with refused("V-B14"):
            erase(member.pk, by=place.chair)
        appeals.withdraw_appeal(appeal.pk, by=place.region_chair)
        erase(member.pk, by=place.chair)
    assert Appeal.objects.filter(member__isnull=False).count() == 0
