"""Writing of workbooks: no cell is a formula or a link, dates are dates."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from types import TracebackType
from typing import Any

import xlsxwriter

from ..days import EARLIEST, day_text

#: Maximum number of characters in a cell.
_CELL_LENGTH = 32_000
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class Workbook:
    """A workbook being written, with our standard formats; `data` is available after the `with` block."""

    def __init__(self, **settings: Any) -> None:
        self._target = io.BytesIO()
        self.book = xlsxwriter.Workbook(self._target, {**_PLAIN, **settings})
        self.bold = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._sum = self.book.add_format({"num_format": "#,##0.00"})
        self._day = self.book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.book.close()

    @property
    def data(self) -> bytes:
        return self._target.getvalue()

    def add_page(self, title: str, headings: list[tuple[str, int]], *, frozen: int = 0) -> Any:
        """Add a sheet with headings and column widths; the first row and `frozen` columns stay in view."""
        page = self.book.add_worksheet(title[:31])
        page.freeze_panes(1, frozen)
        for at, (heading, width) in enumerate(headings):
            page.set_column(at, at, width)
            page.write_string(0, at, heading, self.bold)
        return page

    def write(self, page: Any, row: int, column: int, value: Any) -> None:
        """Write a value: numbers and dates as such, anything else, including dates before 1900, as text."""
        if value is None or value == "":
            return
        if isinstance(value, dt.date) and value >= EARLIEST:
            page.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), self._day)
        elif isinstance(value, dt.date):
            page.write_string(row, column, day_text(value))
        elif isinstance(value, int | float | Decimal):
            page.write_number(row, column, value)
        else:
            page.write_string(row, column, str(value)[:_CELL_LENGTH])

    def write_sum(self, page: Any, row: int, column: int, value: Decimal) -> None:
        """Write a sum of money with its kopecks."""
        page.write_number(row, column, value, self._sum)
