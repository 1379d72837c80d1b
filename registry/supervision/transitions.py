"""Storing the figures of the overview, and recording their downloads (N-S1).

The figures only repeat existing records, so counting them has no history and no event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import Q

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization, SubtreeFigures
from registry.sizes import CHUNK
from registry.transitions import change, quietly

from .models import ChangedOrganization, OverviewFigures
from .queries.counting import COUNTED
from .queries.months import count_by_month
from .queries.overview import count_now


def store_figures(found: Sequence[Organization], notes: Sequence[int], overdue: Mapping[int, int]) -> None:
    """Count and store the figures of the organisations, and delete the notes that they have changed.

    `overdue` has the overdue tasks by organisation. A change meanwhile leaves its own note, so the figures will be
    counted again.
    """
    with quietly(Actor.system("overview")) as act:
        OverviewFigures.objects.bulk_create(
            [OverviewFigures(organization=one, counted_on=dt.date.min) for one in found], ignore_conflicts=True
        )
        # Another worker that counts the same waits here, so that the later count is the one that stays.
        rows = act.lock_many(OverviewFigures.objects.filter(pk__in=[one.pk for one in found]))
        counted = count_now(found)
        for row in rows:
            values = counted[row.pk]
            row.counted_on, row.tasks_overdue = values["counted_on"], overdue.get(row.pk, 0)
            for name in COUNTED:
                setattr(row, name, values.get(name, 0))
        # The rows exist; upserting them takes a tenth of the SQL of `bulk_update`.
        OverviewFigures.objects.bulk_create(
            rows,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["organization"],
            update_fields=["counted_on", "tasks_overdue", *COUNTED],
        )
        for start in range(0, len(notes), CHUNK):
            ChangedOrganization.objects.filter(pk__in=notes[start : start + CHUNK]).delete()


def store_months(until: dt.datetime, now: dt.datetime) -> None:
    """Count the movement by month of the large subtrees last counted at `until` or before, or never."""
    old = Q(months_counted_at__isnull=True) | Q(months_counted_at__lte=until)
    with quietly(Actor.system("overview")) as act:
        for row in act.lock_many(SubtreeFigures.objects.filter(old).order_by("pk"), skip_locked=True):
            row.months, row.months_counted_at = count_by_month(row.organization), now
            row.save()


def record_download(place: Organization, topic: str, *, by: Actor) -> None:
    """Record in the journal that figures below the organisation were downloaded (V-C5)."""
    with change(by=by, rule="V-C5", event="overview.exported") as act:
        act.require(Permission.EXPORT, place)
        act.about(place, organization=place, topic=topic)
