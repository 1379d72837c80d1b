"""Counting who came and left in a period, and members on several days (N-S3)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from members.book.enums import EndReason, RegistrationReason
from members.book.models import BookLine, Registration
from members.book.queries.moved_since import moved_since
from members.book.queries.on_day import members_on, scope_then
from registry.access import Actor
from registry.organizations.models import Organization

from .people import counted


@dataclass(frozen=True)
class Movement:
    """Members before and after a period, and those who came and left by reason.

    `moved` is the number of people in organisations that were moved below this one in the period.
    """

    before: int
    came: Mapping[str, int]
    left: Mapping[str, int]
    after: int

    @property
    def moved(self) -> int:
        return self.after - self.before - sum(self.came.values()) + sum(self.left.values())


#: Reasons for lines without their own registration: the person came from another cell, or has been erased since.
OTHER_CELL, UNKNOWN = str(EndReason.OTHER_CELL), "unknown"
#: Reasons of coming and leaving, in order.
CAME = (*RegistrationReason.values, OTHER_CELL, UNKNOWN)
LEFT = tuple(reason for reason in EndReason.values if reason != EndReason.UNDONE)


def came_lines(lines: QuerySet[BookLine], first: dt.date, last: dt.date) -> QuerySet[Any]:
    """Return the lines entered in the period, annotated with the `start` of their registration."""
    begun = Registration.objects.filter(member=OuterRef("member"), started_on=OuterRef("entered_on"))
    from_cell = BookLine.objects.filter(
        member=OuterRef("member"), left_on=OuterRef("entered_on"), reason=EndReason.OTHER_CELL, pk__lt=OuterRef("pk")
    )
    return (
        lines.filter(entered_on__gte=first, entered_on__lte=last)
        .exclude(reason=EndReason.UNDONE)
        .annotate(
            start=Case(
                When(Exists(from_cell), then=Value(OTHER_CELL)),
                default=Coalesce(Subquery(begun.order_by("-pk").values("start_reason")[:1]), Value(UNKNOWN)),
                output_field=CharField(),
            )
        )
    )


def left_lines(lines: QuerySet[BookLine], first: dt.date, last: dt.date) -> QuerySet[BookLine]:
    """Return the lines closed in the period, without those that were undone."""
    return lines.filter(left_on__gte=first, left_on__lte=last).exclude(reason=EndReason.UNDONE)


def came_by_reason(lines: QuerySet[BookLine], first: dt.date, last: dt.date) -> dict[str, int]:
    """Return the number of people who came in the period, by reason."""
    rows: Any = came_lines(lines, first, last).order_by().values_list("start").annotate(n=Count("pk"))
    return dict(rows)


def left_by_reason(lines: QuerySet[BookLine], first: dt.date, last: dt.date) -> dict[str, int]:
    """Return the number of people who left in the period, by reason."""
    rows: Any = left_lines(lines, first, last).order_by().values_list("reason").annotate(n=Count("pk"))
    return dict(rows)


def moves(at: Organization, first: dt.date, last: dt.date, actor: Actor, *, came: bool, reason: str) -> Any:
    """Return the lines of people who came or left for the reason, by name, within the actor's scope."""
    within = scope_then(at, moved_since(at.federation_id, last), "unit__")
    lines = BookLine.objects.visible_to(actor).filter(within)
    if came:
        found = came_lines(lines, first, last).filter(start=reason)
    else:
        found = left_lines(lines, first, last).filter(reason=reason)
    return found.select_related("unit__parent").order_by("sort_key", "pk")


def trend(at: Organization, days: Sequence[dt.date]) -> list[int]:
    """Return the number of members on each of the days, oldest first."""
    if moved_since(at.federation_id, days[0]):
        return [members_on(at, day) for day in days]
    lines = counted(BookLine.objects.filter(scope_then(at, (), "unit__"))).exclude(reason=EndReason.UNDONE)
    entered, left = (_until(lines, name, days) for name in ("entered_on", "left_on"))
    return [come - gone for come, gone in zip(entered, left, strict=True)]


def _until(lines: QuerySet[BookLine], name: str, days: Sequence[dt.date]) -> list[int]:
    """Return how many lines have a date on or before each of the days; they are grouped by date."""
    rows: Any = lines.filter(**{f"{name}__lte": days[-1]}).order_by().values_list(name).annotate(n=Count("pk"))
    found = [0] * len(days)
    for date, n in rows:
        found[bisect_left(days, date)] += n
    return list(accumulate(found))


def first_days(today: dt.date, years: int) -> list[dt.date]:
    """Return the first days of the last years, oldest first."""
    return [dt.date(today.year - n, 1, 1) for n in range(years - 1, -1, -1)]
