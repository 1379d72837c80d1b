"""Inventory of the card file: the cards of an organisation in their order, by cell and name (V-B6, practice D19)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.rules import CARD_FORM, printed_last
from documents.printing.russian import cards_in_words, grouped
from registry.days import day_text

from .list_pages import paged

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization

#: Columns of the inventory: name of the value, width (mm), alignment.
COLUMNS = (
    ("number", 12, "n"), ("name", 58, ""), ("birth_date", 22, "n"), ("ticket_number", 24, "n"), ("printed_on", 26, "n"),
    ("there", 28, ""),
)  # fmt: skip
#: Heading for members without a cell.
NO_CELL = "вне первичных ячеек"


def build(place: Organization, members: Sequence[Member], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; `members` are in the order of the card file."""
    return paged(
        place,
        list(_rows(members, printed_last(CARD_FORM, members), batch)),
        COLUMNS,
        batch,
        head=f"Опись картотеки на {day_text(batch.today)}: {place.short_name}",
        total=cards_in_words(len(members)),
    )


def _rows(members: Sequence[Member], printed: Mapping[int, dt.datetime], batch: Batch) -> Iterator[dict[str, Any]]:
    counts = Counter(member.cell_id for member in members)
    cell: int | None = -1
    for number, member in enumerate(members, 1):
        heading = ""
        if member.cell_id != cell:
            cell = member.cell_id
            name = member.cell.short_name if member.cell is not None else NO_CELL
            heading = f"{name}: {grouped(counts[cell])}" if len(counts) > 1 or member.cell is not None else ""
        on = printed.get(member.pk)
        yield {
            "heading": heading,
            "number": number,
            "name": member.full_name,
            "birth_date": day_text(member.birth_date),
            "ticket_number": member.ticket_number,
            "printed_on": day_text(batch.day_of(on)) if on else "",
        }


INVENTORY = Paper(code="card_file", title="Опись картотеки", build=build, stylesheet="state_on_day", archived=True)
