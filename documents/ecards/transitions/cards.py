"""Transitions of cards: handing out, blocking, destroying (U-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Max

from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..book import block, drop_photos
from ..enums import VOID_CARDS, CardState, RequestState
from ..models import CardDeliveryLine, CardRequest, ElectronicCard


def hand_out(organization_id: int, *, requests: Collection[int], on: dt.date, by: Actor) -> int:
    """Record that the members have received their cards, status «ВЫДАН»; return the number of cards (U-10).

    The member's former card becomes «replaced» in the same transaction. Raises `Blocked` (U-10) with the cards that are
    not here or whose member is not registered here; then none is handed out.
    """
    with change(by=by, rule="U-10", event="cards.handed_out") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.ORDER_CARDS, organization)
        ids = list(dict.fromkeys(requests))[: rules.MAX_CARDS + 1]
        visible = CardRequest.objects.visible_to(by).filter(pk__in=ids)
        people = act.lock_many(Member.objects.filter(pk__in=visible.values("member")))
        members = {member.pk: member for member in people}
        found = act.lock_many(visible)
        lines = CardDeliveryLine.objects.filter(request__in=found, arrived=True)
        rules.check_hand_out_day(on, act.today, lines.aggregate(last=Max("delivery__received_on"))["last"])
        rules.check_can_hand_out(found, organization, members, wanted=len(set(requests)))
        lying = set(CardRequest.objects.to_hand_out(organization).filter(pk__in=ids).values_list("pk", flat=True))
        rules.check_none_on_the_way([one for one in found if one.pk not in lying])
        _replace_former(act, members)
        drop_photos(found)
        for request in found:
            request.state, request.place = RequestState.HANDED_OUT, None
        act.update_many(CardRequest, found, ["state", "place", "photo"])
        cards = [
            ElectronicCard(
                request=request, member=members[request.member_id], state=CardState.ACTIVE, handed_out_on=on,
                handed_out_by=by.account,
            )
            for request in found
            if request.member_id is not None
        ]  # fmt: skip
        act.create_many(ElectronicCard, cards)
        act.about(None, organization=organization, cards=len(cards))
    return len(cards)


def _replace_former(act: Act, members: Collection[int]) -> None:
    former = ElectronicCard.objects.filter(member__in=members).exclude(state__in=VOID_CARDS)
    cards = act.lock_many(former)
    for card in cards:
        states.check(card, CardState.REPLACED, "U-10")
        card.state = CardState.REPLACED
    act.update_many(ElectronicCard, cards, ["state"])


def give_back(request_id: int, *, note: str, by: Actor) -> CardRequest:
    """Record that an arrived card is not handed out, for example because it is damaged or has a mistake (U-10)."""
    with change(by=by, rule="U-10", event="cards.not_handed_out") as act:
        request = act.lock(CardRequest.objects.visible_to(by), request_id)
        act.require(Permission.ORDER_CARDS, request.place or request.organization)
        rules.check_has_reason(note)
        states.check(request, RequestState.RETURNED, "U-10")
        rules.check_not_on_the_way(request)
        drop_photos([request])
        request.state, request.note = RequestState.RETURNED, note.strip()
        act.save(request)
        act.about(request, organization=request.organization)
    return request


def block_card(card_id: int, *, reason: str, by: Actor) -> ElectronicCard:
    """Block a card that was lost, stolen or damaged; the page of its QR then says «not valid» (U-10)."""
    with change(by=by, rule="U-10", event="cards.blocked") as act:
        card = _locked(act, card_id)
        rules.check_block_reason(reason)
        block(act, card, reason)
        act.about(card, organization=card.request.organization, reason=reason)
    return card


def destroy_card(card_id: int, *, on: dt.date, by: Actor) -> ElectronicCard:
    """Record that a blocked or replaced card was destroyed (U-10)."""
    with change(by=by, rule="U-10", event="cards.destroyed") as act:
        card = _locked(act, card_id)
        rules.check_day(on, act.today)
        rules.check_can_destroy(card)
        card.state, card.destroyed_on = CardState.DESTROYED, on
        act.save(card)
        act.about(card, organization=card.request.organization)
    return card


def _locked(act: Act, card_id: int) -> ElectronicCard:
    # Locks are always taken in this order: first the member, then the card.
    owner = ElectronicCard.objects.visible_to(act.by).values_list("member", flat=True).get(pk=card_id)
    act.lock_many(Member.objects.filter(pk=owner))
    card = act.lock(ElectronicCard.objects.visible_to(act.by), card_id)
    act.require(Permission.ORDER_CARDS, card.request.organization)
    return card
