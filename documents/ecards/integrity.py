"""Invariants of electronic cards (U-8 to U-10)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q

from members.people.enums import PRESENT_MEMBERS
from registry.integrity import invariant
from registry.sizes import CHUNK

from .enums import BATCHED_REQUESTS, BatchState, CardState, RequestState
from .models import CardBatch, CardDeliveryLine, CardRequest, ElectronicCard
from .queries.manifest import frozen_requests, manifest_of
from .rules import manifest_digest


@invariant("A sent order of electronic cards is unchanged")
def batches_are_unchanged() -> Iterable[str]:
    sent = CardBatch.objects.filter(state=BatchState.SENT).select_related("organization")
    for batch in sent.order_by("pk").iterator(CHUNK):
        requests = frozen_requests(batch)
        # Destroying a member's card also deletes the name, so such a batch cannot be compared.
        whole = all(request.member_id for request in requests)
        if whole and manifest_digest(manifest_of(batch, requests)) != batch.digest:
            yield f"batch {batch.pk}: the manifest differs from the sent one"


@invariant("A valid electronic card belongs to a present member")
def valid_cards_have_an_owner() -> Iterable[str]:
    active = ElectronicCard.objects.active().select_related("request", "member")
    gone = active.filter(Q(member=None) | ~Q(member__state__in=PRESENT_MEMBERS))
    yield from (f"card {card.pk}: it belongs to no registered member" for card in gone.order_by("pk"))
    foreign = active.exclude(member=F("request__member"))
    yield from (f"card {card.pk}: it belongs to another member than its request" for card in foreign.order_by("pk"))


@invariant("Requests agree with their members, cards and orders")
def requests_agree_with_cards() -> Iterable[str]:
    card = ElectronicCard.objects.filter(request=OuterRef("pk"))
    handed_out = CardRequest.objects.filter(state=RequestState.HANDED_OUT, member__isnull=False)
    yield from (f"request {one.pk}: handed out without a card" for one in handed_out.filter(~Exists(card)))
    early = CardRequest.objects.exclude(state=RequestState.HANDED_OUT).filter(Exists(card))
    yield from (f"request {one.pk}: has a card and is {one.state}" for one in early)
    blocked = CardRequest.objects.unsent().filter(member__blocked_on__isnull=False)
    yield from (f"request {one.pk}: in an order although the member's card is blocked" for one in blocked)
    sent = [state for state in BATCHED_REQUESTS if state != RequestState.ORDERED]
    unsent = CardRequest.objects.filter(state__in=sent).exclude(batch__state=BatchState.SENT)
    yield from (f"request {one.pk}: {one.state} in an order that was not sent" for one in unsent)


@invariant("A card in transit is still recorded at its giver")
def deliveries_agree_with_requests() -> Iterable[str]:
    on_the_way = CardDeliveryLine.objects.filter(arrived__isnull=True).select_related("delivery", "request")
    for line in on_the_way.order_by("pk").iterator(CHUNK):
        if line.request.place_id != line.delivery.giver_id:
            yield f"request {line.request_id}: in transit by delivery {line.delivery_id}, but it is recorded elsewhere"


@invariant("Blocked and destroyed electronic cards have a date")
def states_have_their_days() -> Iterable[str]:
    blocked = ElectronicCard.objects.filter(state=CardState.BLOCKED, blocked_on=None)
    yield from (f"card {card.pk}: blocked without a day" for card in blocked)
    destroyed = ElectronicCard.objects.filter(state=CardState.DESTROYED, destroyed_on=None)
    yield from (f"card {card.pk}: destroyed without a day" for card in destroyed)
