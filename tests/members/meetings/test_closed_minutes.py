"""Closed minutes do not change: every step with the meeting, agenda and attendance is refused (V-A5, V-B1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from members.admission.models import Application
from members.admission.transitions.applications import note_attended, note_invited
from members.meetings.enums import MeetingState
from members.meetings.models import AgendaItem, Attendance, Meeting
from members.meetings.transitions import agenda, decisions
from members.meetings.transitions import meetings as steps
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.places import Place, signed_in
from tests.refusals import refused

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

Step = Callable[[Meeting, AgendaItem, Application, Place], Any]


def _plan(meeting: Meeting, **changed: Any) -> dict[str, Any]:
    names = ("body_id", "held_on", "starts_at", "place", "format")
    return {**{name: getattr(meeting, name) for name in names}, **changed}


def _seats(meeting: Meeting) -> list[int]:
    return list(meeting.body.seats.values_list("pk", flat=True)[:4])


def _vote(item: AgendaItem, place: Place) -> AgendaItem:
    return sessions.decided(item, place.chair, adopted=False)


STEPS: dict[str, Step] = {
    "edit": lambda m, i, a, p: steps.edit_meeting(m.pk, **_plan(m, starts_at=dt.time(9)), by=p.chair),
    "hold": lambda m, i, a, p: steps.hold_meeting(m.pk, seats=_seats(m), by=p.chair),
    "unhold": lambda m, i, a, p: steps.unhold_meeting(m.pk, by=p.chair),
    "close": lambda m, i, a, p: steps.close_minutes(m.pk, number="99", by=p.chair),
    "without quorum": lambda m, i, a, p: steps.close_without_quorum(m.pk, by=p.chair),
    "cancel": lambda m, i, a, p: steps.cancel_meeting(m.pk, by=p.chair),
    "put on": lambda m, i, a, p: agenda.put_on(m.pk, applications=[applicants.apply(p).pk], by=p.chair),
    "take off": lambda m, i, a, p: agenda.take_off(i.pk, by=p.chair),
    "split off": lambda m, i, a, p: agenda.split_off(a.pk, by=p.chair),
    "move": lambda m, i, a, p: agenda.move(i.pk, up=False, by=p.chair),
    "decide": lambda m, i, a, p: _vote(i, p),
    "reverse": lambda m, i, a, p: decisions.reverse_decision(i.pk, by=p.chair),
    "drop": lambda m, i, a, p: decisions.drop_item(i.pk, by=p.chair),
    "spoken": lambda m, i, a, p: decisions.note_spoken(i.pk, spoken="Слышал иное.", by=p.chair),
    "invited": lambda m, i, a, p: note_invited([a.pk], on=days(5), way="post", by=p.chair),
    "attended": lambda m, i, a, p: note_attended([a.pk], attended=True, by=p.chair),
    "not attended": lambda m, i, a, p: note_attended([a.pk], attended=None, by=p.chair),
}


@pytest.fixture
def place() -> Place:
    return places.voi()


@pytest.fixture
def closed(place: Place) -> AgendaItem:
    item = sessions.admission(place, [applicants.apply(place) for _number in range(2)])
    sessions.decided(item, place.chair)
    assert item.meeting_id is not None
    steps.close_minutes(item.meeting_id, number="7", by=place.chair)
    return AgendaItem.objects.select_related("meeting").get(pk=item.pk)


def recorded(item: AgendaItem) -> list[Any]:
    meeting = list(Meeting.objects.filter(pk=item.meeting_id).values())
    came = list(
        Application.objects.filter(item=item).order_by("pk").values("attended", "invited_on", "state", "version")
    )
    items = list(AgendaItem.objects.filter(meeting=item.meeting_id).order_by("pk").values())
    return [meeting, items, came, list(Attendance.objects.order_by("pk").values())]


@pytest.mark.parametrize("name", STEPS)
def test_v_a5_no_step_changes_what_closed_minutes_say(place: Place, closed: AgendaItem, name: str) -> None:
    before, application = recorded(closed), Application.objects.filter(item=closed).order_by("pk")[0]
    assert closed.meeting is not None
    with refused("V-A5"):
        STEPS[name](closed.meeting, closed, application, place)
    assert recorded(closed) == before


def test_v_a5_who_came_is_corrected_while_the_minutes_are_open(place: Place, closed: AgendaItem) -> None:
    assert closed.meeting_id is not None
    application = Application.objects.filter(item=closed).order_by("pk")[0]
    url = reverse("applications:detail", args=[application.pk])
    form, chair = reverse("applications:attended", args=[application.pk]), signed_in(place.chair)
    assert form not in chair.get(url).content.decode()
    chair.post(form, {"attended": "yes"})
    application.refresh_from_db()
    assert application.attended is None
    steps.reopen_minutes(closed.meeting_id, by=place.chair)
    assert form in chair.get(url).content.decode()
    chair.post(form, {"attended": "yes"})
    application.refresh_from_db()
    assert application.attended is True


@pytest.mark.both
def test_v_a5_a_meeting_without_quorum_has_nobody_to_note(place: Place) -> None:
    item = sessions.admission(place, [applicants.apply(place)])
    application = Application.objects.get(item=item)
    meeting = Meeting.objects.get(pk=item.meeting_id)
    steps.hold_meeting(meeting.pk, seats=_seats(meeting)[:1], by=place.chair)
    steps.close_without_quorum(meeting.pk, by=place.chair)
    assert Meeting.objects.get(pk=meeting.pk).state == MeetingState.NO_QUORUM
    with refused("V-A5"):
        note_attended([application.pk], attended=True, by=place.chair)
