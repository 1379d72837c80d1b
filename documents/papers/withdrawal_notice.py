"""Notice to a member that the processing of personal data has stopped (N-C1, practice N3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.consents.enums import ConsentPurpose
from documents.consents.queries import kept_of
from documents.printing.core import Batch, Paper, render
from documents.printing.declension import Case
from registry.days import day_text
from registry.enums import DataClass

from .card import chair_of, name_in

if TYPE_CHECKING:
    from documents.consents.models import Withdrawal

#: Names of the consents in the notice.
_WORDS: dict[str, str] = {
    ConsentPurpose.PROCESSING: "на обработку персональных данных",
    ConsentPurpose.TRANSFER: "на передачу персональных данных оператору бонусной программы и изготовителю билетов",
    ConsentPurpose.PUBLICATION: "на распространение персональных данных",
}
#: Processing that has stopped, by purpose.
_STOPPED: dict[str, str] = {
    ConsentPurpose.PROCESSING: (
        "обработка персональных данных прекращена, учётная карточка заблокирована: она только хранится и не входит в "
        "списки, выгрузки и печать"
    ),
    ConsentPurpose.TRANSFER: "передача персональных данных прекращена",
    ConsentPurpose.PUBLICATION: "распространение персональных данных прекращено",
}
#: Processing that stops when the card is blocked.
_STOPS = (
    "обработка персональных данных прекращается: учётная карточка будет заблокирована не позднее {day}, после этого "
    "она только хранится и не входит в списки, выгрузки и печать"
)


def build(withdrawal: Withdrawal, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of the notice."""
    member, keeper = withdrawal.member, withdrawal.organization
    operator = batch.operator(keeper)
    return [
        {
            "operator": operator.full_name or operator.short_name,
            "address": operator.legal_address or operator.postal_address,
            "whom": name_in(member, Case.DATIVE),
            "lives_at": member.residence or member.address,
            "received_on": withdrawal.received_on,
            "consents": [_WORDS[purpose] for purpose in withdrawal.purposes],
            "stopped": [_stopped(withdrawal, purpose) for purpose in withdrawal.purposes],
            "kept": kept_of(member) if withdrawal.stops_processing else (),
            "destroyed_on": withdrawal.destroyed_on,
            "destroy_by": withdrawal.destroy_by if withdrawal.stops_processing else None,
            "chair": chair_of(keeper),
        }
    ]


def _stopped(withdrawal: Withdrawal, purpose: str) -> str:
    """Return what has stopped; until the card is blocked, by which day it will be."""
    if purpose == ConsentPurpose.PROCESSING and withdrawal.blocked_at is None:
        return _STOPS.format(day=day_text(withdrawal.stop_by))
    return _STOPPED[purpose]


def render_notice(withdrawal: Withdrawal, batch: Batch) -> bytes:
    """Return the PDF of the notice."""
    return render(NOTICE, build(withdrawal, batch), batch)


NOTICE = Paper(
    code="withdrawal_notice", title="Уведомление о прекращении обработки персональных данных", build=build,
    data_classes=frozenset({DataClass.GENERAL}), stylesheet="statement",
)  # fmt: skip
