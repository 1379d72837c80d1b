"""Next numbers of orders, batches and acts, and of cards from the federation's own range."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Max, QuerySet

from registry.organizations.models import Federation

from ..models import CardBatch, CardDelivery, CardOrder, CardRequest


def next_order_number(order: CardOrder, on: dt.date) -> int:
    """Return the next number of the organisation's orders in the year."""
    return _next(CardOrder.objects.filter(organization=order.organization_id, submitted_on__year=on.year))


def next_batch_number(batch: CardBatch, on: dt.date) -> int:
    """Return the next number of the organisation's consolidated orders in the year."""
    return _next(CardBatch.objects.filter(organization=batch.organization_id, sent_on__year=on.year))


def next_act_number(delivery: CardDelivery) -> int:
    """Return the next number of the giver's acts in the year."""
    return _next(CardDelivery.objects.filter(giver=delivery.giver_id, sent_on__year=delivery.sent_on.year))


def _next(found: QuerySet[Any]) -> int:
    return (found.aggregate(last=Max("number"))["last"] or 0) + 1


def next_serial(federation: Federation, first: int, last: int) -> int:
    """Return the next place in the federation's own range; the caller has locked the federation."""
    used = CardRequest.objects.filter(federation=federation, serial__range=(first, last))
    highest = used.aggregate(last=Max("serial"))["last"]
    return first if highest is None else highest + 1
