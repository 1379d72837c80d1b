"""Reading a file into a table of people: sheet, heading, rows, and omitted rows with the reason."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.spreadsheets.files import MAX_PEOPLE, Cell, Row, Sheet, Unreadable, check_sheet, read_sheets, visible
from registry.text import clean

from .columns import heading_score, normalise_heading
from .composed import compose
from .ignored_columns import PAPER_PARTS
from .prefilled import is_number, prefilled_rows

__all__ = ["DROP_REASONS", "Cell", "Dropped", "Row", "Table", "Unreadable", "names_a_cell", "read_table"]

# The heading is within the first rows, below titles.
MAX_HEADING_ROW = 30

DROP_REASONS = {
    "title": _("Title above the table"),
    "heading": _("Heading of the columns"),
    "repeated_heading": _("Heading repeated"),
    "column_numbers": _("Numbers of the columns"),
    "total": _("Total"),
    "signature": _("Signature"),
    "section": _("Subheading: it names the cell of the rows below it"),
    "note": _("Subheading or note: only one cell is filled"),
    "empty": _("Empty row"),
    "prefilled": _("Row of a form that nobody is entered in"),
}

_TOTAL = re.compile(r"^(итого|итог|всего)\b", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"^(председатель|зам\.? председателя|заместитель|секретарь|бухгалтер|главный бухгалтер|казначей|директор"
    r"|исполнитель|составил|составила|ответственн\w+|подпись|м\. ?п\.|дата)(?=[\s:._/]|$)",
    re.IGNORECASE,
)
#: A subheading with the name of the cell of the people below it (V-H1).
_SECTION = re.compile(r"^(?:\d+[.)]\s*)?(?:первичн\w+|первичка|ячейка|п\.?\s?о\.?|ппо)(?=[\s№«\"]|$)", re.IGNORECASE)
#: Heading of the column for such subheadings.
SECTION = "Подзаголовок над строками"
_LINE_TO_SIGN = re.compile(r"_{3,}|/[^/]*[А-ЯЁ]\.[^/]*/")
_NAMES = re.compile(r"ф\.?\s?и\.?\s?о|фамилия|имя", re.IGNORECASE)
_WORD = re.compile(r"[а-яёa-z]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that is not a person; `reason` is a key of `DROP_REASONS`."""

    number: int
    reason: str
    text: str

    @property
    def label(self) -> Any:
        """Return the reason as a lazy text."""
        return DROP_REASONS[self.reason]


@dataclass(frozen=True, slots=True)
class Table:
    """A list: headings by column, rows of people numbered as in the file, rows left out."""

    sheet: str
    sheets: tuple[str, ...]
    headings: tuple[str, ...]
    heading_row: int | None
    rows: list[Row]
    dropped: list[Dropped]
    #: Columns hidden in the file.
    hidden: frozenset[int] = frozenset()
    #: Sheets that are hidden in the file, and not read.
    hidden_sheets: tuple[str, ...] = ()
    #: Column → heading of the column that it is combined into.
    parts: Mapping[int, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.headings)

    def column(self, index: int) -> list[Cell]:
        """Return the filled cells of a column."""
        cells = (row.cells[index] for row in self.rows if index < len(row.cells))
        return [cell for cell in cells if cell is not None]


def read_table(data: bytes, name: str = "", *, sheet: str | None = None) -> Table:
    """Read a list from the sheet that looks most like a list, or from the one named `sheet`.

    `name` is the file's name, used only for a sheet without a name. Raises `Unreadable`.
    """
    found = [replace(one, name=one.name or name) for one in read_sheets(data)]
    sheets = visible(found)
    names = tuple(found.name for found in sheets)
    if sheet is None:
        chosen = max(sheets, key=_likeness) if len(sheets) > 1 else sheets[0]
    elif sheet in names:
        chosen = sheets[names.index(sheet)]
    else:
        raise Unreadable("no_such_sheet", names=quoted(names))
    table = _without_prefilled(_arrange(check_sheet(chosen), names))
    return replace(table, hidden_sheets=tuple(one.name for one in found if one not in sheets))


def quoted(names: Sequence[str]) -> str:
    """Return names of sheets for a sentence: «ПО № 1», «ПО № 2»."""
    return ", ".join(f"«{clean(name, 60)}»" for name in names)


def _filled(row: Row) -> list[Cell]:
    return [cell for cell in row.cells if cell is not None]


def _heading_index(rows: Sequence[Row]) -> int | None:
    scores: list[int] = []
    for row in rows[:MAX_HEADING_ROW]:
        scores.append(heading_score(row.cells))
        # No later row can match better, and comparing every cell of thirty rows takes seconds.
        if scores[-1] >= 5 and scores[-1] >= len(_filled(row)) * 0.6:
            break
    best = max(scores, default=0)
    # A single known word among many cells may be data.
    return scores.index(best) if best >= 2 or (best and len(_filled(rows[scores.index(best)])) <= 2) else None


def _likeness(sheet: Sheet) -> tuple[bool, int]:
    return _heading_index(sheet.rows) is not None, sum(len(_filled(row)) for row in sheet.rows)


def _without_prefilled(table: Table) -> Table:
    blank = prefilled_rows(table)
    if not blank:
        return table
    dropped = [Dropped(row.number, "prefilled", _text(row)) for row in table.rows if row.number in blank]
    return replace(
        table,
        rows=[row for row in table.rows if row.number not in blank],
        dropped=sorted([*table.dropped, *dropped], key=lambda one: one.number),
    )


def _text(row: Row) -> str:
    return " ".join(clean(cell, 200) for cell in _filled(row))[:200]


def _arrange(sheet: Sheet, names: tuple[str, ...]) -> Table:
    rows = sheet.rows
    width = max(len(row.cells) for row in rows)
    dropped: list[Dropped] = []
    headings: list[str] = [""] * width
    heading = _heading_index(rows)
    body = rows
    if heading is not None:
        first = heading - 1 if _is_over(rows, heading) else heading
        depth = 2 if first == heading and _continues_heading(rows, heading) else heading - first + 1
        dropped += [Dropped(row.number, "title", _text(row)) for row in rows[:first]]
        dropped += [Dropped(row.number, "heading", _text(row)) for row in rows[first : first + depth]]
        headings = _join_headings(rows[first : first + depth], width)
        _check_one_list(headings)
        body = rows[first + depth :]
    elif width > 1:
        # Titles above a list without headings: single cells before the first row with several.
        start = next((at for at, row in enumerate(rows) if len(_filled(row)) > 1), 0)
        dropped += [Dropped(row.number, "title", _text(row)) for row in rows[:start]]
        body = rows[start:]
    people, sections = [], []
    section = None
    for row in body:
        reason = _drop_reason(row, headings if heading is not None else [])
        if reason:
            dropped.append(Dropped(row.number, reason, _text(row)))
            section = _text(row) if reason == "section" else section
        else:
            people.append(row)
            sections.append(section)
    if len(people) > MAX_PEOPLE:
        raise Unreadable("too_many_rows")
    if any(sections):
        headings.append(SECTION)
        people = [
            replace(row, cells=(*row.cells, *[None] * (width - len(row.cells)), under))
            for row, under in zip(people, sections, strict=True)
        ]
    people = _with_merged(people, sheet)
    headings, people, parts = compose(headings, people)
    dropped += [Dropped(number, "empty", "") for number in islice(_gaps(rows), MAX_EMPTY)]
    dropped.sort(key=lambda one: one.number)
    return Table(
        sheet=sheet.name,
        sheets=names,
        headings=tuple(headings),
        heading_row=rows[heading].number if heading is not None else None,
        rows=people,
        dropped=dropped,
        hidden=sheet.hidden,
        parts=parts,
    )


def _check_one_list(headings: Sequence[str]) -> None:
    """Raise `Unreadable` if the headings repeat: people of a second list beside the first would be lost."""
    plain = [normalise_heading(heading) for heading in headings]
    for width in range(2, len(plain) // 2 + 1):
        block = plain[:width]
        if block == plain[width : 2 * width] and sum(map(bool, block)) > 1 and any(map(_NAMES.match, block)):
            raise Unreadable("lists_beside")


# Maximum number of empty rows that are listed.
MAX_EMPTY = 200


def _gaps(rows: Sequence[Row]) -> Iterator[int]:
    """Yield the numbers of the empty rows between others; there may be a million."""
    last = 0
    for row in rows:
        yield from range(last + 1, row.number)
        last = row.number


def _with_merged(people: list[Row], sheet: Sheet) -> list[Row]:
    """Return the rows of people with the values of cells merged over several of them."""
    at = {row.number: position for position, row in enumerate(people)}
    for merged in sheet.merged:
        first = people[at[merged.first]].cells if merged.first in at else ()
        if merged.column >= len(first) or first[merged.column] is None:
            continue
        for number in range(merged.first + 1, min(merged.last, people[-1].number) + 1):
            if number in at:
                people[at[number]] = _filled_in(people[at[number]], merged.column, first[merged.column])
    return people


def _filled_in(row: Row, column: int, value: Cell) -> Row:
    cells = [*row.cells, *[None] * (column + 1 - len(row.cells))]
    if cells[column] is not None:
        return row
    cells[column] = value
    return replace(row, cells=tuple(cells), merged=tuple(sorted((*row.merged, column))))


def _continues_heading(rows: Sequence[Row], heading: int) -> bool:
    """Return whether the row below is a second level of the heading: «Паспорт» above «серия», «номер»."""
    if heading + 1 >= len(rows):
        return False
    below, above = rows[heading + 1], rows[heading].cells
    filled = [(index, cell) for index, cell in enumerate(below.cells) if cell is not None]
    under_gaps = [cell for index, cell in filled if index >= len(above) or above[index] is None]
    words_only = all(isinstance(cell, str) and not any(char.isdigit() for char in cell) for _index, cell in filled)
    if not under_gaps or not words_only:
        return False
    if heading_score(below.cells, parts=True) >= max(1, len(filled) - 1):
        return True
    # «Рождение» above «дата», «место»: only known together. The row of a person has a name below the heading.
    named = any(index < len(above) and _NAMES.match(_heading_text(above[index])) for index, _cell in filled)
    both = _join_headings(rows[heading : heading + 2], max(len(above), len(below.cells)))
    return not named and heading_score(both) > heading_score(above)


def _is_over(rows: Sequence[Row], heading: int) -> bool:
    """Return whether the row above is an upper level of the heading: «Рождение», «Документ» above «дата», «серия»."""
    if heading == 0:
        return False
    filled = _filled(rows[heading - 1])
    words_only = all(isinstance(cell, str) and len(cell) < 60 and not re.search(r"\d", cell) for cell in filled)
    return words_only and 2 <= len(filled) <= len(_filled(rows[heading])) + 1


def _join_headings(storeys: Sequence[Row], width: int) -> list[str]:
    cells = [list(map(_heading_text, row.cells)) + [""] * (width - len(row.cells)) for row in storeys]
    if len(cells) == 1:
        return cells[0]
    joined, over = [], ""
    for upper, lower in zip(*cells, strict=True):
        over = upper or (over if lower else "")
        joined.append(_one_heading(over, lower))
    return joined


def _one_heading(over: str, lower: str) -> str:
    """Return the lower level if it is known alone; «дата», «серия», «номер» need the level above."""
    part = normalise_heading(lower) in PAPER_PARTS
    if (not part and heading_score([lower])) or (part and normalise_heading(over).startswith("документ")):
        return lower
    joined = f"{over} {lower}".strip()
    return joined if heading_score([joined]) or not heading_score([lower], parts=True) else lower


def _heading_text(cell: Cell) -> str:
    return "" if cell is None else " ".join(clean(cell, 200).split())


def _drop_reason(row: Row, headings: Sequence[str]) -> str | None:
    filled = _filled(row)
    texts = [cell.strip() for cell in filled if isinstance(cell, str)]
    first = texts[0] if texts else ""
    if _TOTAL.match(first) and len(filled) <= 4:
        return "total"
    if len(filled) <= 4 and ((_SIGNATURE.match(first) and len(filled) <= 2) or any(map(_LINE_TO_SIGN.search, texts))):
        return "signature"
    if headings and len(filled) >= 2 and _repeats(row, headings):
        return "repeated_heading"
    if len(filled) >= 3 and [str(cell).strip() for cell in filled] == [str(n) for n in range(1, len(filled) + 1)]:
        return "column_numbers"
    if len(filled) == 1 and sum(map(bool, headings)) > 2:
        if is_number(filled[0]):
            return "prefilled"
        if names_a_cell(first):
            return "section"
        return None if _may_be_name(first) else "note"
    return None


def names_a_cell(text: str) -> bool:
    """Return whether a subheading or a sheet's name is that of a cell: «ПО № 2», «Первичная организация № 3»."""
    return bool(_SECTION.match(text))


def _may_be_name(text: str) -> bool:
    words = _WORD.findall(text)
    return len(words) in (2, 3, 4) and len({word[0].isupper() for word in words}) == 1


def _repeats(row: Row, headings: Sequence[str]) -> bool:
    pairs = [(str(cell).strip(), headings[index]) for index, cell in enumerate(row.cells) if cell is not None]
    # The first letters are compared first, because of five thousand rows hardly one is a heading.
    alike = [(text, heading) for text, heading in pairs if text[:1].casefold() == heading[:1].casefold()]
    if len(alike) <= len(pairs) / 2:
        return False
    return sum(_same_heading(text, heading) for text, heading in alike) > len(pairs) / 2


def _same_heading(text: str, heading: str) -> bool:
    plain = normalise_heading(clean(text, 200))
    return plain != "" and plain == normalise_heading(heading)
