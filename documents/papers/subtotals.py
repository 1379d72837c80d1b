"""Pages of tables with sums: brought forward, subtotal of each page, total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from documents.printing.fitting import Column, fit_cells, pages_of, rows_needed
from dues.money import on_paper

from .list_pages import Layout

NOTHING = Decimal("0.00")
#: Labels of the sums of a page.
BROUGHT, OF_PAGE = "Перенос", "Итого на странице"


class Sums(NamedTuple):
    """The sums of each row by column.

    `known` is false while sums are still written by hand; those of the pages are then empty too.
    """

    of_rows: Sequence[Mapping[str, Decimal]]
    #: Columns whose sums are added up, and the column with the label of a sum.
    columns: Sequence[str]
    words: str
    known: bool = True

    def row(self, words: str, start: int, stop: int | None) -> dict[str, str]:
        """Return a row with this label and the sums of a part of the rows, as printed."""
        added = {
            name: on_paper(sum((row.get(name, NOTHING) for row in self.of_rows[start:stop]), NOTHING))
            for name in self.columns
        }
        return {self.words: words, **(added if self.known else {})}


def summed(
    rows: Sequence[Mapping[str, Any]],
    sums: Sums,
    total: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    common: Mapping[str, Any],
    ending: Mapping[str, Any],
    layout: Layout,
) -> list[Mapping[str, Any]]:
    """Return the values of each page; `total` are the rows below the last one.

    If there are several pages, each ends with its subtotal and begins with the sum carried forward.
    """
    fitted = [_fitted(row, columns, layout) for row in rows]
    taken = [rows_needed(one.values(), layout.row) for one in fitted]
    parts = pages_of(taken, first=layout.first - 1, others=layout.others - 2, ending=layout.ending + len(total))
    pages: list[dict[str, Any]] = []
    for part in parts:
        shown = fitted[part.start : part.stop]
        if pages:
            shown = [_fitted(sums.row(BROUGHT, 0, part.start), columns, layout), *shown]
        if len(parts) > 1:
            shown = [*shown, _fitted(sums.row(OF_PAGE, part.start, part.stop), columns, layout)]
        pages.append({**common, "rows": shown, "columns": columns, "page": len(pages) + 1, "first": not pages})
    pages[-1]["rows"] = [*pages[-1]["rows"], *(_fitted(row, columns, layout) for row in total)]
    pages[-1] |= {"last": True, **ending}
    return [{**page, "of": len(pages)} for page in pages]


def _fitted(row: Mapping[str, Any], columns: Sequence[Column], layout: Layout) -> dict[str, Any]:
    return dict(fit_cells(row, columns, height=layout.row, cell=layout.cell, size=layout.size))
