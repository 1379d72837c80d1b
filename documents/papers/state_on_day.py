"""List of the members of an organisation and everything below it on a past day (V-B7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, render_long
from documents.printing.fitting import Column
from documents.printing.russian import people_in_words
from members.book.queries.on_day import stands_in
from registry.days import day_text

from .list_pages import LIST, PAGES, paged

if TYPE_CHECKING:
    from members.book.models import BookLine
    from registry.organizations.models import Organization


#: One signature below the rows.
LAYOUT = LIST._replace(ending=4)
#: Columns of the list without the units of its members, and with them: name of the value, width (mm), alignment.
COLUMNS: tuple[Column, ...] = (
    ("number", 12, "n"), ("name", 90, ""), ("ticket_number", 26, "n"), ("entered_on", 21, "n"), ("left_on", 21, "n"),
)  # fmt: skip
COLUMNS_WITH_UNITS: tuple[Column, ...] = (
    ("number", 12, "n"), ("name", 56, ""), ("unit", 38, ""), ("ticket_number", 22, "n"), ("entered_on", 21, "n"),
    ("left_on", 21, "n"),
)  # fmt: skip


def build(
    place: Organization, day: dt.date, lines: Sequence[BookLine], *, units: bool, batch: Batch
) -> list[Mapping[str, Any]]:
    """Return the values of each page; `units` adds a column with each member's unit."""
    return paged(
        place,
        [_row(position, line, place, units) for position, line in enumerate(lines)],
        COLUMNS_WITH_UNITS if units else COLUMNS,
        batch,
        head=f"Состоящие на учёте на {day_text(day)}: {place.short_name}",
        total=people_in_words(len(lines)),
        layout=LAYOUT,
        whose=batch.charter.wording["of_members"],
        day=day_text(day),
        units=units,
    )


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
