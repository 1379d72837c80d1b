"""Registration book of a unit: who came, when they left and where to (V-B7, practice D11).

Pages are divided here and not by the layout engine, so that a book of any length can be printed in parts with
continuous page numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, render_long
from documents.printing.fitting import fit_cells, rows_needed
from documents.printing.russian import END_REASONS, count_in_words
from registry.days import day_text

from .card import chair_of

if TYPE_CHECKING:
    from members.book.models import BookLine
    from registry.organizations.models import Organization


#: Number of rows on a page, and the height of a row and of its cells in mm.
ROWS, ROW, CELL = 15, 9.6, 8.0
#: Font size in points.
SIZE = 11.0
#: Columns of the book: name of the value, width (mm), alignment.
COLUMNS = (
    ("number", 13, "n"), ("name", 66, ""), ("birth_year", 16, "n"), ("ticket_number", 25, "n"),
    ("joined_year", 18, "n"), ("entered_on", 24, "n"), ("left_on", 24, "n"), ("destination", 51, ""), ("note", 20, ""),
)  # fmt: skip
#: Number of pages in one run of the layout engine.
PAGES = 40


def build(unit: Organization, lines: Sequence[BookLine], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page of the book."""
    common = _common(unit, batch)
    pages: list[Mapping[str, Any]] = [{**common, "title_page": True, "page": 1}]
    for rows in _pages([_row(line) for line in lines]):
        pages.append({**common, "lines": rows, "page": len(pages) + 1})
    pages.append({**common, "last_page": True, "page": len(pages) + 1, "total": count_in_words(len(pages) + 1)})
    return pages


def _pages(lines: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Return the lines of each page, with empty rows on the last one; a long text takes several rows."""
    pages: list[list[Mapping[str, Any]]] = [[]]
    left = ROWS
    for line in lines:
        cells = fit_cells(line, COLUMNS, height=ROW, cell=CELL, size=SIZE)
        taken = rows_needed(cells.values(), ROW)
        if taken > left:
            # The rest of the page has no rows, so that nobody can be added there later.
            pages.append([])
            left = ROWS
        pages[-1].append(cells)
        left -= taken
    pages[-1] += [{}] * left
    return pages


def render_book(unit: Organization, lines: Sequence[BookLine], batch: Batch) -> bytes:
    """Return the whole book as one PDF."""
    return render_long(BOOK, build(unit, lines, batch), PAGES, batch)


def _common(unit: Organization, batch: Batch) -> dict[str, Any]:
    above = None if unit.keeps_cards else unit.parent
    return {
        "unit": unit.full_name or unit.short_name,
        "head": f"Книга регистрации {batch.charter.wording['of_members']}: {unit.short_name}",
        "above": above.full_name or above.short_name if above is not None else "",
        "whose": batch.charter.wording["of_members"],
        "chair": chair_of(unit),
        "printed": day_text(batch.today),
        "columns": COLUMNS,
    }


def _row(line: BookLine) -> dict[str, Any]:
    reason = END_REASONS.get(line.reason, "")
    return {
        "number": line.number,
        "name": line.full_name,
        "birth_year": line.birth_year or "",
        "ticket_number": line.ticket_number,
        "joined_year": line.joined_year or "",
        "entered_on": day_text(line.entered_on),
        "left_on": day_text(line.left_on),
        "destination": ", ".join(filter(None, (line.destination, reason))),
    }


BOOK = Paper(code="registration_book", title="Книга регистрации", build=build, archived=True)
