"""Pages of a list about an organisation: title, rows, count and signatures.

Pages are divided here and not by the layout engine, so that a list of any length can be printed in parts with
continuous page numbers.
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

#: Number of rows on the first page, below the title, on other pages, and the rows taken by count and signatures.
FIRST, ROWS, ENDING = 26, 30, 6
#: Height of a row and of its cells in mm, size of their letters in points.
ROW, CELL, SIZE = 7.8, 6.6, 10.0
#: Width (mm) of the text of a heading between rows.
HEADING = 140
#: Number of pages in one run of the layout engine.
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
    """Return the values of each page; a row with a `heading` stands below a line with it.

    `widths` (mm) are those of the cells that may need more than one row, `head` stands above all pages but the first.
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
