"""List of members on a past day, of an organisation with everything below it (V-B7).

Pages are divided here and not by the layout engine, so that a list of any length can be printed in parts with
continuous page numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, render_long
from documents.printing.fitting import rows_taken
from documents.printing.russian import people_in_words
from members.book.queries.on_day import stands_in
from registry.days import day_text

from .card import chair_of

if TYPE_CHECKING:
    from members.book.models import BookLine
    from registry.organizations.models import Organization


#: Number of rows on the first page, below the title, on other pages, and the rows taken by count and signature.
FIRST, ROWS, ENDING = 26, 30, 4
#: Height of a row and of its cells in mm, size of their letters in points.
ROW, CELL, SIZE = 7.8, 6.6, 10.0
#: Widths (mm) of the cells that may need more than one row, without the column of units and with it.
WIDTHS = {"name": 88, "ticket_number": 24}
WIDTHS_WITH_UNITS = {"name": 54, "unit": 36, "ticket_number": 20}
#: Number of pages in one run of the layout engine.
PAGES = 20


def build(
    place: Organization, day: dt.date, lines: Sequence[BookLine], *, units: bool, batch: Batch
) -> list[Mapping[str, Any]]:
    """Return the values of each page; `units` adds a column with each member's unit."""
    widths = WIDTHS_WITH_UNITS if units else WIDTHS
    common = {
        "place": place.full_name or place.short_name,
        "head": f"Состоящие на учёте на {day_text(day)}: {place.short_name}",
        "whose": batch.charter.wording["of_members"],
        "day": day_text(day),
        "units": units,
        "width": widths,
    }
    rows = [_row(position, line, place, units) for position, line in enumerate(lines)]
    taken = [
        rows_taken(((row[name], width) for name, width in widths.items()), height=CELL, size=SIZE, row=ROW)
        for row in rows
    ]
    pages: list[dict[str, Any]] = []
    for part in _parts(taken):
        pages.append({**common, "rows": rows[part.start : part.stop], "page": len(pages) + 1, "first": not pages})
    pages[-1] |= {
        "last": True,
        "total": people_in_words(len(lines)),
        "made": day_text(batch.today),
        "chair": chair_of(place),
    }
    return [{**page, "of": len(pages)} for page in pages]


def _parts(taken: Sequence[int]) -> list[range]:
    """Return the positions of the lines by page; the last page has room for the ending after at least one line.

    `taken` are the rows that each line takes.
    """
    parts: list[range] = []
    at, count = 0, len(taken)
    while not parts or at < count:
        room = ROWS if parts else FIRST
        upto = count if sum(taken[at:]) <= room - ENDING else min(_filling(taken, at, room), count - 1)
        parts.append(range(at, upto))
        at = upto
    return parts


def _filling(taken: Sequence[int], at: int, room: int) -> int:
    """Return the position after the last line from `at` on that the rows of the page have room for."""
    while at < len(taken) and taken[at] <= room:
        room -= taken[at]
        at += 1
    return at


def _row(position: int, line: BookLine, place: Organization, units: bool) -> dict[str, Any]:
    return {
        "number": position + 1,
        "name": line.full_name,
        "unit": stands_in(line, place) if units else "",
        "ticket_number": line.ticket_number,
        "entered_on": day_text(line.entered_on),
        "left_on": day_text(line.left_on),
    }


def render_state(pages: Sequence[Mapping[str, Any]], batch: Batch) -> bytes:
    """Return the whole list as one PDF."""
    return render_long(STATE, pages, PAGES, batch)


STATE = Paper(code="state_on_day", title="Список состоящих на учёте на день", build=build)
