"""Notice to a member that the processing of personal data has stopped (N-C1, practice N3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from documents.consents.contents import GROUNDS
from documents.consents.enums import ConsentPurpose
from documents.consents.queries import kept_of
from documents.printing.core import Batch, Paper, render
from documents.printing.declension import Case
from registry.days import day_text
from registry.enums import DataClass

from .card import addressee_of, chair_of, name_in

if TYPE_CHECKING:
    from documents.consents.models import Withdrawal

#: Names of the consents in the notice.
_WORDS: dict[str, str] = {
    ConsentPurpose.PROCESSING: "на обработку персональных данных",
    ConsentPurpose.TRANSFER: "на передачу персональных данных оператору бонусной программы и изготовителю билетов",
    ConsentPurpose.PUBLICATION: "на распространение персональных данных",
}
#: Clause that says what has stopped, by purpose.
_STOPPED: dict[str, str] = {
    ConsentPurpose.PROCESSING: "blocked",
    ConsentPurpose.TRANSFER: "transfer",
    ConsentPurpose.PUBLICATION: "publication",
}


def build(withdrawal: Withdrawal, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the notice."""
    member, keeper = withdrawal.member, withdrawal.organization
    operator = batch.operator(keeper)
    return [
        {
            "operator": operator.full_name or operator.short_name,
            "address": operator.legal_address or operator.postal_address,
            "addressee": name_in(member, Case.DATIVE),
            "lives_at": member.residence or member.address,
            "card": addressee_of(member, member.full_name, here=True),
            "keeper_name": keeper.short_name,
            "lines": _lines(withdrawal),
            "stops_processing": withdrawal.stops_processing,
            "kept": kept_of(member) if withdrawal.stops_processing else (),
            "chair": chair_of(keeper),
            "facts": {
                "дата заявления": day_text(withdrawal.received_on),
                "на что согласие": "; ".join(_WORDS[purpose] for purpose in withdrawal.purposes),
                "срок блокировки": day_text(withdrawal.stop_by),
                "дата уничтожения": day_text(withdrawal.destroyed_on),
                "срок уничтожения": day_text(withdrawal.destroy_by),
            },
            "signed_on": withdrawal.told_on,
        }
    ]


def _lines(withdrawal: Withdrawal) -> list[str]:
    """Return the clauses that say what has stopped; until the card is blocked, the day by which it will.

    A notice that was handed over is printed again as of that day, regardless of later changes.
    """
    told, blocked_at = withdrawal.told_on or dt.date.max, withdrawal.blocked_at
    stopped = [_STOPPED[purpose] for purpose in withdrawal.purposes]
    if blocked_at is None or timezone.localdate(blocked_at, withdrawal.organization.tz) > told:
        stopped = ["to_block" if clause == "blocked" else clause for clause in stopped]
    if withdrawal.destroyed_on is not None and withdrawal.destroyed_on <= told:
        return [*stopped, "destroyed"]
    return [*stopped, "to_destroy"] if withdrawal.stops_processing else stopped


def _specimens(batch: Batch) -> list[Mapping[str, Any]]:
    """Return a notice before the blocking of the card and one after the destruction, to preview their text."""
    operator = batch.operator(batch.organization)
    common = {
        "operator": operator.full_name or operator.short_name,
        "address": operator.legal_address or operator.postal_address,
        "stops_processing": True,
        "kept": [GROUNDS["minutes"]],
        "keeper_name": batch.organization.short_name,
        "chair": chair_of(batch.organization),
    }
    first = {"outline": "До блокирования", "lines": ["to_block", "transfer", "publication", "to_destroy"]}
    return [common | first, common | {"outline": "После уничтожения", "lines": ["blocked", "destroyed"]}]


def render_notice(withdrawal: Withdrawal, batch: Batch) -> bytes:
    """Return the PDF of the notice."""
    return render(NOTICE, build(withdrawal, batch), batch)


NOTICE = Paper(
    code="withdrawal_notice", title="Уведомление о прекращении обработки персональных данных", build=build,
    data_classes=frozenset({DataClass.GENERAL}), stylesheet="statement", specimens=_specimens,
)  # fmt: skip
