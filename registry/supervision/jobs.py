"""Counting the figures of the overview again: soon after changes, and when a day begins (N-S1)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection

from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Role
from registry.jobs.kinds import daily_there, often
from registry.organizations.models import Organization
from registry.sizes import CHUNK_READ
from registry.tasks import tasks_for

from .models import ChangedOrganization
from .queries.overview import with_cells
from .transitions import store_figures

#: Oldest notes whose organisations one transaction counts, and seconds after which a run ends.
MAX_NOTES, MAX_SECONDS = 50, 3.0


@often
def recount_changed(now: dt.datetime) -> None:
    """Count changed organisations until none is left or time is up; what is left waits for the next run."""
    until = time.monotonic() + MAX_SECONDS
    while recount_some() and time.monotonic() < until:
        pass


def recount_some() -> bool:
    """Count the organisations of the oldest notes, once for all notes about them; return whether there were any."""
    ids = set(ChangedOrganization.objects.order_by("pk").values_list("organization", flat=True)[:MAX_NOTES])
    if ids:
        notes = list(ChangedOrganization.objects.filter(organization__in=ids).values_list("pk", flat=True))
        found = with_cells(Organization.objects.filter(pk__in=ids))
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
    found: dict[int, int] = {}
    for chair in chairs.select_related("account", "organization__federation").order_by("-starts_on", "-pk"):
        actor = Actor.of(chair.account, chair)
        with timezone.override(chair.organization.tz):
            today = timezone.localdate()
            found[chair.organization_id] = sum(
                1 for task in tasks_for(actor) if task.due is not None and task.due < today
            )
    return found
