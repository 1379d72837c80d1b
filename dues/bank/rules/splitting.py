"""Splitting of a sum over a member's debts (V-D1, V-D3). Amounts are roubles."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from dues.ledger.enums import Fee
from dues.payments.rules import Purpose, What

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)


#: Purpose of a payment, and the sum.
Part = tuple[What, Decimal]


def split(amount: Decimal, offered: Sequence[Purpose], today: dt.date, *, text: str = "") -> list[Part]:
    """Return purposes with sums: the debt of the year named in the text, then other debts, the oldest first.

    Later instalments of property contributions come after all other debts. The rest is an advance for this year or the
    next one, or a voluntary contribution if no fee can be paid in advance.
    """
    years = {int(year) for year in _YEAR.findall(text)}
    debts = [purpose for purpose in offered if purpose.left]
    if len(years) == 1:
        debts.sort(key=lambda purpose: purpose.year not in years)
    found: dict[What, Decimal] = {}
    owed = [(one.what, one.next_sum) for one in debts] + [(one.what, one.left - one.next_sum) for one in debts]
    for what, left in owed:
        sum_ = min(amount, left)
        if sum_:
            found[what] = found.get(what, Decimal(0)) + sum_
            amount -= sum_
    if amount:
        found[advance(offered, today).what] = amount
    return list(found.items())


def advance(offered: Sequence[Purpose], today: dt.date) -> Purpose:
    """Return the purpose of an advance: the annual fee or percentage of this year or the next one.

    If neither can be paid, it is a voluntary contribution.
    """
    by_year = [
        purpose
        for purpose in offered
        if purpose.fee in {Fee.ANNUAL, Fee.PERCENT} and not purpose.left and (purpose.year or 0) >= today.year
    ]
    by_year.sort(key=lambda purpose: purpose.year or 0)
    return by_year[0] if by_year else Purpose(Fee.VOLUNTARY, None, Decimal("0.00"))


def less(offered: Sequence[Purpose], parts: Sequence[Part]) -> list[Purpose]:
    """Return the purposes with their debts reduced by the parts, without those that are paid."""
    kept = []
    for purpose in offered:
        paid = sum((sum_ for what, sum_ in parts if what == purpose.what), Decimal(0))
        if not purpose.left:
            kept.append(purpose)
        elif purpose.left > paid:
            left = purpose.left - paid
            kept.append(replace(purpose, left=left, first=min(max(purpose.first - paid, Decimal(0)), left)))
    return kept
