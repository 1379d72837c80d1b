"""Registration book of a unit: who came, when they left and where to (V-B7, practice D11).

Pages are divided here and not by the layout engine, so that a book of any length can be printed in parts with
continuous page numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, render_long
from documents.printing.russian import END_REASONS, count_in_words
from registry.days import day_text

from .card import chair_of

if TYPE_CHECKING:
    from members.book.models import BookLine
    from registry.organizations.models import Organization


#: Number of lines on a page.
ROWS = 15
#: Number of pages in one run of the layout engine.
PAGES = 20


def page_count(lines: int) -> int:
    """Return the number of pages of a book: title, lines, and the last page with the seal."""
    return 2 + max(1, -(-lines // ROWS))


def build(unit: Organization, lines: Sequence[BookLine], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page of the book."""
    common = _common(unit, batch)
    pages: list[Mapping[str, Any]] = [{**common, "title_page": True, "page": 1}]
    for start in range(0, max(len(lines), 1), ROWS):
        rows = [_row(line) for line in lines[start : start + ROWS]]
        rows += [{} for _ in range(ROWS - len(rows))]
        pages.append({**common, "lines": rows, "page": len(pages) + 1})
    pages.append({**common, "last_page": True, "page": len(pages) + 1, "total": count_in_words(len(pages) + 1)})
    return pages


def render_book(unit: Organization, lines: Sequence[BookLine], batch: Batch) -> bytes:
    """Return the whole book as one PDF."""
    return render_long(BOOK, build(unit, lines, batch), PAGES, batch)


def _common(unit: Organization, batch: Batch) -> dict[str, Any]:
    above = None if unit.keeps_cards else unit.parent
    return {
        "unit": unit.full_name or unit.short_name,
        "short": unit.short_name,
        "above": above.full_name or above.short_name if above is not None else "",
        "whose": batch.charter.wording["of_members"],
        "chair": chair_of(unit),
        "printed": day_text(batch.today),
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


BOOK = Paper(code="registration_book", title="Книга регистрации", build=build)
