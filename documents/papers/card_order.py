"""Order of electronic cards to the superior organisation (U-8, practice U5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.ecards.enums import RequestReason
from documents.ecards.queries.submitted import OrderLine, order_lines, producer_of, submitted_at
from documents.printing.core import Batch, Paper
from documents.printing.russian import plastic_in_words
from documents.tickets.queries.printed import as_on

from .blank_words import name_of
from .card import chair_of
from .issue_sheet import ERASED, SIGNED
from .list_pages import divided

if TYPE_CHECKING:
    from documents.ecards.models import CardOrder
    from registry.organizations.models import Organization

#: Columns of the order: name of the value, width (mm), alignment.
COLUMNS = (("number", 14, "n"), ("name", 75, ""), ("reason", 46, ""), ("former", 35, "n"))
#: Reasons for a card, as printed.
REASONS: dict[str, str] = {
    RequestReason.FIRST: "первичный",
    RequestReason.NAME: "изменение данных",
    RequestReason.LOST: "утрата",
    RequestReason.STOLEN: "кража",
    RequestReason.DAMAGED: "повреждение",
}


def build(order: CardOrder | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; without an order, the values of an empty paper to be filled in by hand.

    A submitted order is printed as it was on its day, regardless of later changes of its members, their names and the
    passport of the organisation.
    """
    if order is None:
        own = batch.organization
        return _pages(own, [], {"number": "", "day": None, "draft": False, "producer": own.charter.card_producer})
    moment = submitted_at(order)
    facts = {
        "number": order.number, "day": order.submitted_on, "draft": moment is None,
        "producer": producer_of(order, moment),
    }  # fmt: skip
    return _pages(as_on(order.organization, moment), order_lines(order, moment), facts)


def _pages(organization: Organization, lines: Sequence[OrderLine], facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = [_row(number, line) for number, line in enumerate(lines, 1)] or SIGNED.empty
    common = {
        **facts,
        "organization": name_of(organization),
        "short": organization.short_name,
        "chair": chair_of(organization),
    }
    return divided(rows, COLUMNS, common, {"total": plastic_in_words(len(lines)) if lines else ""}, SIGNED)


def _row(number: int, line: OrderLine) -> dict[str, Any]:
    return {"number": number, "name": line.name or ERASED, "reason": REASONS[line.reason], "former": line.former}


ORDER = Paper(code="card_order", title="Заявка на выпуск электронных билетов", build=build, stylesheet="issue_sheet")
