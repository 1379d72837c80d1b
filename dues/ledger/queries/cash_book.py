"""The cash desk of an organisation, day by day, from the entries of its account (V-D6, N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q, Sum

from registry.organizations.models import Organization

from ..enums import AccountKind, EntryKind
from ..models import LedgerEntry
from ..rules.standing import NOTHING

_CAME, _WENT = Q(debit__kind=AccountKind.CASH), Q(credit__kind=AccountKind.CASH)


@dataclass(frozen=True)
class CashLine:
    """An entry of the cash desk. A reversal is negative on the side of the entry that it reverses."""

    entry: LedgerEntry
    came: Decimal
    went: Decimal


@dataclass(frozen=True)
class CashDay:
    """A day with receipts or payments; `sheet` is its number among those of the year."""

    day: dt.date
    sheet: int
    opening: Decimal
    lines: Sequence[CashLine]

    @property
    def came(self) -> Decimal:
        """Sum received on the day."""
        return sum((line.came for line in self.lines), NOTHING)

    @property
    def went(self) -> Decimal:
        """Sum paid out on the day."""
        return sum((line.went for line in self.lines), NOTHING)

    @property
    def closing(self) -> Decimal:
        """Balance at the end of the day."""
        return self.opening + self.came - self.went


def cash_days(organization: Organization, first: dt.date, last: dt.date) -> list[CashDay]:
    """Return the days of the period, both included, on which the cash desk received or paid out money."""
    new_year = first.replace(month=1, day=1)
    moved = LedgerEntry.objects.filter(_CAME | _WENT, organization=organization)
    sums = {"came": Sum("amount", filter=_CAME), "went": Sum("amount", filter=_WENT)}
    before = moved.filter(made_on__lt=new_year).aggregate(**sums)
    balance = (before["came"] or NOTHING) - (before["went"] or NOTHING)
    entries = moved.filter(made_on__gte=new_year, made_on__lte=last).order_by("made_on", "pk")
    orders = ("cash_order", "expense_order")
    related = ("debit", "credit", *orders, *(f"reverses__{order}" for order in orders))
    return [day for day in _days(entries.select_related(*related), balance) if day.day >= first]


def _days(entries: Iterable[LedgerEntry], balance: Decimal) -> Iterator[CashDay]:
    year = sheet = 0
    for day, of_day in groupby(entries, key=lambda entry: entry.made_on):
        sheet = sheet + 1 if day.year == year else 1
        year = day.year
        found = CashDay(day, sheet, balance, [_line(entry) for entry in of_day])
        balance = found.closing
        yield found


def _line(entry: LedgerEntry) -> CashLine:
    received = entry.debit.kind == AccountKind.CASH
    if entry.kind == EntryKind.REVERSAL:
        return CashLine(entry, NOTHING, -entry.amount) if received else CashLine(entry, -entry.amount, NOTHING)
    return CashLine(entry, entry.amount, NOTHING) if received else CashLine(entry, NOTHING, entry.amount)


def order_of(entry: LedgerEntry) -> Any:
    """Return the cash receipt order or cash expense order of the entry, or None."""
    return getattr(entry, "cash_order", None) or getattr(entry, "expense_order", None)
