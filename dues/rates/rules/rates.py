"""Rates in force on a day, and due dates of charges (V-B4, V-D1, K6, K8, K9)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence

from dues.ledger.enums import CHARGED, Fee
from registry.organizations.models import Federation

from ..models import Rate


def rates_of(federation: Federation) -> list[Rate]:
    """Return the federation's rates, the newest first; the charter's own until any were set (V-D1)."""
    rates = list(Rate.objects.filter(federation=federation).order_by("fee", "-valid_from"))
    return rates or sorted(starting_rates(federation), key=lambda r: (r.fee, -r.valid_from.toordinal()))


def starting_rates(federation: Federation) -> list[Rate]:
    """Return the charter's rates as unsaved objects (V-D1)."""
    charter = federation.charter
    month, day = charter.terms.get("annual_due", (None, None))
    return [
        Rate(
            federation=federation,
            fee=rate.kind,
            amount=rate.amount,
            valid_from=dt.date.fromisoformat(rate.valid_from),
            paper=rate.paper,
            due_month=month if rate.kind == Fee.ANNUAL else None,
            due_day=day if rate.kind == Fee.ANNUAL else None,
            days_after_decision=charter.terms.get("after_decision_days")
            if rate.kind in {Fee.ENTRANCE, Fee.ANNUAL}
            else None,
        )
        for rate in charter.rates
    ]


def rate_on(rates: Sequence[Rate], fee: str, day: dt.date) -> Rate | None:
    """Return the rate of the fee in force on the day, or None if the federation does not charge it."""
    valid = [rate for rate in rates if rate.fee == fee and rate.valid_from <= day]
    return max(valid, key=lambda rate: rate.valid_from, default=None)


def rates_in_force(rates: Sequence[Rate], day: dt.date) -> list[Rate]:
    """Return the rates in force on the day, in the order of the kinds."""
    found = [rate_on(rates, fee, day) for fee in Fee.values]
    return [rate for rate in found if rate is not None]


def is_charged(rates: Sequence[Rate]) -> bool:
    """Return whether the federation charges dues or only receives them (U-D1)."""
    return any(rate.fee in CHARGED for rate in rates)


def annual_term(rate: Rate, year: int) -> dt.date:
    """Return the due date of the annual fee: the rate's day, or the last day of the year if it has none (V-D1).

    A day that does not exist in the month becomes its last day.
    """
    month = rate.due_month or 12
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, min(rate.due_day or last, last))


def due_after_decision(rate: Rate, decided_on: dt.date) -> dt.date:
    """Return the due date in calendar days, counted from the day after the decision (V-B4, K6)."""
    return decided_on + dt.timedelta(days=rate.days_after_decision or 0)


def annual_due_of_new(rate: Rate, decided_on: dt.date) -> dt.date:
    """Return the due date of the annual fee of the year of admission, which is due in full (V-B4, K8, K9)."""
    term = annual_term(rate, decided_on.year)
    return due_after_decision(rate, decided_on) if decided_on > term else term
