"""Receipts and payments as a workbook for the accountant (docs/accounting.md). Its words are Russian, like those of
1C.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from registry.organizations.models import Organization
from registry.spreadsheets.writing import Workbook

from ..queries.operations import Operation, turnovers

#: Headings of the sheet of operations, with widths.
OPERATIONS = [
    ("Дата", 12), ("Вид документа", 28), ("Номер документа", 12), ("Дата документа", 12), ("Счёт Дт", 9),
    ("Аналитика Дт", 38), ("Счёт Кт", 9), ("Аналитика Кт", 38), ("Контрагент", 34), ("ИНН контрагента", 14),
    ("Сумма", 14), ("Вид взноса", 26), ("Год взноса", 10), ("Сторно", 8), ("Код операции", 14),
]  # fmt: skip
TURNOVERS = [("Счёт", 9), ("Аналитика", 50), ("Оборот Дт", 16), ("Оборот Кт", 16)]


def accounting_book(found: Sequence[Operation], organization: Organization, first: dt.date, last: dt.date) -> bytes:
    """Return the workbook: operations, turnovers of the accounts, and a description of the file."""
    with Workbook() as book:
        page = book.add_page("Операции", OPERATIONS)
        for at, one in enumerate(found, 1):
            values = (
                one.day, one.document, one.number, one.document_day, one.debit.account, one.debit.analytics,
                one.credit.account, one.credit.analytics, one.counterparty, one.inn, None, one.fee, one.year,
                "да" if one.reversal else "", one.code,
            )  # fmt: skip
            for column, value in enumerate(values):
                book.write(page, at, column, value)
            book.write_sum(page, at, 10, one.amount)
        page = book.add_page("Обороты", TURNOVERS)
        for at, turnover in enumerate(turnovers(found), 1):
            book.write(page, at, 0, turnover.side.account)
            book.write(page, at, 1, turnover.side.analytics)
            book.write_sum(page, at, 2, turnover.debit)
            book.write_sum(page, at, 3, turnover.credit)
        page = book.add_page("О файле", [("Организация", 24), (organization.full_name or organization.short_name, 80)])
        facts: tuple[tuple[str, Any], ...] = (
            ("ИНН", organization.inn),
            ("Первый день", first),
            ("Последний день", last),
            ("Строк", len(found)),
        )
        for at, (name, value) in enumerate(facts, 1):
            book.write(page, at, 0, name)
            book.write(page, at, 1, value)
    return book.data
