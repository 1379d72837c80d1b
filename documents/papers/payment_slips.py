"""Slips of a payment register, one for each member, so that nobody sees what others paid (V-D5).

The member signs the stub, which stays with the register, and gets the receipt with the collector's signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.declension import signed_name
from documents.printing.russian import kopecks_of, roubles_in_words
from dues.ledger.enums import Fee
from registry.enums import DataClass

from .payment_register import heading_of, lines_of

if TYPE_CHECKING:
    from dues.collecting.models import PaymentRegister

    from .payment_register import Line

#: Number of slips on a sheet, with lines to cut between them.
PER_SHEET = 4
#: Maximum number of slips in one PDF; a longer register is printed in parts.
MAX_SLIPS = 100
#: What is paid.
KINDS: dict[str, str] = {
    Fee.ENTRANCE: "вступительный взнос",
    Fee.ANNUAL: "членский взнос",
    Fee.PERCENT: "членский взнос",
    Fee.PROPERTY: "имущественный взнос",
    Fee.VOLUNTARY: "добровольный взнос",
}


def build(register: PaymentRegister | None, batch: Batch, part: int = 0) -> list[Mapping[str, Any]]:
    """Return the values of each sheet of a part, counted from 0; without a register the slips are filled in by hand."""
    heading = heading_of(register, batch)
    if register is None:
        return [{**heading, "slips": [{}] * PER_SHEET}]
    year = f" за {register.year} год" if register.year else ""
    paid_for = KINDS[register.fee] + (f" «{register.title}»" if register.title else year)
    slips = [_slip(line) for line in lines_of(register)[MAX_SLIPS * part : MAX_SLIPS * (part + 1)]]
    sheets = [slips[at : at + PER_SHEET] for at in range(0, len(slips), PER_SHEET)]
    common = {**heading, "paid_for": paid_for, "collector": signed_name(register.order.full_name)}
    return [{**common, "slips": sheet} for sheet in sheets]


def _slip(line: Line) -> dict[str, Any]:
    slip: dict[str, Any] = {"number": line.position, "name": line.name, "ticket": line.ticket, "day": line.paid_on}
    if line.amount is None:
        return slip
    return {
        **slip, "roubles": f"{int(line.amount)}", "kopecks": kopecks_of(line.amount),
        "in_words": roubles_in_words(line.amount),
    }  # fmt: skip


SLIPS = Paper(
    code="payment_slips",
    title="Квитанции к ведомости по уплате взносов",
    build=build,
    data_classes=frozenset({DataClass.MONEY}),
)
