"""Hand-out sheet of electronic cards, with a column for signatures (U-10, practice U6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper

from .blank_words import name_of
from .card import chair_of
from .issue_sheet import ERASED, SIGNED
from .list_pages import divided

if TYPE_CHECKING:
    from documents.ecards.models import CardRequest

#: Columns of the sheet: name of the value, width (mm), alignment.
COLUMNS = (("number", 12, "n"), ("name", 68, ""), ("card", 44, "n"), ("day", 20, "n"), ("signature", 26, ""))


def build(requests: Sequence[CardRequest] | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; without cards, the values of an empty sheet to be filled in by hand."""
    organization = batch.organization
    rows: list[dict[str, Any]] = [
        {"number": number, "name": request.name_shown or ERASED, "card": grouped_number(request.number or "")}
        for number, request in enumerate(requests or (), 1)
    ] or SIGNED.empty
    common = {
        "organization": name_of(organization), "short": organization.short_name, "chair": chair_of(organization),
        "day": batch.today if requests else None,
    }  # fmt: skip
    return divided(rows, COLUMNS, common, {}, SIGNED)


def grouped_number(number: str) -> str:
    """Return the number in groups of four digits, as on the card."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


SHEET = Paper(
    code="card_sheet",
    title="Ведомость выдачи электронных билетов",
    build=build,
    stylesheet="issue_sheet",
    archived=True,
)
