"""Counting the organisations below another one on a day (N-S3, N-H3)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q

from members.book.queries.moved_since import Moved
from members.book.queries.on_day import scope_then
from registry.charters.base import Text
from registry.enums import Level
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization, OrganizationQuerySet


def levels_below(at: Organization) -> Mapping[Level, Text]:
    """Return the titles of the organisations of each level below, from the top."""
    depth = Level(at.level).depth
    return {level: name for level, name in at.charter.levels_together.items() if level.depth > depth}


def those_on(
    places: OrganizationQuerySet, at: Organization, day: dt.date, moved: Sequence[Moved]
) -> OrganizationQuerySet:
    """Return the given organisations that were below the organisation on the day.

    One that is being founded does not count; one without a founding date always does.
    """
    there = Q(founded_on__isnull=True) | Q(founded_on__lte=day)
    still = Q(ended_on__isnull=True) | Q(ended_on__gt=day)
    return (
        places.filter(scope_then(at, moved, ""), there, still, level__in=levels_below(at))
        .exclude(pk=at.pk)
        .exclude(status=OrganizationStatus.FORMING)
    )


def by_level(at: Organization, day: dt.date, moved: Sequence[Moved]) -> Counter[str]:
    """Return the number of organisations below on the day by level."""
    found = those_on(Organization.objects.all(), at, day, moved)
    rows: Any = found.order_by().values_list("level").annotate(number=Count("pk"))
    return Counter(dict(rows))
