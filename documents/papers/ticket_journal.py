"""Registration journal of tickets: the receiver of each ticket and its state today (V-C3, practice D9).

Marks of a period are those recorded until its end, so that a closed period is always printed the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.tickets.enums import PaperKind, Place
from documents.tickets.queries.printed import JournalLine, as_on, bounds, journal_of
from registry.days import day_text

from .blank_words import NUMBER_OF, ROWS, kind_genitive, name_of, pages_in
from .card import chair_of
from .issue_sheet import ERASED, first_or_duplicate

if TYPE_CHECKING:
    from documents.tickets.models import BlankPaper
    from registry.organizations.models import Organization

#: Columns of the journal: name of the value, width (mm), alignment.
COLUMNS = (
    ("number", 10, "n"), ("ticket", 22, "n"), ("name", 46, ""), ("joined", 18, "n"), ("ground", 29, ""),
    ("kind", 30, ""), ("issued", 18, "n"), ("sheet", 21, ""), ("mark", 36, ""), ("note", 27, ""),
)  # fmt: skip
_MARKS = {
    Place.RETURNED: "сдан",
    Place.ISSUED: "возвращён владельцу",
    Place.LOST: "утрачен",
    Place.CANCELLED: "погашен",
    Place.DESTROYED: "уничтожен",
}


def build(
    organization: Organization, kind: str, first: dt.date, last: dt.date, batch: Batch
) -> list[Mapping[str, Any]]:
    """Return the values of each page of the journal for the period, both days included."""
    found = journal_of(organization, kind, first, last)
    rows: list[dict[str, Any]] = [_row(position, one) for position, one in enumerate(found, 1)] or [{}] * ROWS
    named = as_on(organization, bounds(organization, first, last)[1])
    common = {
        "organization": name_of(named),
        "head": f"Журнал регистрации {kind_genitive(kind)}: {named.short_name}, {day_text(first)} – {day_text(last)}",
        "title_lines": ("ЖУРНАЛ РЕГИСТРАЦИИ", kind_genitive(kind)),
        "ends": "",
        "whose": NUMBER_OF[kind],
        "chair": chair_of(named),
        "first": first,
        "last": last,
    }
    return pages_in(rows, COLUMNS, common, last="В настоящем журнале")


def _row(position: int, one: JournalLine) -> dict[str, Any]:
    line, paper = one.line, one.line.paper
    sheet = f"№ {paper.number} от {day_text(paper.made_on)}"
    opening = paper.kind == PaperKind.OPENING
    return {
        "number": position,
        "ticket": line.blank.number_text if line.blank is not None else "",
        "name": line.full_name or ERASED,
        "joined": day_text(line.joined_on),
        "ground": line.ground,
        "kind": "" if opening else first_or_duplicate(line),
        "issued": "" if opening else day_text(paper.made_on),
        "sheet": "" if opening else sheet,
        "mark": "; ".join(_mark(place, by) for place, by in one.moves if place in _MARKS),
        "note": f"выдан ранее, принят актом {sheet}" if opening else "",
    }


def _mark(place: str, paper: BlankPaper) -> str:
    """Return «погашен: акт № 3 от 01.02.2026»; a ticket replaced by a duplicate is void by the sheet."""
    by = "ведомость" if paper.kind == PaperKind.ISSUE else "акт"
    return f"{_MARKS[Place(place)]}: {by} № {paper.number} от {day_text(paper.made_on)}"


JOURNAL = Paper(
    code="ticket_journal", title="Журнал регистрации членских билетов", build=build, stylesheet="blank_book",
    archived=True,
)  # fmt: skip
