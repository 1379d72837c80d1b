"""Journal of cash receipt orders and payments of a period: form КО-3 (V-D6, practice D7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.queries.printed import as_on, bounds
from dues.expenses.queries import cash_orders_between
from dues.ledger.rules.standing import NOTHING
from dues.money import on_paper
from registry.days import day_text
from registry.enums import DataClass

from .blank_words import name_of
from .list_pages import LIST, divided

if TYPE_CHECKING:
    from dues.collecting.models import CashOrder
    from dues.expenses.models import ExpenseOrder
    from registry.organizations.models import Organization

LAYOUT = LIST._replace(first=22, others=28, ending=4)
#: Columns of the journal: name of the value, width (mm), alignment.
COLUMNS = (
    ("day", 19, "n"), ("number", 15, "n"), ("amount", 25, "n"), ("note", 27, ""),
    ("day_out", 19, "n"), ("number_out", 15, "n"), ("amount_out", 25, "n"), ("note_out", 25, ""),
)  # fmt: skip


def build(organization: Organization, first: dt.date, last: dt.date, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page of the journal for the period, both days included."""
    received, paid_out = cash_orders_between(organization, first, last)
    rows = [
        {**(_row(order, "") if order else {}), **(_row(payment, "_out") if payment else {})}
        for order, payment in zip_longest(received, paid_out)
    ]
    named = as_on(organization, bounds(organization, first, last)[1])
    common = {
        "organization": name_of(named), "first_day": first, "last_day": last,
        "head": f"Журнал регистрации кассовых документов {day_text(first)} – {day_text(last)}: {named.short_name}",
    }  # fmt: skip
    ending = {**_ending(received, ""), **_ending(paid_out, "_out")}
    return divided(rows or [{}] * (LAYOUT.first - LAYOUT.ending), COLUMNS, common, ending, LAYOUT)


def _ending(orders: Sequence[CashOrder | ExpenseOrder], side: str) -> dict[str, Any]:
    valid = [order.amount for order in orders if _reversal(order) is None]
    void = len(orders) - len(valid)
    return {f"count{side}": len(orders), f"void{side}": void, f"total{side}": on_paper(sum(valid, NOTHING))}


def _reversal(order: CashOrder | ExpenseOrder) -> Any:
    return getattr(order.entry, "reversed_by", None)


def _row(order: CashOrder | ExpenseOrder, side: str) -> dict[str, Any]:
    """Return the cells of the order: on the side of receipts, or of payments."""
    reversal = _reversal(order)
    return {
        f"day{side}": day_text(order.made_on), f"number{side}": order.number, f"amount{side}": on_paper(order.amount),
        f"note{side}": f"аннулирован {day_text(reversal.made_on)}" if reversal is not None else "",
    }  # fmt: skip


JOURNAL = Paper(
    code="cash_journal", title="Журнал регистрации кассовых документов", build=build,
    data_classes=frozenset({DataClass.MONEY}), stylesheet="payment_register", archived=True,
)  # fmt: skip
