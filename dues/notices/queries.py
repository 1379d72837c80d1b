"""Members to remind of dues, and the reminders that were made (V-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from members.people.models import Member, MemberQuerySet

from .enums import REMINDED_STATES
from .models import DuesReminder


def reminded(members: MemberQuerySet, since: dt.datetime, *, wanted: bool = True) -> MemberQuerySet:
    """Return the members reminded since the time, or with `wanted` False those who were not."""
    made = Exists(DuesReminder.objects.filter(member=OuterRef("pk"), sent_at__gte=since, state__in=REMINDED_STATES))
    return members.filter(made if wanted else ~made)


def last_reminders(members: Sequence[Member]) -> dict[int, DuesReminder]:
    """Return the newest reminder of each of the members, by the member's id."""
    found = DuesReminder.objects.filter(member__in=members).select_related("sent_by").order_by("pk")
    return {reminder.member_id: reminder for reminder in found}
