"""The status of a member's card as an expression, for lists, counts and orders of members (U-8 to U-10)."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from .enums import (
    FAILED_REQUESTS,
    PRODUCTION_REQUESTS,
    UNSENT_REQUESTS,
    VOID_CARDS,
    CardState,
    CardStatus,
    RequestState,
)
from .models import CardRequest, ElectronicCard


def status_expression() -> Any:
    """Return the `CardStatus` expression for members: from the open request, else the card, else a failed request."""
    open_request = Subquery(
        CardRequest.objects.open().filter(member=OuterRef("pk")).annotate(status=_request_status()).values("status")[:1]
    )
    held = ElectronicCard.objects.filter(member=OuterRef("pk")).exclude(state__in=VOID_CARDS)
    last_card = Subquery(held.annotate(status=_card_status()).order_by("-pk").values("status")[:1])
    failed = CardRequest.objects.filter(member=OuterRef("pk"), state__in=FAILED_REQUESTS)
    last_failed = Subquery(failed.annotate(status=Value(CardStatus.REFUSED.value)).values("status")[:1])
    return Coalesce(open_request, last_card, last_failed, Value(CardStatus.NONE.value), output_field=CharField())


def _request_status() -> Case:
    return Case(
        When(state__in=UNSENT_REQUESTS, then=Value(CardStatus.ORDERED.value)),
        When(state__in=PRODUCTION_REQUESTS, then=Value(CardStatus.PRODUCTION.value)),
        When(state=RequestState.ARRIVED, place=F("organization"), then=Value(CardStatus.HERE.value)),
        default=Value(CardStatus.ABOVE.value),
        output_field=CharField(),
    )


def _card_status() -> Case:
    return Case(
        When(state=CardState.ACTIVE, then=Value(CardStatus.ISSUED.value)),
        default=Value(CardStatus.BLOCKED.value),
        output_field=CharField(),
    )
