"""Recounting the figures of the overview: soon after changes, and when a day begins (N-S1)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from registry.access import Actor, zone_of
from registry.accounts.models import Appointment
from registry.enums import Role
from registry.jobs.kinds import daily_there, often
from registry.organizations.models import Organization
from registry.organizations.queries import KEPT_SECONDS
from registry.sizes import CHUNK_READ
from registry.tallies import Asking
from registry.tasks import overdue_of, tasks_for

from .models import ChangedOrganization
from .queries.overview import with_cells
from .transitions import store_figures, store_months

#: Number of the oldest notes whose organisations one transaction counts, and seconds after which a run ends.
MAX_NOTES, MAX_SECONDS = 50, 3.0


@often
def recount_changed(now: dt.datetime) -> None:
    """Count changed organisations until none is left or time is up; the rest waits for the next run."""
    until = time.monotonic() + MAX_SECONDS
    while recount_some() and time.monotonic() < until:
        pass


@often
def count_months(now: dt.datetime) -> None:
    """Count the movement by month of large subtrees if it is a minute old."""
    store_months(now - dt.timedelta(seconds=KEPT_SECONDS), now)


def recount_some() -> bool:
    """Count the organisations of the oldest notes, once for all notes about them; return whether there were any."""
    ids = set(ChangedOrganization.objects.order_by("pk").values_list("organization", flat=True)[:MAX_NOTES])
    if ids:
        found = with_cells(Organization.objects.filter(pk__in=ids))
        # Notes about the cells too, which are counted now.
        notes = list(ChangedOrganization.objects.filter(organization__in=found).values_list("pk", flat=True))
        store_figures(found, notes, overdue_tasks([one.pk for one in found]))
    return bool(ids)


def recount_all() -> None:
    """Count all changed organisations, however long it takes."""
    while recount_some():
        pass


@daily_there
def note_new_day(today: dt.date, zone: str | None = None) -> None:
    """Have all working organisations counted again, because terms pass and years begin."""
    found = Organization.objects.working().order_by("pk")
    if zone is not None:
        found = found.filter(zone=zone)
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK_READ):
        ChangedOrganization.objects.note(ids[start : start + CHUNK_READ])


def overdue_tasks(ids: Collection[int]) -> dict[int, int]:
    """Return the number of overdue tasks of the chair by organisation; those without a chair have none."""
    chairs = Appointment.objects.filter(organization__in=ids, role=Role.CHAIR).current()
    # Of several chairs, use the one longest in office, which is the last.
    actors = {
        chair.organization_id: Actor.of(chair.account, chair)
        for chair in chairs.select_related("account", "organization__federation").order_by("-starts_on", "-pk")
    }
    below, deep = _subtrees(actors)
    flat = [pk for pk in actors if pk not in deep]
    asking = [Asking(actors[pk], actors[pk].organization.today, below[pk]) for pk in flat]  # type: ignore[union-attr]
    found = dict(zip(flat, overdue_of(asking), strict=True))
    return found | {pk: _overdue_alone(actors[pk]) for pk in deep}


def _subtrees(ids: Collection[int]) -> tuple[dict[int, list[int]], set[int]]:
    """Return the ids of each organisation with those directly below, and the organisations that have others further
    below.
    """
    below: dict[int, list[int]] = {pk: [pk] for pk in ids}
    deep: set[int] = set()
    children = Organization.objects.filter(parent__in=list(ids))
    goes_on = Exists(Organization.objects.filter(parent=OuterRef("pk")))
    rows: Any = children.annotate(goes_on=goes_on).values_list("pk", "parent", "goes_on")
    for pk, parent, has_more in rows:
        below[parent].append(pk)
        if has_more:
            deep.add(parent)
    return below, deep


def _overdue_alone(actor: Actor) -> int:
    with timezone.override(zone_of(actor)):
        today = timezone.localdate()
        return sum(1 for task in tasks_for(actor) if task.due is not None and task.due < today)
