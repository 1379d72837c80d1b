"""Bank statements and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.bank.enums import Band, LineState
from dues.bank.models import BankLine
from dues.bank.transitions import loading, posting
from dues.bank.transitions.settling import Share

from .base import KEPT, PLACE, Asked, Scene, Table


def _lines(fingerprint: str = "1") -> list[BankLine]:
    return [
        BankLine(
            position=1, fingerprint=fingerprint, account="40703810900000000017", incoming=True,
            made_on=timezone.localdate(), amount=Decimal(50), number="1", state=LineState.OPEN, band=Band.OPEN,
        )
    ]  # fmt: skip


def _line(s: Scene) -> BankLine:
    return BankLine.objects.get(pk=loading.load_statement(s.keeper.pk, _lines(), digest="1", by=s.chair).lines[0].pk)


def _shares(s: Scene) -> dict[str, Any]:
    return {"line_id": _line(s).pk, "shares": [Share(s.member.pk, Decimal(50))]}


def _posted(s: Scene) -> BankLine:
    line = _line(s)
    posting.post_line(line.pk, [Share(s.member.pk, Decimal(50))], by=s.chair)
    return line


TABLE: Table = {
    loading.load_statement: Asked(
        PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, "lines": _lines(), "digest": "1"}
    ),
    loading.match_again: Asked(PLACE, "Organization BankLine", lambda s: {"organization_id": _line(s).organization_id}),
    posting.post_line: Asked(KEPT, "Organization BankLine Member DuesAccount", _shares),
    posting.post_sure: Asked(
        PLACE,
        "Organization BankLine Member DuesAccount",
        lambda s: {"organization_id": _line(s).organization_id, "seen": (0, Decimal(0))},
    ),
    posting.mark_not_dues: Asked(
        KEPT, "Organization BankLine", lambda s: {"line_id": _line(s).pk, "reason": "Пожертвование"}
    ),
    posting.put_back: Asked(
        KEPT, "Organization BankLine Member DuesAccount", lambda s: {"line_id": _posted(s).pk, "reason": "Ошибка"}
    ),
}
