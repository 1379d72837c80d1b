"""Order of electronic cards to the superior organisation (U-8, practice U5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.ecards.enums import OrderState, RequestReason, RequestState
from documents.printing.core import Batch, Paper
from documents.printing.russian import plastic_in_words
from registry.access import usable

from .blank_words import name_of
from .card import chair_of
from .issue_sheet import ERASED, SIGNED
from .list_pages import divided

if TYPE_CHECKING:
    from documents.ecards.models import CardOrder, CardRequest

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
    """Return the values of each page; without an order, the values of an empty paper to be filled in by hand."""
    organization = order.organization if order is not None else batch.organization
    requests = _requests(order) if order is not None else []
    rows = [_row(number, request) for number, request in enumerate(requests, 1)]
    rows = rows or SIGNED.empty
    common = {
        "organization": name_of(organization), "short": organization.short_name, "chair": chair_of(organization),
        "number": order.number if order is not None else "", "day": order.submitted_on if order is not None else None,
        "draft": order is not None and order.number is None, "producer": organization.charter.card_producer,
    }  # fmt: skip
    return divided(rows, COLUMNS, common, {"total": plastic_in_words(len(requests)) if requests else ""}, SIGNED)


def _requests(order: CardOrder) -> list[CardRequest]:
    """Return the requests by name. A submitted order includes blocked members, a draft does not (N-C1)."""
    found = order.requests.exclude(state=RequestState.CANCELLED).select_related("member", "replaces")
    if order.state == OrderState.DRAFT:
        found = found.filter(usable("member__"))
    return sorted(found, key=lambda request: (request.member.sort_key if request.member else "", request.pk))


def _row(number: int, request: CardRequest) -> dict[str, Any]:
    former = request.replaces.number if request.replaces is not None else None
    return {
        "number": number,
        "name": request.name_shown or ERASED,
        "reason": REASONS[request.reason],
        "former": former or "",
    }


ORDER = Paper(code="card_order", title="Заявка на выпуск электронных билетов", build=build, stylesheet="issue_sheet")
