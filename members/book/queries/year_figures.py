"""Yearly figures of a registration book: members registered, newly registered and deregistered (V-B7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from members.book.enums import EndReason
from members.book.models import BookLine
from registry.organizations.models import Organization

from .on_day import lines_on


@dataclass(frozen=True)
class YearFigures:
    """Members at the end of the previous year, registrations and deregistrations since, members on the `last` day."""

    last: dt.date
    before: int
    came: int
    left: Mapping[str, int]
    then: int


def year_figures(unit: Organization, year: int) -> YearFigures:
    """Return the figures of the year, up to today for the current year; cancelled entries do not count."""
    eve = dt.date(year - 1, 12, 31)
    last = min(dt.date(year, 12, 31), timezone.localdate(timezone=unit.tz))
    lines = BookLine.objects.filter(unit=unit)
    sound = lines.exclude(reason=EndReason.UNDONE)
    left = sound.filter(left_on__gt=eve, left_on__lte=last).values_list("reason").annotate(Count("pk"))
    return YearFigures(
        last=last,
        before=lines_on(lines, eve).count(),
        came=sound.filter(entered_on__gt=eve, entered_on__lte=last).count(),
        left=dict(left.order_by("reason")),
        then=lines_on(lines, last).count(),
    )
