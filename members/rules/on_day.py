"""Who stood on account on a past day, by the lines of the books: as it is known now and as it was known then (V-B7).

A line entered or closed later with an earlier date changes what is known of the day, never what was reported on it;
both counts are told, so that a difference is explained by the lines that were recorded later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Left, StrIndex, Substr
from django.utils import timezone

from registry.access import Actor, in_scope
from registry.models import Organization
from registry.rules.figures import totals_of_children, totals_under

from ..enums import EndReason
from ..models import BookLine


@dataclass(frozen=True)
class OnDay:
    """Counts of one day: known now, known at its end, and what was recorded later."""

    now: int
    then: int

    @property
    def recorded_later(self) -> int:
        """How much later records changed the count."""
        return self.now - self.then


def lines_on(lines: QuerySet[BookLine], day: dt.date) -> QuerySet[BookLine]:
    """Of the lines those that stood open on the day, as it is known now; entries taken back as mistakes never stood."""
    return (
        lines.filter(entered_on__lte=day)
        .filter(Q(left_on__isnull=True) | Q(left_on__gt=day))
        .exclude(reason=EndReason.UNDONE)
    )


def lines_known_on(lines: QuerySet[BookLine], day: dt.date) -> QuerySet[BookLine]:
    """Of the lines those that stood open on the day for somebody who looked at its end."""
    until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    unknown = Q(left_recorded_at__isnull=True) | Q(left_recorded_at__gte=until)
    return lines.filter(recorded_at__lt=until, entered_on__lte=day).filter(unknown | Q(left_on__gt=day))


def count_on(organization: Organization, day: dt.date) -> OnDay:
    """Members of the organisation with everything below it on the day.

    Counted from today's stored figures and the movements since, so it costs what has moved, not who stands there.
    """
    lines = BookLine.objects.filter(in_scope(Actor.system("state on a day", organization), "unit__"))
    sound = lines.exclude(reason=EndReason.UNDONE)
    moved = sound.filter(Q(entered_on__gt=day) | Q(left_on__gt=day)).aggregate(came=_came(day), left=_left(day))
    now = totals_under(organization)["members"] - moved["came"] + moved["left"]
    return OnDay(now, now + _unknown_then(lines, day))


def _unknown_then(lines: QuerySet[BookLine], day: dt.date) -> int:
    """What the count of the day's end differs by: lines recorded later count out, leavings recorded later count in."""
    until = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    open_then = Q(left_on__isnull=True) | Q(left_on__gt=day)
    late = lines.filter(Q(recorded_at__gte=until) | Q(left_recorded_at__gte=until), entered_on__lte=day).aggregate(
        entered=Count("pk", filter=Q(recorded_at__gte=until) & open_then & ~Q(reason=EndReason.UNDONE)),
        left=Count("pk", filter=Q(recorded_at__lt=until, left_recorded_at__gte=until, left_on__lte=day)),
        undone=Count(
            "pk",
            filter=Q(recorded_at__lt=until, left_recorded_at__gte=until, reason=EndReason.UNDONE, left_on__gt=day),
        ),
    )
    return late["left"] + late["undone"] - late["entered"]


def counts_of_children(parent: Organization, children: Sequence[Organization], day: dt.date) -> dict[int, int]:
    """Members on the day of each child with everything below it, in two queries however many there are."""
    if not children:
        return {}
    rest = Substr("unit__path", len(parent.path) + 1)
    below = Q()
    for child in children:
        below |= Q(unit__path__startswith=child.path)
    rows: Any = (
        BookLine.objects.filter(below, unit__federation_id=parent.federation_id)
        .exclude(reason=EndReason.UNDONE)
        .filter(Q(entered_on__gt=day) | Q(left_on__gt=day))
        .annotate(child=Left(rest, StrIndex(rest, Value("/")) - 1))
        .order_by()
        .values("child")
        .annotate(came=_came(day), left=_left(day))
    )
    moved = {int(row["child"]): row["left"] - row["came"] for row in rows}
    totals = totals_of_children(parent, children)
    return {child.pk: totals.get(child.pk, {}).get("members", 0) + moved.get(child.pk, 0) for child in children}


def _came(day: dt.date) -> Count:
    return Count("pk", filter=Q(entered_on__gt=day, left_on__isnull=True))


def _left(day: dt.date) -> Count:
    return Count("pk", filter=Q(left_on__gt=day, entered_on__lte=day))
