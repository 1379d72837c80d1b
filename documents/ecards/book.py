"""Changes of electronic cards when a member leaves, changes the organisation or returns (U-8, U-10, V-B10, V-B14).

The transitions of members call these functions; they have locked the member and check permissions and rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from registry import states
from registry.files import storage

from .enums import (
    HELD_CARDS,
    OPEN_ORDERS,
    OPEN_REQUESTS,
    UNSENT_REQUESTS,
    BlockReason,
    CardState,
    OrderState,
    RequestState,
)
from .models import CardOrder, CardRequest, ElectronicCard
from .rules import consolidator_of

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization
    from registry.transitions import Act


def end_cards(act: Act, member: Member) -> None:
    """Block the valid card of a member who left, and cancel the open request (U-10).

    A card that has arrived is still with an officer, who destroys it.
    """
    open_requests = CardRequest.objects.open().filter(member=member)
    for request in act.lock_many(open_requests) if open_requests.exists() else ():
        arrived = request.state == RequestState.ARRIVED
        to = RequestState.RETURNED if arrived else RequestState.CANCELLED
        states.check(request, to, "U-10")
        if request.state in UNSENT_REQUESTS:
            request.batch = None
        drop_photos([request])
        request.state = to
        act.save(request)
    cards = ElectronicCard.objects.active().filter(member=member)
    for card in act.lock_many(cards) if cards.exists() else ():
        block(act, card, BlockReason.LEFT)


def cancel_unsent(act: Act, member: Member) -> None:
    """Cancel the request that was not sent to the producer, because the card is blocked (N-C1)."""
    unsent = CardRequest.objects.filter(member=member, state__in=UNSENT_REQUESTS)
    for request in act.lock_many(unsent) if unsent.exists() else ():
        states.check(request, RequestState.CANCELLED, "N-C1")
        request.state, request.batch = RequestState.CANCELLED, None
        act.save(request)


def restore_cards(act: Act, member: Member) -> None:
    """Unblock the card that the end of the membership has blocked, when that end is cancelled (U-10)."""
    last = ElectronicCard.objects.filter(member=member).order_by("-pk").first()
    if last is not None and last.state == CardState.BLOCKED and last.block_reason == BlockReason.LEFT:
        last = act.lock(ElectronicCard, last.pk)
        states.check(last, CardState.ACTIVE, "U-10")
        last.state, last.blocked_on, last.block_reason = CardState.ACTIVE, None, ""
        act.save(last)


def move_requests(act: Act, member: Member, keeper: Organization) -> None:
    """Move the member's open requests and card to the organisation that now keeps the member's card (U-8, U-10).

    Requests that were not sent to the producer are added to the order of the new organisation; cards that are made are
    delivered to it. A card in use, or blocked, is blocked and destroyed by the new organisation from now on.
    """
    held = Q(card__state__in=HELD_CARDS)
    requests = CardRequest.objects.filter(Q(state__in=OPEN_REQUESTS) | held, member=member)
    requests = requests.exclude(organization=keeper)
    if not requests.exists():
        return
    order = draft_order(act, keeper) if requests.filter(state__in=UNSENT_REQUESTS).exists() else None
    for request in act.lock_many(requests):
        request.organization = keeper
        if order is not None and request.state in UNSENT_REQUESTS:
            request.order, request.batch, request.state = order, None, RequestState.DRAFT
        act.save(request)


def draft_order(act: Act, organization: Organization) -> CardOrder:
    """Return the organisation's draft order, locked; create one if there is none.

    The caller has locked the organisation.
    """
    drafts = CardOrder.objects.filter(organization=organization, state=OrderState.DRAFT)
    found = next(iter(act.lock_many(drafts)), None)
    if found is None:
        found = CardOrder(
            organization=organization, consolidator=consolidator_of(organization), state=OrderState.DRAFT,
            made_by=act.by.account,
        )  # fmt: skip
        act.save(found)
    return found


def block(act: Act, card: ElectronicCard, reason: str) -> None:
    """Block the locked card as of today."""
    states.check(card, CardState.BLOCKED, "U-10")
    card.state, card.blocked_on, card.block_reason = CardState.BLOCKED, act.today, reason
    act.save(card)


def reassign_cards(act: Act, ended: Organization, successor: Organization) -> None:
    """Move requests and cards of an organisation that ends to its successor (N-H3)."""
    found = CardRequest.objects.filter(organization=ended)
    requests = act.lock_many(found) if found.exists() else []
    for request in requests:
        request.organization = successor
        request.place = successor if request.place_id == ended.pk else request.place
    act.update_many(CardRequest, requests, ["organization", "place"])


def redirect_orders(act: Act, former: Organization, consolidator: Organization, places: Collection[int]) -> None:
    """Direct the orders of organisations that changed the region to the new one, with what it accepted (U-8).

    `places` are the ids of the organisations. What was sent to the producer stays with the former region, which
    delivers it.
    """
    if former == consolidator:
        return
    unsent = CardRequest.objects.unsent().filter(order=OuterRef("pk"))
    waiting = Q(state__in=OPEN_ORDERS) | Exists(unsent)
    orders = act.lock_many(CardOrder.objects.filter(waiting, organization__in=places, consolidator=former))
    for order in orders:
        order.consolidator = consolidator
    act.update_many(CardOrder, orders, ["consolidator"])
    # All unsent requests are locked, because another officer may be adding them to an order.
    waiting_requests = act.lock_many(CardRequest.objects.unsent().filter(order__in=orders))
    requests = [request for request in waiting_requests if request.state == RequestState.ORDERED]
    for request in requests:
        states.check(request, RequestState.CHECKED, "U-8")
        request.state, request.batch = RequestState.CHECKED, None
    act.update_many(CardRequest, requests, ["state", "batch"])


def drop_photos(requests: Iterable[CardRequest]) -> None:
    """Delete the copies of photographs, which are no longer needed; the caller saves the requests."""
    storage.delete_files([request.photo_id for request in requests if request.photo_id is not None])
    for request in requests:
        request.photo = None
