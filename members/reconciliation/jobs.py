"""Background jobs of the year-end reconciliation."""

from __future__ import annotations

import datetime as dt

from registry.access import Actor
from registry.jobs.kinds import daily

from .transitions.reconciliation import open_year


@daily
def open_reconciliations(today: dt.date) -> None:
    """In December, open the year-end reconciliation for every cell with members (V-B8)."""
    if today.month == 12:
        open_year(today.year, today=today, by=Actor.system("year-end"))
