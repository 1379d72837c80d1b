"""The opening balance of a member, «paid to 2025», as charges and payments (V-D1, N-D1, ADR 15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dues.rates.models import Rate
from dues.rates.rules.rates import annual_term, rate_on

from ..enums import EntryKind, Fee
from ..models import LedgerEntry
from .standing import live, standing


@dataclass(frozen=True)
class OpeningCharge:
    """An annual fee that was charged in the former books, or is charged now if `charged_now`."""

    year: int
    rate: Rate
    due_on: dt.date
    charged_now: bool = False


@dataclass(frozen=True)
class OpeningPlan:
    """Missing charges for the opening balance, and the sums by year paid in the former books."""

    charges: tuple[OpeningCharge, ...]
    paid: tuple[tuple[int, Decimal], ...]


def plan_opening(
    entries: Sequence[LedgerEntry], rates: Sequence[Rate], *, paid_to: int, joined_on: dt.date | None, today: dt.date
) -> OpeningPlan:
    """Return the charges and payments by which annual fees are paid up to the year, and owed after it.

    The last paid year and later years are charged if they are not yet, and open amounts up to the paid year are paid.
    Later years are owed: past ones from the former books, this year as charged now. Years before the member joined and
    years without a rate are left out. A future year is paid in advance and not charged.
    """
    now = standing(entries)
    charged = {entry.year for entry in live(entries) if (entry.kind, entry.fee) == (EntryKind.CHARGE, Fee.ANNUAL)}
    first = joined_on.year if joined_on is not None else paid_to
    charges, paid = [], []
    for year in range(max(min(paid_to, today.year), first), today.year + 1):
        rate = rate_on(rates, Fee.ANNUAL, _day_of_rate(year, joined_on))
        if rate is None or year in charged:
            continue
        charged_now = year == today.year and year > paid_to
        charges.append(OpeningCharge(year, rate, annual_term(rate, year), charged_now))
        if year <= paid_to:
            paid.append((year, rate.amount))
    for o in now.open:
        if o.charge.fee == Fee.ANNUAL and o.charge.year is not None and o.charge.year <= paid_to:
            paid.append((o.charge.year, o.left))
    if paid_to > today.year:
        rate = rate_on(rates, Fee.ANNUAL, dt.date(paid_to, 1, 1))
        if rate is not None:
            paid.append((paid_to, rate.amount))
    return OpeningPlan(tuple(charges), tuple(sorted(paid)))


def _day_of_rate(year: int, joined_on: dt.date | None) -> dt.date:
    new_year = dt.date(year, 1, 1)
    return max(new_year, joined_on) if joined_on is not None and joined_on.year == year else new_year
