"""The overview of electronic cards: counts by status, orders, consolidated orders, deliveries (U-8 to U-10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, needs, page_of

from .. import rules
from ..enums import BatchState, RequestState
from ..models import CardBatch, CardDelivery, CardOrder, CardRequest
from ..queries.counting import request_state_counts, status_counts
from .pages import own_organization

#: Maximum number of consolidated orders and of deliveries in the overview.
MAX_NAMED = 20


@require_GET
@needs(Permission.VIEW_MEMBERS)
def overview(request: ActorRequest) -> HttpResponse:
    """Show open work with electronic cards, and counts by status."""
    organization, actor = own_organization(request), request.actor
    orders = CardOrder.objects.visible_to(actor).select_related("organization")
    deliveries = CardDelivery.objects.visible_to(actor).select_related("giver", "receiver")
    may_order = actor.may(Permission.ORDER_CARDS, organization)
    cards = rules.cards_of(organization)
    context: dict[str, Any] = {
        "organization": organization,
        "producer": organization.charter.card_producer,
        "process_on": rules.processing_day(cards, timezone.now()),
        "may_order": may_order,
        "keeps": organization.keeps_cards,
        "page": page_of(request, orders.order_by("-pk")),
        "coming": deliveries.to_confirm(organization)[:MAX_NAMED] if may_order else [],
        "deliveries": deliveries.order_by("-pk")[:MAX_NAMED],
        "lying": CardRequest.objects.visible_to(actor).in_hand(organization).count() if may_order else 0,
        "today": organization.today,
    }
    if organization.keeps_cards:
        context["statuses"] = status_counts(organization, actor)
    else:
        context["states"] = request_state_counts(CardRequest.objects.visible_to(actor))
    if allowed(rules.check_consolidates, organization):
        context |= _collecting(organization, actor, may_order=may_order)
    return render(request, "documents/ecards/overview.html", context)


def _collecting(organization: Organization, actor: Actor, *, may_order: bool) -> dict[str, Any]:
    requests = CardRequest.objects.visible_to(actor)
    accepted = requests.filter(order__consolidator=organization, state=RequestState.CHECKED)
    return {
        "consolidates": True,
        "to_check": CardOrder.objects.visible_to(actor).to_check(organization).count() if may_order else 0,
        "accepted": accepted.count() if may_order else 0,
        "batches": CardBatch.objects.visible_to(actor).exclude(state=BatchState.DROPPED).order_by("-pk")[:MAX_NAMED],
        "unsent": CardBatch.objects.visible_to(actor).filter(organization=organization, state=BatchState.DRAFT).first(),
        "to_pack": requests.to_pack(organization).count() if may_order else 0,
    }
