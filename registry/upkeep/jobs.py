"""Fills columns of large tables after their migration, in interruptible steps (CONTRIBUTING.md), and lets SQLite
analyse its tables.

The rows themselves show which of them remain, so no progress is stored: only an interrupted step is repeated. Several
workers and the command `backfill` may run at once, because each step locks its own rows.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, models, transaction

from registry.evidence import attested
from registry.indexes import by_index, have_grown, learn_sizes
from registry.jobs.kinds import daily, often

#: Rows of a step: some tens of milliseconds, for which others who need one of them wait.
STEP = 2000
#: Seconds that a worker spends on it at a time; its other checks wait meanwhile.
WORKER_SECONDS = 10.0
Rows = Callable[[], "models.QuerySet[models.Model]"]
Step = Callable[[list[int]], None]


@dataclass(frozen=True)
class Backfill:
    """Rows with a missing value, and the function that fills some of them by their keys."""

    rows: Rows
    step: Step


_BACKFILLS: dict[str, Backfill] = {}
#: Whether this process found it finished; code that writes new rows fills them itself.
_FINISHED: set[str] = set()


def backfill(name: str, rows: Rows) -> Callable[[Step], Step]:
    """Register the function, which is called with the keys of some rows and fills all of them.

    Workers call it until no rows are left. It is removed in the release that makes the value required.
    """

    def register(step: Step) -> Step:
        _BACKFILLS[name] = Backfill(rows, step)
        return step

    return register


def names() -> list[str]:
    """Return the names of the backfills."""
    return list(_BACKFILLS)


def fill(name: str, *, size: int = STEP) -> Iterator[int]:
    """Fill the rows, and yield the number of rows of each committed step.

    The caller may stop between two steps. Rows locked by others are skipped; `is_filled` says whether any remain.
    """
    found = _BACKFILLS[name]
    if found.rows().model in attested():
        # Sums are stored with the event of a change, and there is none here.
        raise TypeError(f"Rows of {found.rows().model._meta.label} are attested: they change by transitions alone.")
    after = 0
    while True:
        with transaction.atomic():
            rows = found.rows().filter(pk__gt=after).order_by("pk")
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(of=("self",), skip_locked=True)
            # Without fresh statistics each step would scan the whole table.
            with by_index():
                keys = list(rows.values_list("pk", flat=True)[:size])
            if keys:
                found.step(keys)
        if not keys:
            return
        after = keys[-1]
        yield len(keys)


def is_filled(name: str) -> bool:
    """Return whether no row lacks the value."""
    return not _BACKFILLS[name].rows().exists()


@often
def fill_some(now: dt.datetime) -> None:
    """Fill remaining rows for some seconds."""
    until = time.monotonic() + WORKER_SECONDS
    for name in names():
        if name in _FINISHED:
            continue
        for _number in fill(name):
            if time.monotonic() > until:
                return
        if is_filled(name):
            _FINISHED.add(name)


@daily
def look_at_tables(today: dt.date) -> None:
    """Let SQLite analyse its tables; PostgreSQL does it by itself."""
    learn_sizes()


@often
def look_at_grown_tables(now: dt.datetime) -> None:
    """Let SQLite analyse its tables again after they have grown, such as after the first large list."""
    if have_grown():
        learn_sizes()
