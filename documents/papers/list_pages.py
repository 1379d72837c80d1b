"""Pages of a list about an organisation: title, rows, count and signatures.

This module divides rows into pages, so that a list of any length is laid out in parts with continuous page numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.fitting import pages_of, rows_taken
from registry.days import day_text

from .card import chair_of

if TYPE_CHECKING:
    from documents.printing.core import Batch
    from registry.organizations.models import Organization

#: Number of rows on the first page and on other pages, and the space of the ending in rows.
FIRST, ROWS, ENDING = 26, 30, 6
#: Height of a row and of a cell (mm), font size (points).
ROW, CELL, SIZE = 7.8, 6.6, 10.0
#: Width (mm) of a heading between rows.
HEADING = 140
#: Number of pages laid out in one go.
PAGES = 20


def paged(
    place: Organization,
    rows: Sequence[Mapping[str, Any]],
    widths: Mapping[str, float],
    batch: Batch,
    *,
    head: str,
    total: str,
    **common: Any,
) -> list[Mapping[str, Any]]:
    """Return the values of each page; a row with a `heading` is printed below a line with that heading.

    `widths` (mm) are the widths of the cells whose text may wrap; `head` is the header of all pages except the first.
    """
    taken = [
        _taken([(str(row.get(name, "")), width) for name, width in widths.items()])
        + (_taken([(row["heading"], HEADING)]) if row.get("heading") else 0)
        for row in rows
    ]
    shared = {**common, "place": place.full_name or place.short_name, "head": head, "width": widths}
    pages: list[dict[str, Any]] = []
    for part in pages_of(taken, first=FIRST, others=ROWS, ending=ENDING):
        pages.append({**shared, "rows": rows[part.start : part.stop], "page": len(pages) + 1, "first": not pages})
    pages[-1] |= {"last": True, "total": total, "made": day_text(batch.today), "chair": chair_of(place)}
    return [{**page, "of": len(pages)} for page in pages]


def _taken(cells: Sequence[tuple[str, float]]) -> int:
    return rows_taken(cells, height=CELL, size=SIZE, row=ROW)
