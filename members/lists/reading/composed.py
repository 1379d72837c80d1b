"""Values spread over several columns: a date in three columns, an option by the ticked column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from registry.spreadsheets.files import Cell, Row

from .headings import normalise_heading
from .options import choose
from .source import as_text, is_blank

_DAY = ({"число", "день"}, {"месяц", "мес"}, {"год"})
_BIRTH = "Дата рождения"
#: Fields whose options may be headings above tick marks, and their common heading.
_TICKED = {
    "disability_group": "Группа инвалидности",
    "sex": "Пол",
    "category": "Категория",
    "dues_form": "Форма уплаты взносов",
}
_MARKS = frozenset({"+", "х", "x", "v", "да", "1", "*", "✓", "✔", "√", "есть", "true"})


class Composed(NamedTuple):
    """A column made of others: its heading, the columns, and the function that returns the cell of a row."""

    heading: str
    columns: tuple[int, ...]
    cell: Callable[[Row], Cell | None]


def compose(headings: Sequence[str], rows: Sequence[Row]) -> tuple[list[str], list[Row], dict[int, str]]:
    """Return headings and rows with the composed columns at the end, and for each of their parts the heading."""
    plain = [normalise_heading(heading) for heading in headings]
    parts: dict[int, str] = {}
    added: list[Composed] = []
    for one in (*_days(headings, plain), *_ticked(plain, rows)):
        parts |= dict.fromkeys(one.columns, one.heading)
        # The workbook of remarks has the composed column already.
        if normalise_heading(one.heading) not in plain:
            added.append(one)
    width = len(headings)
    if added:
        rows = [
            replace(row, cells=(*row.cells, *[None] * (width - len(row.cells)), *(one.cell(row) for one in added)))
            for row in rows
        ]
    return [*headings, *(one.heading for one in added)], list(rows), parts


def _days(headings: Sequence[str], plain: Sequence[str]) -> Iterator[Composed]:
    for at in range(len(plain) - 2):
        last = [heading.split()[-1:] for heading in plain[at : at + 3]]
        if all(words and words[0] in known for words, known in zip(last, _DAY, strict=True)):
            over = " ".join(headings[at].split()[:-1]) or _BIRTH
            yield Composed(over, (at, at + 1, at + 2), lambda row, at=at: _day(row.cells[at : at + 3]))  # type: ignore[misc]


def _day(cells: Sequence[Any]) -> str | None:
    texts = [as_text(cell).strip(" .") for cell in cells if not is_blank(cell)]
    if len(texts) == 3 and texts[1].isdigit():
        return ".".join(texts)
    return " ".join(texts) or None


def _ticked(plain: Sequence[str], rows: Sequence[Row]) -> Iterator[Composed]:
    for field, heading in _TICKED.items():
        options = {at: option for at, text in enumerate(plain) if (option := _option(field, text))}
        if len(set(options.values())) < max(2, len(options)):
            continue
        cells = [row.cells[at] for row in rows for at in options if at < len(row.cells)]
        filled = [cell for cell in cells if not is_blank(cell)]
        if filled and all(as_text(cell).strip().lower() in _MARKS for cell in filled):
            texts = {at: plain[at] for at in options}
            yield Composed(heading, tuple(options), lambda row, texts=texts: _ticks(row, texts))  # type: ignore[misc]


def _option(field: str, heading: str) -> str:
    if field == "disability_group" and not any(word.startswith(("гр", "инв")) for word in heading.split()):
        # «1», «2», «3» number the columns.
        return ""
    return choose(field, heading) if heading else ""


def _ticks(row: Row, texts: dict[int, str]) -> str | None:
    told = [text for at, text in texts.items() if at < len(row.cells) and not is_blank(row.cells[at])]
    return ", ".join(told) or None
