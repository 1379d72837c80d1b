"""Blanks that are written off, returned, counted and destroyed (V-C1, V-B15)."""

from __future__ import annotations

from typing import Any

from documents.tickets.enums import PaperKind
from documents.tickets.models import Blank
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions import stock, writing_off

from .base import PLACE, SOCIETY, TODAY, Asked, Scene, Table

PEOPLE = ["председатель Громов Г. Г.", "член Швец Ш. Ш."]


def _received(s: Scene, last: int = 10) -> dict[str, Any]:
    stock.receive_blanks(
        s.keeper.pk, kind="ticket", numbers=[NumberRange("Ж", 1, last, 6)], number="7", made_on=TODAY(),
        source="Типография", by=s.chair,
    )  # fmt: skip
    return {"organization_id": s.keeper.pk, "made_on": TODAY()}


def _spoiling() -> dict[str, Any]:
    return {"kind": "ticket", "paper_kind": PaperKind.SPOILED, "numbers": [NumberRange("Ж", 1, 2, 6)], "note": "залиты"}


def _spoiled(s: Scene) -> dict[str, Any]:
    given = _received(s)
    writing_off.write_off_blanks(**given, **_spoiling(), by=s.chair)
    return {**given, "blanks": list(Blank.objects.filter(organization=s.keeper).values_list("pk", flat=True))}


TABLE: Table = {
    writing_off.write_off_blanks: Asked(PLACE, "BlankStock", lambda s: {**_received(s), **_spoiling()}, SOCIETY),
    writing_off.move_issued: Asked(
        PLACE,
        "BlankStock Blank",
        lambda s: {**_spoiled(s), "paper_kind": PaperKind.CANCELLATION, "note": "порча"},
        SOCIETY,
    ),
    writing_off.take_stock: Asked(
        PLACE,
        "BlankStock",
        lambda s: {
            **_received(s),
            "kind": "ticket",
            "counted": [NumberRange("Ж", 1, 10, 6)],
            "note": "",
            "signed_by": PEOPLE,
        },
        SOCIETY,
    ),
    writing_off.destroy_blanks: Asked(
        PLACE,
        "BlankStock Blank",
        lambda s: {**_spoiled(s), "kind": "ticket", "way": "сожжены", "signed_by": PEOPLE},
        SOCIETY,
    ),
}
