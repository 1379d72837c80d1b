"""An admission entered in one step: meeting, agenda, attendance, decision and minutes together (V-A5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from members.admission.models import Application
from members.admission.transitions.applications import note_attended, note_invited
from registry.access import Actor

from ..enums import OPEN_MEETINGS, MeetingState
from ..models import Meeting
from ..queries import usual_resolution
from . import agenda, decisions, meetings


@transaction.atomic
def admit_at_once(
    application_id: int,
    *,
    body_id: int,
    held_on: dt.date,
    starts_at: dt.time,
    place: str,
    seats: Sequence[int],
    chaired_by: str,
    secretary: str = "",
    attended: bool = False,
    invited_on: dt.date | None = None,
    invited_by: str = "",
    not_notified: bool = False,
    votes_for: int,
    votes_against: int = 0,
    votes_abstained: int = 0,
    number: str = "",
    by: Actor,
) -> Application:
    """Admit one applicant at a meeting that took place: all of its steps, or none of them.

    An existing meeting of the body on that day and hour with open minutes is used, with its recorded attendance;
    otherwise one is created. With a `number` the minutes are closed. Raises errors of the single steps.
    """
    application = Application.objects.visible_to(by).get(pk=application_id)
    same = {"organization": application.organization_id, "body": body_id, "held_on": held_on, "starts_at": starts_at}
    open_ones = Meeting.objects.visible_to(by).filter(state__in=OPEN_MEETINGS, **same)
    meeting = open_ones.order_by("pk").first() or meetings.plan_meeting(
        application.organization_id, body_id=body_id, held_on=held_on, starts_at=starts_at, place=place, by=by
    )
    (item,) = agenda.put_on(meeting.pk, applications=[application_id], by=by)
    if meeting.state == MeetingState.PLANNED:
        meetings.hold_meeting(meeting.pk, seats=seats, chaired_by=chaired_by, secretary=secretary, by=by)
    if attended:
        note_attended([application_id], attended=True, by=by)
    elif invited_on is not None:
        note_invited([application_id], on=invited_on, way=invited_by, by=by)
    item = type(item).objects.visible_to(by).select_related("organization__federation", "member").get(pk=item.pk)
    decisions.decide(
        item.pk, adopted=True, votes_for=votes_for, votes_against=votes_against, votes_abstained=votes_abstained,
        resolution=usual_resolution(item, adopted=True), not_notified=not_notified, by=by,
    )  # fmt: skip
    if number.strip():
        meetings.close_minutes(meeting.pk, number=number, by=by)
    return Application.objects.visible_to(by).get(pk=application_id)
