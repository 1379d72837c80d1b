"""Background jobs of the year-end reconciliation."""

from __future__ import annotations

import datetime as dt
import functools

from registry.access import Actor
from registry.jobs.kinds import Steps, daily_there, run_shared

from .queries import units_to_reconcile
from .transitions.reconciliation import open_reconciliation


@daily_there
def open_reconciliations(today: dt.date, zone: str | None = None) -> Steps:
    """In December, open the year-end reconciliation for every cell with members (V-B8)."""
    if today.month == 12:
        find = functools.partial(units_to_reconcile, today.year)
        by = Actor.system("year-end")
        open_one = functools.partial(open_reconciliation, year=today.year, today=today, by=by)
        yield from run_shared("open_reconciliations", find(zone=zone), lambda some: find(among=some), open_one)
