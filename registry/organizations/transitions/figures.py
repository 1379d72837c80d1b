"""Stored counts of members, changed by transitions and recounted by `check_integrity`.

A member is counted in their unit: the cell or, without one, the organisation that keeps the card.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q

from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Role
from registry.transitions import quietly

from ..models import NEVER, Figures, SubtreeFigures
from ..queries import large_subtrees, sums_of_subtree


def adjust(organization_id: int, **deltas: int) -> None:
    """Add the deltas to the organisation's own counts, in the caller's transaction."""
    deltas = {name: delta for name, delta in deltas.items() if delta}
    if deltas:
        add_to_figures(organization_id, **deltas)


@transaction.atomic(savepoint=False)
def add_to_figures(organization_id: int, **deltas: int) -> None:
    """Add the deltas to the organisation's stored figures; the row is created if needed and stays locked."""
    own = Figures.objects.filter(organization_id=organization_id)
    values = {name: F(name) + delta for name, delta in deltas.items()}
    if not own.update(**values):
        Figures.objects.get_or_create(organization_id=organization_id)
        own.update(**values)


@transaction.atomic
def note_chairs(organization_id: int) -> None:
    """Store until when the organisation has a chair, in the transaction that changed its appointments."""
    ends = Appointment.objects.filter(organization=organization_id, role=Role.CHAIR).values_list("ends_on", flat=True)
    until = max((day or dt.date.max for day in ends), default=NEVER)
    Figures.objects.get_or_create(organization_id=organization_id)
    Figures.objects.filter(organization_id=organization_id).update(led_until=until)


def name_large_subtrees() -> None:
    """Create rows for the sums of large subtrees, and delete those of subtrees that are no longer large."""
    with quietly(Actor.system("figures")):
        large = large_subtrees()
        SubtreeFigures.objects.exclude(pk__in=large).delete()
        SubtreeFigures.objects.bulk_create([SubtreeFigures(pk=pk) for pk in sorted(large)], ignore_conflicts=True)


def count_large_subtrees(until: dt.datetime, now: dt.datetime) -> None:
    """Count the sums of large subtrees last counted at `until` or before, or never.

    Subtrees that another worker is counting are skipped.
    """
    old = Q(counted_at__isnull=True) | Q(counted_at__lte=until)
    with quietly(Actor.system("figures")) as act:
        for row in act.lock_many(SubtreeFigures.objects.filter(old).order_by("pk"), skip_locked=True):
            row.totals, row.children = sums_of_subtree(row.organization)
            row.counted_at = now
            row.save()
