"""Rows of an .xlsx sheet with their look: what is struck through or hidden, which values alone do not tell.

The reading mode of the library that goes row by row keeps neither, so its parser is driven here.
"""

from collections.abc import Iterator
from typing import Any

from openpyxl.worksheet._reader import WorkSheetParser

#: Number of the row, its cells, columns of those struck through, whether it is hidden.
Seen = tuple[int, list[Any], tuple[int, ...], bool]


class Looks:
    """A sheet of a workbook that was opened for reading only."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        book = sheet.parent
        fonts = {at for at, font in enumerate(book._fonts) if font.strike}
        self._struck = {at for at, style in enumerate(book._cell_styles) if style.fontId in fonts}
        self._columns: dict[str, dict[str, str]] = {}

    def rows(self, width: int) -> Iterator[Seen]:
        """The rows in the order of their numbers; cells beyond the width are left out."""
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
        """Columns that the file hides, once its rows were read."""
        hidden: set[int] = set()
        for look in self._columns.values():
            if _is_on(look.get("hidden")):
                hidden.update(range(int(look["min"]) - 1, min(int(look.get("max", look["min"])), width)))
        return frozenset(hidden)


def _is_on(flag: str | None) -> bool:
    return flag in {"1", "true"}
