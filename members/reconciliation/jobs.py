"""Background jobs of the year-end reconciliation."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.jobs.kinds import daily_there

from .transitions.reconciliation import open_year


@daily_there
def open_reconciliations(today: dt.date, zone: str | None = None) -> None:
    """In December, open the year-end reconciliation for every cell with members (V-B8)."""
    if today.month == 12:
        open_year(today.year, today=today, zone=zone, by=Actor.system("year-end"))
