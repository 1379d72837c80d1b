"""Act of handing electronic cards over to a subordinate or superior organisation, which confirms each (U-10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.ecards.enums import DeliveryState
from documents.printing.core import Batch, Paper
from documents.printing.russian import plastic_in_words

from .blank_words import name_of
from .card import chair_of
from .card_sheet import grouped_number
from .issue_sheet import ERASED, SIGNED
from .list_pages import divided

if TYPE_CHECKING:
    from documents.ecards.models import CardDelivery, CardDeliveryLine

#: Columns of the act: value, width (mm), whether it is centred.
COLUMNS = (("number", 12, "n"), ("name", 84, ""), ("card", 44, "n"), ("arrived", 30, "n"))
#: Both sides sign below the rows.
LAYOUT = SIGNED._replace(first=16, ending=10)


def build(delivery: CardDelivery | None, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; without an act, the values of an empty paper to be filled in by hand."""
    giver = delivery.giver if delivery is not None and delivery.giver is not None else batch.organization
    lines = list(delivery.lines.select_related("request__member").order_by("position")) if delivery is not None else []
    rows = [_row(line) for line in lines] or LAYOUT.empty
    common: dict[str, Any] = {"organization": name_of(giver), "short": giver.short_name, "chair": chair_of(giver)}
    ending: dict[str, Any] = {}
    if delivery is not None:
        receiver = delivery.receiver
        common |= {
            "receiver": name_of(receiver), "receiver_chair": chair_of(receiver),
            "number": delivery.number, "day": delivery.sent_on,
        }  # fmt: skip
        ending["total"] = plastic_in_words(len(lines))
        if delivery.state == DeliveryState.RECEIVED:
            found = sum(bool(line.arrived) for line in lines)
            ending |= {
                "confirmed_on": delivery.received_on,
                "accepted": plastic_in_words(found) if found else "нет",
                "missing": plastic_in_words(len(lines) - found) if found < len(lines) else "",
            }
    return divided(rows, COLUMNS, common, ending, LAYOUT)


def _row(line: CardDeliveryLine) -> dict[str, Any]:
    return {
        "number": line.position,
        "name": line.request.name_shown or ERASED,
        "card": grouped_number(line.request.number or ""),
        "arrived": {True: "получена", False: "не получена", None: ""}[line.arrived],
    }


ACT = Paper(
    code="card_act",
    title="Акт приёма-передачи электронных билетов",
    build=build,
    stylesheet="issue_sheet",
    archived=True,
)
