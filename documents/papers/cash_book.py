"""Sheets of the cash book, one for each day with receipts or payments: form КО-4 (V-D6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import number_in_words
from documents.tickets.queries.printed import as_on, bounds
from dues.ledger.enums import EntryKind
from dues.ledger.queries.cash_book import NOTHING, CashDay, CashLine, cash_days, order_of
from dues.money import on_paper
from registry.enums import DataClass

from .blank_words import name_of
from .list_pages import Layout
from .subtotals import Sums, summed

if TYPE_CHECKING:
    from dues.ledger.models import LedgerEntry
    from registry.organizations.models import Organization

LAYOUT = Layout(first=24, others=28, ending=5, row=7.8, cell=6.6, size=10.0)
#: Columns of a sheet: name of the value, width (mm), alignment.
COLUMNS = (("number", 22, "n"), ("who", 68, ""), ("account", 24, "n"), ("came", 28, "n"), ("went", 28, "n"))


def build(organization: Organization, first: dt.date, last: dt.date, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the sheets of the period, both days included; an empty sheet if there was nothing."""
    found = cash_days(organization, first, last)
    if not found:
        return _sheet(organization, None)
    return [page for day in found for page in _sheet(organization, day)]


def _sheet(organization: Organization, day: CashDay | None) -> list[Mapping[str, Any]]:
    """Return the pages of a day; without a day, those of an empty sheet to be filled in by hand."""
    lines = day.lines if day is not None else ()
    rows = [_row(line) for line in lines]
    if day is None:
        rows = [{}] * (LAYOUT.first - LAYOUT.ending - 5)
        opening = came = went = closing = ""
    else:
        opening, came, went, closing = map(on_paper, (day.opening, day.came, day.went, day.closing))
    named = as_on(organization, bounds(organization, day.day, day.day)[1]) if day is not None else organization
    common = {
        "organization": name_of(named), "short": named.short_name,
        "day": day.day if day is not None else None, "sheet": day.sheet if day is not None else "",
    }  # fmt: skip
    before = {"who": "Остаток на начало дня", "account": "X", "came": opening, "went": "X"}
    total = [
        {"who": "Итого за день", "came": came, "went": went},
        {"who": "Остаток на конец дня", "account": "X", "came": closing, "went": "X"},
    ]
    ending = {"receipts": "", "payments": ""}
    if day is not None:
        ending = {
            "receipts": number_in_words(sum(line.came > 0 for line in lines)),
            "payments": number_in_words(sum(line.went > 0 for line in lines)),
        }
    sums = Sums([{}, *({"came": line.came, "went": line.went} for line in lines)], ("came", "went"), "who")
    return summed([before, *rows], sums, total, COLUMNS, common, ending, LAYOUT)


def _row(line: CashLine) -> dict[str, Any]:
    return {
        "number": _number(line.entry),
        "who": _who(line.entry),
        "came": on_paper(line.came) if line.came != NOTHING else "",
        "went": on_paper(line.went) if line.went != NOTHING else "",
    }


def _number(entry: LedgerEntry) -> str:
    order = order_of(entry.reverses or entry)
    return str(order.number) if order is not None else ""


def _who(entry: LedgerEntry) -> str:
    if entry.kind == EntryKind.REVERSAL:
        return f"Аннулировано: {entry.paper}"
    received, paid_out = getattr(entry, "cash_order", None), getattr(entry, "expense_order", None)
    if received is not None:
        return f"От {received.received_from}"
    if paid_out is not None:
        return paid_out.paid_to
    return entry.paper


BOOK = Paper(
    code="cash_book", title="Кассовая книга", build=build, data_classes=frozenset({DataClass.MONEY}),
    stylesheet="payment_register", archived=True,
)  # fmt: skip
