"""Common result of all readers: sheets of rows within limits."""

from __future__ import annotations

import datetime
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

Cell = str | int | float | bool | datetime.date | None

#: Maximum number of people in a list; `MAX_ROWS` includes titles, headings and subtotals.
MAX_PEOPLE = 5000
MAX_ROWS = MAX_PEOPLE + 500
MAX_COLUMNS = 200
MAX_LETTERS = 10_000
MAX_SHEETS = 30
#: The last row that a spreadsheet can have.
LAST_ROW = 1_048_576
#: Maximum number of cells of all sheets together, which the server receives.
MAX_CELLS = 1_000_000
#: Maximum number of letters of all sheets together: a few hundred bytes may declare a text repeated a million times.
MAX_TEXT = 10_000_000
#: Maximum number of merged ranges kept for a sheet.
MAX_MERGED = 5000
_KEPT = re.compile(r'^="([^"]*)"$')
#: Characters that databases reject: zeros, and lone surrogates, which workbooks can write as «_xD800_».
_UNKEPT = re.compile("[\0\ud800-\udfff]")


class Refused(Exception):
    """Raised if the file cannot be read; `code` is a key of the messages of `Unreadable`."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclass(slots=True)
class Room:
    """The remaining cells and letters that the sheets of a file may have together."""

    cells: int
    letters: int

    def take(self, cells: Sequence[Cell]) -> None:
        """Subtract a row. Raises `Refused` if nothing remains."""
        self.cells -= len(cells)
        self.letters -= sum(len(cell) for cell in cells if isinstance(cell, str))
        if self.cells < 0:
            raise Refused("too_many_cells")
        if self.letters < 0:
            raise Refused("too_much_text")


_ROOM: ContextVar[Room | None] = ContextVar("room", default=None)


@contextmanager
def within_room(cells: int, letters: int) -> Iterator[None]:
    """Limit the total size of the sheets read within the block."""
    token = _ROOM.set(Room(cells, letters))
    try:
        yield
    finally:
        _ROOM.reset(token)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row with its number in the file and its formatting."""

    number: int
    cells: tuple[Cell, ...]
    #: Columns whose cell is struck through.
    struck: tuple[int, ...] = ()
    hidden: bool = False
    #: Columns whose value comes from a cell merged with those above.
    merged: tuple[int, ...] = ()
    #: Whether days are counted from 1904, as in workbooks of early Macintosh computers.
    since_1904: bool = False


def _number(row: Row) -> int:
    return row.number


@dataclass(frozen=True, slots=True)
class Merged:
    """Cells of one column merged downwards: first and last row, column."""

    first: int
    last: int
    column: int


@dataclass(slots=True)
class Sheet:
    """A sheet with its non-empty rows in the order of their numbers; add rows with `add`."""

    name: str
    rows: list[Row] = field(default_factory=list)
    #: Columns hidden in the file.
    hidden: frozenset[int] = frozenset()
    merged: list[Merged] = field(default_factory=list)
    #: The sheet itself is hidden.
    concealed: bool = False
    #: Reason why the sheet cannot be a list: a code and its parameters. Other sheets of the file may still be one.
    fault: tuple[str, dict[str, Any]] | None = None
    since_1904: bool = False

    def add(self, number: int, values: Iterable[Any], struck: Sequence[int] = (), *, hidden: bool = False) -> bool:
        """Add a row unless it is empty; return False once the sheet exceeds the limits of a list, which `fault`
        describes.

        Raises `Refused` for a row number that no spreadsheet has, or if the file exceeds its total limits.
        """
        if not 1 <= number <= LAST_ROW:
            raise Refused("damaged")
        cells = [plain(value) for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            return True
        if len(cells) > MAX_COLUMNS:
            self.fault = ("too_many_columns", {})
        elif any(isinstance(cell, str) and len(cell) > MAX_LETTERS for cell in cells):
            self.fault = ("cell_too_long", {"row": number})
        elif len(self.rows) >= MAX_ROWS:
            self.fault = ("too_many_rows", {})
        else:
            if room := _ROOM.get():
                room.take(cells)
            row = Row(number, tuple(cells), tuple(struck), hidden, since_1904=self.since_1904)
            # Some programs write rows out of order, which spreadsheets sort.
            at = (
                bisect_left(self.rows, number, key=_number)
                if self.rows and number <= self.rows[-1].number
                else len(self.rows)
            )
            if at < len(self.rows) and self.rows[at].number == number:
                raise Refused("damaged")
            self.rows.insert(at, row)
        return self.fault is None

    def merge(self, first: int, last: int, column: int) -> None:
        """Record that cells of a column are merged downwards."""
        if last > first and column < MAX_COLUMNS and len(self.merged) < MAX_MERGED:
            self.merged.append(Merged(first, last, column))


def plain(value: Any) -> Cell:
    """Return a value as a cell: blank texts become None, whole numbers integers, midnight dates."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        # Programs write «="0012"» to keep the leading zeros of a number.
        value = _KEPT.sub(r"\1", _UNKEPT.sub("", value))
        return value if value.strip() else None
    if isinstance(value, datetime.datetime):
        value = value.replace(tzinfo=None)
        return value.date() if value.time() == datetime.time() else value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, bool | int | float | datetime.date):
        return value
    return str(value)


def span(text: str | None, most: int) -> int:
    """Return the declared number of rows or columns of a cell or row, from 1 to `most`."""
    try:
        return min(max(int(text or 1), 1), most)
    except ValueError:
        return 1


def local(tag: Any) -> str:
    """Return the name of an element or attribute without its namespace; an empty string for comments."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attributes(element: Any) -> dict[str, str]:
    """Return the attributes of an element by their names without namespaces."""
    return {local(name): text for name, text in element.attrib.items()}
