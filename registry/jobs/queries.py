"""Order of jobs: federations take turns, within them organisations, within those accounts (N-S2)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Count, Max, Q

from .enums import JobState
from .models import Job

#: Work older than this no longer counts.
REMEMBERED = dt.timedelta(hours=1)
#: Number of the oldest waiting jobs among which the next one is chosen.
CONSIDERED = 1000
_LEVELS = ("organization__federation", "organization", "account")
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def in_turn(lane: str, now: dt.datetime) -> list[uuid.UUID]:
    """Return the ids of the jobs that wait in the lane, the next one first.

    The federation with the fewest running jobs comes first, then the one served longest ago; the same applies to its
    organisations and their accounts, then the oldest job.
    """
    waiting = Job.objects.waiting(lane).order_by("created_at", "pk").values("pk", "created_at", *_LEVELS)[:CONSIDERED]
    shares = _shares(lane, now)

    def turn(row: dict[str, Any]) -> tuple[Any, ...]:
        return (*(shares.get((level, row[level]), (0, _NEVER)) for level in _LEVELS), row["created_at"], row["pk"])

    return [row["pk"] for row in sorted(waiting, key=turn)]


def _shares(lane: str, now: dt.datetime) -> dict[tuple[str, int | None], tuple[int, dt.datetime]]:
    """Return the number of running jobs and the time of the latest work, by federation, organisation and account."""
    found: dict[tuple[str, int | None], tuple[int, dt.datetime]] = {}
    used = Job.objects.filter(lane=lane, heartbeat_at__gte=now - REMEMBERED).values(*_LEVELS).order_by()
    for row in used.annotate(running=Count("pk", filter=Q(state=JobState.RUNNING)), served=Max("heartbeat_at")):
        for level in _LEVELS:
            running, served = found.get((level, row[level]), (0, _NEVER))
            found[level, row[level]] = (running + row["running"], max(served, row["served"]))
    return found


def others_wait(row: Job) -> bool:
    """Return whether a job of another organisation waits in the same lane."""
    return Job.objects.waiting(row.lane).exclude(organization=row.organization_id).exists()
