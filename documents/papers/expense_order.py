"""Cash expense order: form КО-2 (V-D6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import grouped, kopecks_of, roubles_in_words
from dues.money import on_paper
from registry.enums import DataClass

from .cash_order import DEBIT, heading

if TYPE_CHECKING:
    from dues.expenses.models import ExpenseOrder


def build(order: ExpenseOrder | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the order; without one, those of an empty form to be filled in by hand.

    Account numbers, identity papers and signatures are written by hand. A reversed order is printed with a mark,
    because the numbers of a year must have no gaps.
    """
    sheet = heading(order, batch)
    if order is None:
        return [sheet]
    return [
        {
            **sheet, "credit": DEBIT, "amount": on_paper(order.amount), "roubles": grouped(int(order.amount)),
            "kopecks": kopecks_of(order.amount), "in_words": roubles_in_words(order.amount),
            "paid_to": order.paid_to, "ground": order.ground, "enclosure": order.enclosure,
            "head_post": order.head_post, "head": order.head, "accountant": order.accountant,
            "cashier": order.cashier,
        }
    ]  # fmt: skip


ORDER = Paper(
    code="expense_order",
    title="Расходный кассовый ордер",
    build=build,
    data_classes=frozenset({DataClass.MONEY}),
    stylesheet="cash_order",
    archived=True,
)
