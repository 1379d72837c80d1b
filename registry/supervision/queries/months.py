"""Registered and departed members below an organisation by month (N-S1, V-B7)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Count
from django.db.models.functions import ExtractMonth

from members.book.enums import EndReason
from members.book.models import BookLine
from registry.organizations.models import Organization
from registry.organizations.queries import recent_months


def movement_by_month(at: Organization) -> list[tuple[int, int]]:
    """Return how many were registered and how many left in each month of this year so far, from January.

    For a large subtree it is a worker's recent count, unless a new month has begun.
    """
    kept = recent_months(at)
    if kept is not None and len(kept) == at.today.month:
        return [(came, left) for came, left in kept]
    return count_by_month(at)


def count_by_month(at: Organization) -> list[tuple[int, int]]:
    """Count the lines of the registration books of the organisation and of those below it, as the figures of the year
    do.
    """
    today = at.today
    lines = BookLine.objects.below(at).exclude(reason=EndReason.UNDONE)
    found: defaultdict[tuple[str, int], int] = defaultdict(int)
    for day in ("entered_on", "left_on"):
        of_year = lines.filter(**{f"{day}__range": (dt.date(today.year, 1, 1), today)}).order_by()
        months = of_year.annotate(month=ExtractMonth(day)).values_list("month").annotate(count=Count("pk"))
        found.update({(day, month): count for month, count in months})
    return [(found["entered_on", month], found["left_on", month]) for month in range(1, today.month + 1)]
