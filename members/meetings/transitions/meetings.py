"""Meetings of governing bodies: planning, holding, closing and reopening minutes, calling off (V-A5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from members.admission.enums import ApplicationState
from members.admission.models import Application
from members.admission.transitions.admission import number_registrations
from members.people.transitions.marks import number_marks
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import BodySeat, Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import ItemKind, ItemState, MeetingFormat, MeetingState
from ..models import Attendance, Meeting
from .agenda import release
from .arrears import drop_paid


def plan_meeting(
    organization_id: int,
    *,
    body_id: int,
    held_on: dt.date,
    starts_at: dt.time,
    place: str,
    format: str = MeetingFormat.IN_PERSON,
    by: Actor,
) -> Meeting:
    """Plan a meeting of a body, or enter one that took place (V-A5). Raises `RuleViolation`."""
    with change(by=by, rule="V-A5", event="meeting.planned") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RUN_MEETINGS, organization)
        meeting = Meeting(organization=organization)
        _fill(meeting, body_id, held_on, starts_at, place, format, act.today)
        act.save(meeting)
        act.about(meeting, organization=organization, body=body_id)
    return meeting


def edit_meeting(
    meeting_id: int,
    *,
    body_id: int,
    held_on: dt.date,
    starts_at: dt.time,
    place: str,
    format: str,
    version: int | None = None,
    by: Actor,
) -> Meeting:
    """Change the plan of the meeting.

    Applicants notified of another date, time or place must be notified again (V-A5).
    """
    with change(by=by, rule="V-A5", event="meeting.changed") as act:
        meeting = own_meeting(act, meeting_id, version=version)
        if meeting.state != MeetingState.PLANNED:
            states.check(meeting, MeetingState.CANCELLED, "V-A5")
        before = (meeting.held_on, meeting.starts_at, meeting.place)
        _fill(meeting, body_id, held_on, starts_at, place, format, act.today)
        act.save(meeting)
        again = 0
        if before != (meeting.held_on, meeting.starts_at, meeting.place):
            again = _uninvite(act, meeting)
        act.about(meeting, organization=meeting.organization, to_be_told_again=again)
    return meeting


def hold_meeting(
    meeting_id: int, *, seats: Sequence[int], chaired_by: str = "", secretary: str = "", guests: str = "", by: Actor
) -> Meeting:
    """Record that the meeting took place, with the members present and the number of seats on that day (V-A5).

    Exclusions for arrears are dropped if the member owed nothing on that day (V-B16).

    Can be repeated to correct it until something is decided. Raises `RuleViolation` for a future day or an ended seat.
    """
    with change(by=by, rule="V-A5", event="meeting.held") as act:
        meeting = own_meeting(act, meeting_id)
        current = {seat.pk: seat for seat in rules.seats_on(meeting.body, meeting.held_on)}
        rules.check_can_be_held(meeting, seats, current, act.today)
        _write_attendance(act, meeting, [current[pk] for pk in sorted(set(seats))])
        meeting.state, meeting.seats = MeetingState.HELD, len(current)
        meeting.chaired_by, meeting.secretary, meeting.guests = chaired_by.strip(), secretary.strip(), guests.strip()
        act.save(meeting)
        exclusions = rules.agenda_of(meeting).filter(kind=ItemKind.EXCLUSION, state=ItemState.SCHEDULED)
        paid = drop_paid(act, exclusions.select_related("member", "organization__federation"), meeting.held_on)
        act.about(meeting, organization=meeting.organization, present=len(set(seats)), seats=len(current), paid=paid)
    return meeting


def unhold_meeting(meeting_id: int, *, by: Actor) -> Meeting:
    """Undo `hold_meeting`: the meeting is planned again. Raises `RuleViolation` once something is decided."""
    with change(by=by, rule="V-A5", event="meeting.not_held") as act:
        meeting = own_meeting(act, meeting_id)
        rules.check_can_be_planned_again(meeting)
        _write_attendance(act, meeting, [])
        _forget_who_came(act, meeting)
        meeting.state, meeting.seats = MeetingState.PLANNED, None
        act.save(meeting)
        act.about(meeting, organization=meeting.organization)
    return meeting


def close_minutes(meeting_id: int, *, number: str, by: Actor) -> Meeting:
    """Number and close the minutes; the number is written into registrations based on them (V-B1)."""
    with change(by=by, rule="V-B1", event="meeting.closed") as act:
        meeting = own_meeting(act, meeting_id)
        rules.check_can_be_closed(meeting, number, meeting.attendance.count())
        meeting.state, meeting.number = MeetingState.CLOSED, number.strip()[:30]
        act.save(meeting)
        number_registrations(act, meeting)
        number_marks(act, meeting)
        act.about(meeting, organization=meeting.organization)
    return meeting


def close_without_quorum(meeting_id: int, *, by: Actor) -> Meeting:
    """Record that there was no quorum; the items of the agenda wait for another meeting (V-A5)."""
    with change(by=by, rule="V-A5", event="meeting.without_quorum") as act:
        meeting = own_meeting(act, meeting_id)
        rules.check_lacks_quorum(meeting, meeting.attendance.count())
        _release_all(act, meeting)
        meeting.state = MeetingState.NO_QUORUM
        act.save(meeting)
        act.about(meeting, organization=meeting.organization)
    return meeting


def reopen_minutes(meeting_id: int, *, by: Actor) -> Meeting:
    """Reopen the minutes to correct a mistake; their number stays until they are closed again."""
    with change(by=by, rule="V-B1", event="meeting.reopened") as act:
        meeting = own_meeting(act, meeting_id)
        rules.check_can_be_reopened(meeting)
        meeting.state = MeetingState.HELD
        act.save(meeting)
        act.about(meeting, organization=meeting.organization)
    return meeting


def cancel_meeting(meeting_id: int, *, by: Actor) -> Meeting:
    """Call the meeting off; the items of its agenda wait for another one."""
    with change(by=by, rule="V-A5", event="meeting.cancelled") as act:
        meeting = own_meeting(act, meeting_id)
        states.check(meeting, MeetingState.CANCELLED, "V-A5")
        _release_all(act, meeting)
        meeting.state = MeetingState.CANCELLED
        act.save(meeting)
        act.about(meeting, organization=meeting.organization)
    return meeting


def own_meeting(act: Act, meeting_id: int, *, version: int | None = None) -> Meeting:
    """Return the meeting, locked after its organisation and applications to avoid deadlocks. Raises `NotAllowed`."""
    found = Meeting.objects.visible_to(act.by).values_list("organization", flat=True).get(pk=meeting_id)
    act.lock(Organization, found)
    act.lock_many(Application.objects.filter(item__meeting=meeting_id).only("pk"))
    meeting = act.lock(Meeting.objects.visible_to(act.by), meeting_id, version=version)
    meeting.organization = Organization.objects.select_related("federation").get(pk=found)
    act.require(Permission.RUN_MEETINGS, meeting.organization)
    return meeting


def _release_all(act: Act, meeting: Meeting) -> None:
    for item in list(rules.agenda_of(meeting).select_related("organization__federation")):
        release(act, item)


def _fill(
    meeting: Meeting, body_id: int, held_on: dt.date, starts_at: dt.time, place: str, format: str, today: dt.date
) -> None:
    body = rules.check_plan(
        meeting, body_id, held_on=held_on, starts_at=starts_at, place=place, format=format, today=today
    )
    meeting.body, meeting.held_on, meeting.starts_at = body, held_on, starts_at
    meeting.place, meeting.format = place.strip()[:300], format


def _write_attendance(act: Act, meeting: Meeting, seats: Sequence[BodySeat]) -> None:
    wanted = {seat.pk for seat in seats}
    noted = {attendance.seat_id: attendance for attendance in meeting.attendance.all()}
    for pk, attendance in noted.items():
        if pk not in wanted:
            act.delete(attendance)
    act.create_many(Attendance, [Attendance(meeting=meeting, seat=seat) for seat in seats if seat.pk not in noted])


def _forget_who_came(act: Act, meeting: Meeting) -> None:
    """Delete attendance of applicants and speeches of a meeting that did not take place."""
    for item in [item for item in rules.agenda_of(meeting) if item.spoken]:
        item.spoken = ""
        act.save(item)
    came = list(Application.objects.filter(item__meeting=meeting, attended__isnull=False).order_by("pk"))
    for application in came:
        application.attended = None
        application.version += 1
    act.update_many(Application, came, ["attended", "version"])


def _uninvite(act: Act, meeting: Meeting) -> int:
    told = list(
        Application.objects.filter(
            item__meeting=meeting, state=ApplicationState.SCHEDULED, invited_on__isnull=False
        ).order_by("pk")
    )
    for application in told:
        application.invited_on, application.invited_by = None, ""
        application.version += 1
    act.update_many(Application, told, ["invited_on", "invited_by", "version"])
    return len(told)
