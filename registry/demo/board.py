"""The governing body of a demonstration organisation: its five members and meetings (V-A5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from members.admission.enums import NoticeWay
from members.admission.models import Application
from members.admission.rules.steps import not_told_of_meeting
from members.admission.transitions.applications import note_invited
from members.meetings.models import AgendaItem, Meeting
from members.meetings.queries import usual_resolution
from members.meetings.transitions import decisions
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.meetings import close_minutes, hold_meeting, plan_meeting
from registry.organizations.enums import BodyKind
from registry.organizations.models import BodySeat, GoverningBody, Organization
from registry.organizations.transitions.passports import seat_person

from ..access import Actor
from . import names
from .people import People


class Board:
    """A governing body, created with its members when first needed."""

    def __init__(self, organization: Organization, people: People, by: Actor) -> None:
        self.organization, self.by = organization, by
        self.body, _made = GoverningBody.objects.get_or_create(
            organization=organization, kind=BodyKind.COMMITTEE, defaults={"name": "Правление"}
        )
        if not self.body.seats.exists():
            self._elect(people)
        self.seats: list[BodySeat] = list(self.body.seats.order_by("pk"))

    def _elect(self, people: People) -> None:
        for number in range(5):
            full_name = " ".join(names.name(people.chance, woman=bool(number % 2))).strip()
            duty = "председатель" if number == 0 else ""
            since = dt.date(people.today.year - 2, 3, 1)
            seat_person(self.body.pk, full_name=full_name, since=since, duty=duty, by=self.by)

    def plan(
        self, held_on: dt.date, *, applications: Sequence[Application] = (), items: Sequence[AgendaItem] = ()
    ) -> Meeting:
        """Plan a meeting with these items on its agenda; the applications form one item."""
        meeting = plan_meeting(
            self.organization.pk, body_id=self.body.pk, held_on=held_on, starts_at=dt.time(15),
            place=self.organization.postal_address or "по месту нахождения организации", by=self.by,
        )  # fmt: skip
        self.add(meeting, applications=applications, items=items)
        return meeting

    def add(
        self, meeting: Meeting, *, applications: Sequence[Application] = (), items: Sequence[AgendaItem] = ()
    ) -> list[AgendaItem]:
        """Add items to the agenda."""
        return put_on(
            meeting.pk, applications=[a.pk for a in applications], items=[item.pk for item in items], by=self.by
        )

    def meet(self, meeting: Meeting) -> None:
        """Hold the meeting with full attendance."""
        hold_meeting(
            meeting.pk, seats=[seat.pk for seat in self.seats], chaired_by=self.seats[0].full_name,
            secretary=self.seats[1].full_name, by=self.by,
        )  # fmt: skip

    def decide(self, items: Iterable[AgendaItem], *, adopted: bool = True, reason: str = "") -> None:
        """Decide the items unanimously."""
        votes = len(self.seats)
        for item in items:
            untold = not_told_of_meeting(item.applications.all())
            if untold:
                told_on = max(application.filed_on for application in untold)
                note_invited([a.pk for a in untold], on=told_on, way=NoticeWay.PHONE, by=self.by)
            decisions.decide(
                item.pk, adopted=adopted, votes_for=votes if adopted else 0, votes_against=0 if adopted else votes,
                votes_abstained=0, resolution=usual_resolution(item, adopted=adopted), reason=reason, by=self.by,
            )  # fmt: skip

    def through(self, items: Sequence[AgendaItem], *, held_on: dt.date, number: str) -> None:
        """Run a meeting from planning to closed minutes, adopting all items."""
        meeting = self.plan(held_on, items=items)
        self.meet(meeting)
        self.decide(items)
        close_minutes(meeting.pk, number=number, by=self.by)
