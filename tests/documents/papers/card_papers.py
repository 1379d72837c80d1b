"""Papers of electronic cards for tests: filled, empty, and with the longest values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from documents.ecards.models import CardDelivery, CardDeliveryLine, CardOrder, CardRequest
from documents.ecards.transitions.deliveries import confirm_delivery
from documents.papers import card_act, card_face, card_order, card_sheet
from documents.printing.core import Batch, Paper
from registry.organizations.models import Organization
from tests.documents.ecards.cards_world import Cards, cards_world, lines_of
from tests.documents.samples import batch_of

Printed = tuple[Paper, Sequence[Mapping[str, Any]], Batch]


def _held() -> tuple[Cards, CardOrder, list[CardRequest]]:
    held = cards_world()
    held.sent("Абрамова", "Белова")
    order = CardOrder.objects.select_related("organization__federation", "consolidator").get()
    return held, order, list(CardRequest.objects.select_related("photo", "member").order_by("position"))


def order() -> list[tuple[Any, ...]]:
    held, found, _requests = _held()
    return [(found, batch_of(held.keeper)), (None, batch_of(held.keeper))]


def sheet() -> list[tuple[Any, ...]]:
    held, _order, requests = _held()
    return [(requests, batch_of(held.keeper)), (None, batch_of(held.keeper))]


def face() -> list[tuple[Any, ...]]:
    held, _order, requests = _held()
    return [(requests, batch_of(held.keeper))]


def act() -> list[tuple[Any, ...]]:
    held = cards_world()
    found = held.handed_down("Абрамова", "Белова")
    waiting = (CardDelivery.objects.get(pk=found.pk), batch_of(held.place.region))
    confirm_delivery(found.pk, arrived=lines_of(found)[:1], by=held.chair)
    return [waiting, (CardDelivery.objects.get(pk=found.pk), batch_of(held.keeper)), (None, batch_of(held.keeper))]


BUILT_OF = {"card_act": act, "card_order": order, "card_sheet": sheet, "card_face": face}


def longest(code: str, names: Mapping[str, str], organization: Callable[[Organization], Organization]) -> Printed:
    """Return the paper with these names and the organisation's longest ones."""
    if code == "card_act":
        return _longest_act(names, organization)
    held, found, requests = _held()
    name = " ".join(names.values())[:300]
    for digit, request in enumerate(requests):
        CardRequest.objects.filter(pk=request.pk).update(printed_name=name, number=f"{'9' * 18}{digit}")
    batch = batch_of(organization(held.keeper))
    requests = list(CardRequest.objects.select_related("photo", "member"))
    if code == "card_order":
        found = CardOrder.objects.select_related("organization__federation", "consolidator").get()
        return card_order.ORDER, card_order.build(found, batch), batch
    if code == "card_sheet":
        return card_sheet.SHEET, card_sheet.build(requests * 20, batch), batch
    return card_face.FACE, card_face.build(requests, batch), batch


def _longest_act(names: Mapping[str, str], organization: Callable[[Organization], Organization]) -> Printed:
    """Return an act of two pages; one of its cards did not arrive."""
    held = cards_world()
    found = held.handed_down("Абрамова", "Белова")
    confirm_delivery(found.pk, arrived=lines_of(found)[:1], by=held.chair)
    for digit, line in enumerate(found.lines.all()):
        values = {"printed_name": " ".join(names.values())[:300], "number": f"{'9' * 18}{digit}"}
        CardRequest.objects.filter(pk=line.request_id).update(**values)
    request = found.lines.all()[0].request
    more = [CardDeliveryLine(delivery=found, position=at, request=request, arrived=True) for at in range(3, 25)]
    CardDeliveryLine.objects.bulk_create(more)
    organization(held.place.region), organization(held.keeper)
    delivery = CardDelivery.objects.select_related("giver__federation", "receiver__federation").get(pk=found.pk)
    batch = batch_of(delivery.receiver)
    return card_act.ACT, card_act.build(delivery, batch), batch
