"""Meetings of governing bodies for tests: a body with seats, a meeting that took place, decisions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from members.admission.models import Application
from members.meetings.models import AgendaItem, Meeting
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.decisions import decide
from members.meetings.transitions.meetings import hold_meeting, plan_meeting
from registry.access import Actor
from registry.organizations.enums import BodyKind
from registry.organizations.models import BodySeat, GoverningBody, Organization
from tests.members import places
from tests.members.applicants import days
from tests.members.places import Place
from tests.worlds import world

NAMES = ("Громов Г. Г.", "Ильина И. И.", "Котов К. К.", "Лосева Л. Л.", "Мухин М. М.")


def body_of(organization: Organization, seats: int = 5, *, since: dt.date | None = None) -> GoverningBody:
    """Return the collegial body with this number of seats."""
    body, made = GoverningBody.objects.get_or_create(
        organization=organization, kind=BodyKind.COMMITTEE, defaults={"name": "Правление"}
    )
    if made:
        BodySeat.objects.bulk_create(
            [BodySeat(body=body, full_name=name, since=since or days(700)) for name in NAMES[:seats]]
        )
    return body


@world
def place() -> Place:
    """Return the society's place with a body of the keeper."""
    found = places.voi()
    body_of(found.keeper)
    return found


def planned(organization: Organization, by: Actor, *, held_on: dt.date | None = None, **values: Any) -> Meeting:
    """Plan a meeting, by default one two days ago that has not been recorded yet."""
    body, day = body_of(organization), held_on or days(2)
    # A body has only one meeting at the same time.
    minute = Meeting.objects.filter(body=body, held_on=day, state="planned").count()
    given: dict[str, Any] = {"starts_at": dt.time(15, minute % 60), "place": "ул. Садовая, 5", **values}
    return plan_meeting(organization.pk, body_id=body.pk, held_on=day, by=by, **given)


def held(meeting: Meeting, by: Actor, present: int = 5) -> Meeting:
    """Record the meeting with `present` members of the body."""
    seats = list(meeting.body.seats.values_list("pk", flat=True)[:present])
    return hold_meeting(meeting.pk, seats=seats, chaired_by="Громов Г. Г.", secretary="Ильина И. И.", by=by)


def admission(place: Place, applications: list[Application], *, held_on: dt.date | None = None) -> AgendaItem:
    """Put the applications on the agenda of a meeting that was held with all members present; return the item."""
    meeting = planned(place.keeper, place.chair, held_on=held_on)
    (item,) = put_on(meeting.pk, applications=[a.pk for a in applications], by=place.chair)
    held(meeting, place.chair)
    return item


def decided(item: AgendaItem, by: Actor, *, adopted: bool = True, **values: Any) -> AgendaItem:
    """Record a decision with four votes of five for or against; nobody was notified unless the test did that."""
    votes = {"votes_for": 4, "votes_against": 1} if adopted else {"votes_for": 1, "votes_against": 4}
    given = {
        "votes_abstained": 0,
        "resolution": "Решили.",
        "reason": "Нет справки",
        "not_notified": True,
        **votes,
        **values,
    }
    return decide(item.pk, adopted=adopted, by=by, **given)
