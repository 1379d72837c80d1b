"""Cash receipt order with its tear-off receipt: form КО-1 (V-D6, practice D7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import grouped, kopecks_of, roubles_in_words
from documents.tickets.queries.printed import as_on
from dues.money import on_paper
from registry.days import day_text
from registry.enums import DataClass

from .blank_words import name_of

if TYPE_CHECKING:
    from dues.collecting.models import CashOrder
    from dues.expenses.models import ExpenseOrder

#: Account of the cash desk in the chart of accounts. The corresponding account depends on the organisation's own chart.
DEBIT = "50"


def heading(order: CashOrder | ExpenseOrder | None, batch: Batch) -> dict[str, Any]:
    """Return the organisation as on the day of writing, number, date and the mark of a void order."""
    organization = order.organization if order is not None else batch.organization
    passport = getattr(organization, "passport", None)
    sheet: dict[str, Any] = {"okpo": passport.okpo if passport is not None else ""}
    if order is None:
        return {**sheet, "organization": name_of(organization)}
    written = order.history.order_by("history_date", "history_id").values_list("history_date", flat=True).first()
    reversal = getattr(order.entry, "reversed_by", None)
    return {
        **sheet, "organization": name_of(as_on(organization, written)), "number": order.number,
        "day": order.made_on, "made": day_text(order.made_on),
        "void_on": day_text(reversal.made_on) if reversal is not None else "",
        "void_because": reversal.paper if reversal is not None else "",
    }  # fmt: skip


def build(order: CashOrder | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the order; without one, those of an empty form to be filled in by hand.

    A reversed order is printed with a mark, because the numbers of a year must have no gaps.
    """
    sheet = heading(order, batch)
    if order is None:
        return [sheet]
    return [
        {
            **sheet, "debit": DEBIT,
            "amount": on_paper(order.amount), "roubles": grouped(int(order.amount)),
            "kopecks": kopecks_of(order.amount), "in_words": roubles_in_words(order.amount),
            "received_from": order.received_from, "ground": order.ground, "tax": "без НДС",
            "enclosure": order.enclosure, "accountant": order.accountant, "cashier": order.cashier,
        }
    ]  # fmt: skip


ORDER = Paper(
    code="cash_order",
    title="Приходный кассовый ордер",
    build=build,
    data_classes=frozenset({DataClass.MONEY}),
    archived=True,
)
