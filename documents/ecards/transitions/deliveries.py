"""Transitions of deliveries: parcels of the producer, acts of handing over, their confirmation (U-9, U-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from .. import rules
from ..enums import DeliveryState, RequestState
from ..models import CardDelivery, CardDeliveryLine, CardRequest
from ..queries.numbering import next_act_number


def record_parcel(
    organization_id: int, *, requests: Collection[int], tracking: str, sent_on: dt.date, by: Actor
) -> CardDelivery:
    """Record a parcel that the producer has sent to the region, with its cards (U-9).

    Raises `Blocked` (U-9) with the cards of another region and those that are not made or in a parcel already.
    """
    with change(by=by, rule="U-9", event="cards.dispatched") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.ORDER_CARDS, organization)
        rules.check_consolidates(organization)
        number = rules.check_tracking(tracking)
        rules.check_day(sent_on, act.today, field="sent_on")
        parcels = CardDelivery.objects.filter(receiver=organization, giver=None, tracking=number)
        rules.check_new_parcel(parcels.exists())
        chosen = _chosen(act, requests)
        ours = list(CardRequest.objects.to_pack(organization).filter(pk__in=[request.pk for request in chosen]))
        rules.check_packed(ours, chosen, wanted=len(set(requests)))
        delivery = CardDelivery(receiver=organization, tracking=number, sent_on=sent_on, made_by=by.account)
        _send(act, delivery, chosen)
        act.about(delivery, organization=organization, requests=len(chosen))
    return delivery


def hand_down(
    organization_id: int, *, receiver_id: int, requests: Collection[int], sent_on: dt.date, by: Actor
) -> CardDelivery:
    """Hand cards over to a subordinate or back to a superior organisation by an act (U-10).

    The cards stay with the giver until the receiver confirms the act. Raises `Blocked` (U-10) with the cards that are
    not here or belong to members of another organisation.
    """
    with change(by=by, rule="U-10", event="cards.handed_down") as act:
        giver = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.ORDER_CARDS, giver)
        receiver = next((one for one in giver.ancestors() if one.pk == receiver_id), None)
        if receiver is None:
            receiver = Organization.objects.visible_to(by).get(pk=receiver_id)
        rules.check_receiver(giver, receiver)
        rules.check_day(sent_on, act.today, field="sent_on")
        chosen = _chosen(act, requests)
        lying = CardRequest.objects.in_hand(giver).filter(pk__in=[request.pk for request in chosen])
        found = list(lying.select_related("organization", "member"))
        rules.check_handed_down(found, chosen, giver, receiver, wanted=len(set(requests)))
        delivery = CardDelivery(giver=giver, receiver=receiver, sent_on=sent_on, made_by=by.account)
        delivery.number = next_act_number(delivery)
        _send(act, delivery, chosen)
        act.about(delivery, organization=giver, requests=len(chosen), receiver=receiver.pk)
    return delivery


def confirm_delivery(delivery_id: int, *, arrived: Collection[int], by: Actor) -> CardDelivery:
    """Confirm a parcel or an act; `arrived` are the ids of the requests whose cards have arrived (U-10).

    Missing cards of an act stay with the giver, those of a parcel can be entered in another parcel. Raises
    `RuleViolation` if the delivery is confirmed already.
    """
    with change(by=by, rule="U-10", event="cards.received") as act:
        delivery = act.lock(CardDelivery.objects.visible_to(by), delivery_id)
        act.require(Permission.ORDER_CARDS, delivery.receiver)
        states.check(delivery, DeliveryState.RECEIVED, "U-10")
        lines = list(delivery.lines.order_by("position"))
        rules.check_arrived(arrived, [line.request_id for line in lines])
        requests = act.lock_many(CardRequest.objects.filter(pk__in=[line.request_id for line in lines]))
        there = [request for request in requests if request.pk in set(arrived)]
        for request in there:
            request.place = delivery.receiver
            # A request that was cancelled meanwhile stays cancelled; its card is destroyed.
            if request.state == RequestState.MADE:
                request.state = RequestState.ARRIVED
        act.update_many(CardRequest, there, ["place", "state"])
        for line in lines:
            line.arrived = line.request_id in set(arrived)
        CardDeliveryLine.objects.bulk_update(lines, ["arrived"])
        delivery.state, delivery.received_on = DeliveryState.RECEIVED, act.today
        act.save(delivery)
        act.about(delivery, organization=delivery.receiver, arrived=len(there), missing=len(lines) - len(there))
    return delivery


def _chosen(act: Act, requests: Collection[int]) -> list[CardRequest]:
    """Return the chosen requests in the actor's scope, locked; at most `MAX_CARDS` + 1."""
    ids = list(dict.fromkeys(requests))[: rules.MAX_CARDS + 1]
    return act.lock_many(CardRequest.objects.visible_to(act.by).filter(pk__in=ids))


def _send(act: Act, delivery: CardDelivery, requests: Sequence[CardRequest]) -> None:
    delivery.state = DeliveryState.ON_THE_WAY
    act.save(delivery)
    CardDeliveryLine.objects.bulk_create(
        [
            CardDeliveryLine(delivery=delivery, position=position, request=request)
            for position, request in enumerate(requests, 1)
        ]
    )
