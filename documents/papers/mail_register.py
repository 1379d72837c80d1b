"""Register of registered mail: cards sent to other organisations, with tracking numbers (V-B12, practice D18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import letters_in_words
from members.movement.enums import TransferState
from registry.days import day_text

from .list_pages import paged

if TYPE_CHECKING:
    from members.movement.models import Transfer
    from registry.organizations.models import Organization

#: Columns of the register: name of the value, width (mm), alignment.
COLUMNS = (
    ("number", 10, "n"), ("sent_on", 21, "n"), ("name", 43, ""), ("destination", 42, ""), ("mail_number", 36, "n"),
    ("note", 18, ""),
)  # fmt: skip
#: Remark for each state of a transfer.
_NOTES = {TransferState.ARRIVED: "прибыла", TransferState.CANCELLED: "отменено"}


def build(
    place: Organization, transfers: Sequence[Transfer], first: dt.date, last: dt.date, batch: Batch
) -> list[Mapping[str, Any]]:
    """Return the values of each page for the transfers of the period, both days included."""
    rows = [
        {
            "number": number,
            "sent_on": day_text(one.started_on),
            "name": one.person_name,
            "destination": one.target.short_name if one.target is not None else one.reason,
            "mail_number": one.mail_number,
            "note": _note(one),
        }
        for number, one in enumerate(transfers, 1)
    ]
    period = f"с {day_text(first)} по {day_text(last)}"
    return paged(
        place,
        rows,
        COLUMNS,
        batch,
        head=f"Реестр заказной корреспонденции {period}: {place.short_name}",
        total=letters_in_words(len(rows)),
        period=period,
    )


def _note(one: Transfer) -> str:
    word = _NOTES.get(TransferState(one.state), "")
    return f"{word} {day_text(one.ended_on)}" if word and one.ended_on else word


REGISTER = Paper(
    code="mail_register", title="Реестр заказной корреспонденции", build=build, stylesheet="state_on_day", archived=True
)
