"""Hand-out sheet of electronic cards: who has received one, with signature (U-10, practice U6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.fitting import pages_of, rows_taken

from .blank_words import name_of
from .card import chair_of
from .issue_sheet import CELL, ENDING, ERASED, FIRST, ROW, ROWS, SIZE

if TYPE_CHECKING:
    from documents.ecards.models import CardRequest

#: Widths of the cells (mm).
WIDTHS = {"name": 66, "card": 42}


def build(requests: Sequence[CardRequest] | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; without cards the sheet is filled by hand."""
    organization = batch.organization
    rows: list[dict[str, Any]] = [
        {"number": number, "name": request.name_shown or ERASED, "card": grouped_number(request.number or "")}
        for number, request in enumerate(requests or (), 1)
    ] or [{"number": number} for number in range(1, FIRST - ENDING + 1)]
    taken = [
        rows_taken(((str(row.get(name, "")), width) for name, width in WIDTHS.items()), height=CELL, size=SIZE, row=ROW)
        for row in rows
    ]
    common = {
        "organization": name_of(organization), "short": organization.short_name, "chair": chair_of(organization),
        "day": batch.today if requests else None, "widths": WIDTHS,
    }  # fmt: skip
    pages: list[dict[str, Any]] = []
    for part in pages_of(taken, first=FIRST, others=ROWS, ending=ENDING):
        pages.append({**common, "rows": rows[part.start : part.stop], "page": len(pages) + 1, "first": not pages})
    pages[-1]["last"] = True
    return [{**page, "of": len(pages)} for page in pages]


def grouped_number(number: str) -> str:
    """Return the number in groups of four, as it stands on the card."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


SHEET = Paper(
    code="card_sheet",
    title="Ведомость выдачи электронных билетов",
    build=build,
    stylesheet="issue_sheet",
    archived=True,
)
