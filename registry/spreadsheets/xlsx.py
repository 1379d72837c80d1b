"""Rows of an .xlsx sheet with the formatting that matters: struck through or hidden.

The library's row-by-row reader loses this formatting, so its parser is used directly.
"""

from collections.abc import Iterator
from typing import Any

from openpyxl.worksheet._reader import WorkSheetParser

#: Number of the row, its cells, columns of struck cells, whether it is hidden.
SeenRow = tuple[int, list[Any], tuple[int, ...], bool]


class SheetReader:
    """Reads a sheet of a workbook that was opened read-only."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        book = sheet.parent
        fonts = {at for at, font in enumerate(book._fonts) if font.strike}
        self._struck = {at for at, style in enumerate(book._cell_styles) if style.fontId in fonts}
        self._columns: dict[str, dict[str, str]] = {}

    def rows(self, width: int) -> Iterator[SeenRow]:
        """Yield the rows in the order of their numbers; cells beyond `width` are left out."""
        book, last = self._sheet.parent, 0
        with self._sheet._get_source() as source:
            parser = WorkSheetParser(
                source,
                self._sheet._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            self._columns = parser.column_dimensions
            for number, cells in parser.parse():
                if number <= last:
                    continue
                last = number
                look = parser.row_dimensions.pop(str(number), {})
                yield number, *self._cells(cells, width), _is_on(look.get("hidden"))

    def _cells(self, cells: list[dict[str, Any]], width: int) -> tuple[list[Any], tuple[int, ...]]:
        values: list[Any] = [None] * min(width, max((cell["column"] for cell in cells), default=0))
        struck = []
        for cell in cells:
            at = cell["column"] - 1
            if at < width:
                values[at] = cell["value"]
                if cell["style_id"] in self._struck and cell["value"] is not None:
                    struck.append(at)
        return values, tuple(struck)

    def hidden_columns(self, width: int) -> frozenset[int]:
        """Return the hidden columns; to be called after the rows were read."""
        hidden: set[int] = set()
        for look in self._columns.values():
            if _is_on(look.get("hidden")):
                hidden.update(range(int(look["min"]) - 1, min(int(look.get("max", look["min"])), width)))
        return frozenset(hidden)


def _is_on(flag: str | None) -> bool:
    return flag in {"1", "true"}
