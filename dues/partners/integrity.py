"""Invariants of bank payments between organisations (V-D7, N-D1)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q

from dues.bank.enums import LineState
from dues.distribution.enums import RemittanceState
from dues.distribution.models import Remittance
from registry.integrity import invariant


@invariant("The bank payments of money passed on have its sum, and are in the books of the sender and the receiver")
def payments() -> Iterable[str]:
    sent = Q(
        sent_line__amount=F("amount"),
        sent_line__organization=F("organization"),
        sent_line__incoming=False,
        sent_line__state=LineState.OTHER,
    ) & ~Q(state=RemittanceState.TAKEN_BACK)
    came = Q(
        received_line__amount=F("amount"),
        received_line__organization=F("receiver"),
        received_line__incoming=True,
        received_line__state=LineState.OTHER,
        state=RemittanceState.RECEIVED,
    )
    right = Remittance.objects.filter(Q(sent_line=None) | sent, Q(received_line=None) | came)
    wrong = Remittance.objects.exclude(pk__in=right.values("pk")).order_by("pk")
    yield from (f"remittance {pk} does not agree with its bank payments" for pk in wrong.values_list("pk", flat=True))
