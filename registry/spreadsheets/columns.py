"""The meaning of columns in tables from other programs: rows as text, headings, and their fields.

Values only; the caller supplies remembered headings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..text import clean, search_key
from .files import Cell, ReadBefore, Sheet, check_sheet, read_at_once, visible

#: Number of rows searched for the heading, and maximum numbers of columns and of letters in a cell.
MAX_HEADING_ROW, MAX_COLUMNS, MAX_LETTERS = 30, 40, 200

#: A row of the file as stored: its number and its cells as text.
Stored = tuple[int, list[str]]


@dataclass(frozen=True)
class Layout:
    """The fields of a kind of table, and how to tell values and records from other text."""

    #: Field → words of headings that mean it. The first match is used.
    fields: Mapping[str, Sequence[str]]
    #: Number of fields that a heading of such a table needs.
    needed: Sequence[str]
    #: Returns whether a cell is a value; a row with a value and without known headings is no heading.
    is_value: Callable[[str], bool]
    #: Returns whether a row is a record; without known words the heading is the row above the first record.
    is_record: Callable[[Sequence[str]], bool]


def read_rows(data: bytes | ReadBefore, letters: int = MAX_LETTERS) -> list[Stored]:
    """Return the rows of the sheet with the most cells, as text. Raises `Unreadable`."""
    sheets = visible(read_at_once(data))
    sheet = check_sheet(max(sheets, key=_filled))
    rows = [(row.number, [as_text(cell, letters) for cell in row.cells[:MAX_COLUMNS]]) for row in sheet.rows]
    return [(number, cells) for number, cells in rows if any(cells)]


def _filled(sheet: Sheet) -> int:
    return sum(cell is not None for row in sheet.rows for cell in row.cells)


def as_text(cell: Cell, letters: int = MAX_LETTERS) -> str:
    """Return a cell as text: numbers with a point, without an exponent."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float):
        # The shortest text of an inexact number, such as 12.3 for 12.300000000000001.
        text = f"{cell:.6f}".rstrip("0").rstrip(".")
        return text if abs(cell) < 1e13 else ""
    return " ".join(clean(cell, letters).split())


def digest_of(rows: Sequence[Stored]) -> str:
    """Return a digest of the rows in the file."""
    return hashlib.sha256("\n".join("\t".join(cells) for _number, cells in rows).encode()).hexdigest()


def plain(heading: str) -> str:
    """Return a heading in the form for comparing and remembering: its words in lower case."""
    return search_key(heading.replace("%", " процент ")).strip()


@dataclass(frozen=True)
class Heading:
    """The headings by column, joined over merged rows, and the number of rows up to the last of them."""

    texts: list[str]
    rows: int

    @property
    def digest(self) -> str:
        """A digest of the headings in order, which identifies files of the same program."""
        return hashlib.sha256("\n".join(map(plain, self.texts)).encode()).hexdigest()

    def meaning(self, columns: Mapping[int, str]) -> dict[str, str]:
        """Return the field by heading, in the form in which it is remembered."""
        meant = {plain(self.texts[at]): name for at, name in columns.items() if at < len(self.texts)}
        return {text: name for text, name in meant.items() if text}


def heading_of(rows: Sequence[Stored], layout: Layout) -> Heading:
    """Return the heading of the table: the row, or two adjacent rows, that name the most fields."""
    best, most = _above_records(rows, layout), 0
    for at, (_number, cells) in enumerate(rows[:MAX_HEADING_ROW]):
        if any(map(layout.is_value, cells)) and not names_columns(cells, layout):
            continue
        under = rows[at + 1][1] if at + 1 < len(rows) else []
        both = [" ".join(filter(None, pair)) for pair in _together(cells, under)]
        for texts, count in ((cells, 1), (both, 2)):
            words = [*recognised(texts, layout).values()]
            score = len(words) * 2 - count if set(layout.needed) <= set(words) else len(words)
            holds = layout.is_record(under) or any(map(layout.is_value, under))
            if score > most and (count == 1 or not holds):
                best, most = Heading(list(texts), at + count), score
    return best


def _above_records(rows: Sequence[Stored], layout: Layout) -> Heading:
    """Return the row above the first record, whatever its words."""
    first = next((at for at, (_number, cells) in enumerate(rows) if layout.is_record(cells)), 0)
    width = max((len(cells) for _number, cells in rows), default=0)
    above = rows[first - 1][1] if first else []
    return Heading([*above, *[""] * (width - len(above))], first)


def _together(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, str]]:
    width = max(len(upper), len(lower))
    return list(zip([*upper, *[""] * (width - len(upper))], [*lower, *[""] * (width - len(lower))], strict=True))


def names_columns(cells: Sequence[str], layout: Layout) -> bool:
    """Return whether the cells are headings that name enough fields."""
    return len(recognised(cells, layout)) >= len(layout.needed)


def recognised(headings: Sequence[str], layout: Layout, remembered: Mapping[str, str] | None = None) -> dict[int, str]:
    """Return the field of each column with a remembered or known heading; a field has only one column."""
    found: dict[int, str] = {}
    texts = [plain(heading) for heading in headings]
    for index, text in enumerate(texts):
        name = (remembered or {}).get(text, "")
        if text and name in layout.fields and name not in found.values():
            found[index] = name
    for name, words in layout.fields.items():
        for word in words:
            index = next((at for at, text in enumerate(texts) if _begins(text, word) and at not in found), -1)
            if index >= 0 and name not in found.values():
                found[index] = name
    return found


def _begins(text: str, word: str) -> bool:
    return text == word or text.startswith(f"{word} ") or (len(word) > 4 and f" {word}" in text)


def cell_of(cells: Sequence[str], index: int | None) -> str:
    """Return the text in the column, or an empty string if the row or table has none."""
    return cells[index].strip() if index is not None and index < len(cells) else ""
