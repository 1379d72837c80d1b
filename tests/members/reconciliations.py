"""Yearly reconciliations, opened as by the daily work."""

import datetime as dt

from members.reconciliation.queries import units_to_reconcile
from members.reconciliation.transitions.reconciliation import open_reconciliation
from registry.access import Actor


def open_year(year: int, *, today: dt.date, by: Actor, zone: str | None = None) -> int:
    """Open a reconciliation for every unit that has none for the year; return the number opened."""
    return sum(open_reconciliation(pk, year, today=today, by=by) for pk in units_to_reconcile(year, zone=zone))
