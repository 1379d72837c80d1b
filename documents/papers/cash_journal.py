"""Journal of cash receipt orders and payments of a period: form КО-3 (V-D6, practice D7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.queries.printed import as_on, bounds
from dues.ledger.queries.cash_book import NOTHING, CashLine, cash_days
from dues.money import on_paper
from registry.days import day_text
from registry.enums import DataClass

from .blank_words import name_of
from .list_pages import LIST, divided

if TYPE_CHECKING:
    from dues.collecting.models import CashOrder
    from registry.organizations.models import Organization

LAYOUT = LIST._replace(first=22, others=28, ending=4)
#: Columns of the journal: name of the value, width (mm), alignment.
COLUMNS = (
    ("day", 19, "n"), ("number", 15, "n"), ("amount", 25, "n"), ("note", 27, ""),
    ("day_out", 19, "n"), ("number_out", 15, "n"), ("amount_out", 25, "n"), ("note_out", 25, ""),
)  # fmt: skip


def build(organization: Organization, first: dt.date, last: dt.date, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page of the journal for the period, both days included."""
    orders = organization.cash_orders.filter(made_on__range=(first, last))
    received = list(orders.select_related("entry__reversed_by").order_by("year", "number"))
    paid_out = [line for day in cash_days(organization, first, last) for line in day.lines if line.went > NOTHING]
    rows = [
        {**(_order(order) if order else {}), **(_payment(line) if line else {})}
        for order, line in zip_longest(received, paid_out)
    ]
    named = as_on(organization, bounds(organization, first, last)[1])
    valid = [order.amount for order in received if _reversal(order) is None]
    common = {
        "organization": name_of(named), "first_day": first, "last_day": last,
        "head": f"Журнал регистрации кассовых документов {day_text(first)} – {day_text(last)}: {named.short_name}",
    }  # fmt: skip
    ending = {
        "count": len(received),
        "void": len(received) - len(valid),
        "total": on_paper(sum(valid, NOTHING)),
        "total_out": on_paper(sum((line.went for line in paid_out), NOTHING)),
    }
    return divided(rows or [{}] * (LAYOUT.first - LAYOUT.ending), COLUMNS, common, ending, LAYOUT)


def _reversal(order: CashOrder) -> Any:
    return getattr(order.entry, "reversed_by", None)


def _order(order: CashOrder) -> dict[str, Any]:
    reversal = _reversal(order)
    return {
        "day": day_text(order.made_on), "number": order.number, "amount": on_paper(order.amount),
        "note": f"аннулирован {day_text(reversal.made_on)}" if reversal is not None else "",
    }  # fmt: skip


def _payment(line: CashLine) -> dict[str, Any]:
    entry = line.entry
    return {"day_out": day_text(entry.made_on), "amount_out": on_paper(line.went), "note_out": entry.paper}


JOURNAL = Paper(
    code="cash_journal", title="Журнал регистрации кассовых документов", build=build,
    data_classes=frozenset({DataClass.MONEY}), stylesheet="payment_register", archived=True,
)  # fmt: skip
