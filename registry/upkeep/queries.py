"""Queries about signs of life and the state of the schema."""

from __future__ import annotations

import datetime as dt
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registry.jobs.enums import OPEN_JOBS
from registry.jobs.models import Job

from .models import SignOfLife
from .rules import BACKUP, WORKER, WORKER_SILENT_AFTER


def seconds_since_worker() -> float | None:
    """Return the seconds since the last sign of any worker, or None if there never was one."""
    return _seconds_since(SignOfLife.objects.filter(name__startswith=WORKER).aggregate(at=Max("at"))["at"])


def connections_allowed() -> int | None:
    """Return how many connections PostgreSQL allows to users other than superusers; None for another database."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )
        (allowed,) = cursor.fetchone()
    return int(allowed)


def workers() -> int:
    """Return the number of running workers on all nodes."""
    since = timezone.now() - WORKER_SILENT_AFTER
    return SignOfLife.objects.filter(name__startswith=WORKER, at__gte=since).count()


def seconds_since_backup() -> float | None:
    """Return the age of the newest backup in seconds, or None if there is none."""
    return _seconds_since(SignOfLife.objects.filter(name=BACKUP).aggregate(at=Max("at"))["at"])


def _seconds_since(moment: dt.datetime | None) -> float | None:
    return None if moment is None else (timezone.now() - moment).total_seconds()


def jobs_by_state() -> dict[str, int]:
    """Return the number of open jobs by their state."""
    counted = Job.objects.filter(state__in=OPEN_JOBS).values_list("state").annotate(Count("pk"))
    return {**dict.fromkeys(OPEN_JOBS, 0), **dict(counted)}


def waiting_tasks() -> int:
    """Return the number of tasks that no worker has started."""
    return DBTaskResult.objects.ready().count()


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """Return the newest migrations of this version of the code, which do not change while it runs.

    Squashed migrations are excluded: each version has its own, and they record all that they replace.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True, replace_migrations=False)
    return frozenset(key for key in loader.graph.leaf_nodes() if key not in loader.replacements)


def missing_migrations() -> list[str]:
    """Return the newest migrations of this version of the code that the database lacks, such as `members.0031_name`."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in _wanted() if (app, name) not in applied)
