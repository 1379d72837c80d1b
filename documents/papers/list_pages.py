"""Pages of a list: title, rows, count and signatures.

This module divides rows into pages, so that a list of any length is laid out in parts with continuous page numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from documents.printing.fitting import POINT, READABLE_SIZE, Column, Fitted, fit, fit_cells, pages_of, rows_needed
from registry.days import day_text

from .card import chair_of

if TYPE_CHECKING:
    from documents.printing.core import Batch
    from registry.organizations.models import Organization


class Layout(NamedTuple):
    """Measures of a list: rows on the first page and on others, rows needed by the ending, heights of a row and of a
    cell (mm), font size (points).
    """

    first: int
    others: int
    ending: int
    row: float
    cell: float
    size: float

    @property
    def empty(self) -> list[dict[str, Any]]:
        """Return the numbered rows of a one-page list to be filled in by hand."""
        return [{"number": number} for number in range(1, self.first - self.ending + 1)]


#: Lists about an organisation.
LIST = Layout(first=26, others=30, ending=6, row=7.8, cell=6.6, size=10.0)
#: Width (mm) of a heading between rows; its bold letters are wider than the measured ones.
HEADING = 140
#: Number of pages laid out at once.
PAGES = 20
#: Number of rows that the layout engine lays out with the text above them.
MAX_FLOWING = 50


def paged(
    place: Organization,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    batch: Batch,
    *,
    head: str,
    total: str,
    layout: Layout = LIST,
    **common: Any,
) -> list[Mapping[str, Any]]:
    """Return the values of each page of a list about the organisation.

    `head` is the header of all pages except the first.
    """
    shared = {**common, "place": place.full_name or place.short_name, "head": head}
    ending = {"total": total, "made": day_text(batch.today), "chair": chair_of(place)}
    return divided(rows, columns, shared, ending, layout)


def divided(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    common: Mapping[str, Any],
    ending: Mapping[str, Any],
    layout: Layout,
) -> list[Mapping[str, Any]]:
    """Return the values of each page; only the last page has `ending`.

    A row with a `heading` is printed below a line with that heading.
    """
    fitted = [_fitted(row, columns, layout) for row in rows]
    taken = [
        rows_needed((cells[name] for name, _width, _align in columns), layout.row)
        + (rows_needed([cells["heading"]], layout.row) if "heading" in cells else 0)
        for cells in fitted
    ]
    pages: list[dict[str, Any]] = []
    for part in pages_of(taken, first=layout.first, others=layout.others, ending=layout.ending):
        one = {"rows": fitted[part.start : part.stop], "columns": columns}
        pages.append({**common, **one, "page": len(pages) + 1, "first": not pages})
    pages[-1] |= {"last": True, **ending}
    return [{**page, "of": len(pages)} for page in pages]


def parts_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], layout: Layout) -> list[Any]:
    """Return the rows of each page, for papers with a text of any length above the table.

    Few rows have no parts, because the layout engine lays them out below the text.
    """
    if len(rows) <= MAX_FLOWING:
        return []
    fitted = [_fitted(row, columns, layout) for row in rows]
    taken = [rows_needed(cells.values(), layout.row) for cells in fitted]
    pages = pages_of(taken, first=layout.others, others=layout.others, ending=0)
    return [fitted[part.start : part.stop] for part in pages]


def _fitted(row: Mapping[str, Any], columns: Sequence[Column], layout: Layout) -> dict[str, Fitted]:
    cells = fit_cells(row, columns, height=layout.row, cell=layout.cell, size=layout.size)
    if row.get("heading"):
        room = layout.cell / POINT
        cells["heading"] = fit(row["heading"], (HEADING,), room=room, size=layout.size, grows=READABLE_SIZE)
    return cells
