"""The overview as a workbook and on paper, with the columns and the order of the screen (N-S1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from documents.papers.screen_list import Listed
from registry.organizations.models import Organization
from registry.spreadsheets.writing import Workbook

from .columns import Column, Topic, with_derived
from .queries.overview import Row


@dataclass(frozen=True)
class Table:
    """A page of the overview: its organisation, topic, rows in their order, and total."""

    at: Organization
    topic: Topic
    rows: Sequence[Row]
    total: dict[str, Any]

    def lines(self) -> list[tuple[str, list[Decimal | int]]]:
        """Return the name and the figures of each row, and the total as the last."""
        named = [(_("Without those below") if row.own_only else row.organization.short_name, row.sums)
                 for row in self.rows]  # fmt: skip
        return [
            (name, [column.value(with_derived(sums)) for column in self.topic.columns])
            for name, sums in (*named, (_("Total"), self.total))
        ]


def figure_text(column: Column, value: Decimal | int) -> str:
    """Return the figure as it is shown: grouped, money with its kopecks."""
    return number_format(value, 2 if column.is_money else None, force_grouping=True)


def workbook(table: Table) -> bytes:
    """Return the overview as a workbook; figures are numbers."""
    headings = [(_("Organisation"), 44), *((capfirst(str(column.label)), 18) for column in table.topic.columns)]
    with Workbook(constant_memory=True) as book:
        page = book.add_page(capfirst(str(table.topic.label)), headings, frozen=1)
        for number, (name, values) in enumerate(table.lines(), start=1):
            for at, value in enumerate((name, *values)):
                book.write(page, number, at, value)
    return book.data


def paper(table: Table) -> Listed:
    """Return the overview as a paper shows it, in Russian."""
    with override("ru"):
        headings = ["Организация", *(capfirst(str(column.label)) for column in table.topic.columns)]
        rows = [
            [name, *(figure_text(column, value) for column, value in zip(table.topic.columns, values, strict=True))]
            for name, values in table.lines()
        ]
        title = f"Обзор: {str(table.topic.label).lower()}"
        return Listed(title, [], headings, rows, ending=f"Организаций: {table.total['organizations']}", has_total=True)
