"""Electronic cards: orders, batches, deliveries, handing out (U-8 to U-10)."""

from __future__ import annotations

from typing import Any

from documents.ecards.contents import AnswerLine
from documents.ecards.models import CardBatch, CardDelivery, CardOrder, CardRequest, ElectronicCard
from documents.ecards.transitions import batches, cards, deliveries, orders
from members.people.models import Member
from members.people.transitions.cards import put_photo
from tests.documents.ecards.cards_world import jpeg, number, sign_all

from .base import KEPT, PLACE, TODAY, UNION, Asked, Scene, Table


def ready(s: Scene, surname: str = "Билетова") -> Member:
    """Return a member who has everything that a card requires."""
    member = s.put(surname=surname)
    put_photo(member.pk, jpeg=jpeg(), by=s.chair)
    sign_all(member, s.chair)
    return member


def order(s: Scene) -> CardOrder:
    return orders.add_to_order(s.keeper.pk, members=[ready(s).pk], by=s.chair)


def submitted(s: Scene) -> CardOrder:
    return orders.submit_order(order(s).pk, by=s.chair)


def accepted(s: Scene) -> None:
    orders.check_order(submitted(s).pk, by=s.superior)


def gathered(s: Scene) -> CardBatch:
    accepted(s)
    return batches.gather_batch(s.place.region.pk, by=s.superior)


def sent(s: Scene) -> CardBatch:
    return batches.send_batch(gathered(s).pk, by=s.superior)


def answered(s: Scene, batch: CardBatch) -> list[AnswerLine]:
    return [AnswerLine(2, one.pk, made=True, number=number(one.pk)) for one in CardRequest.objects.filter(batch=batch)]


def made(s: Scene) -> list[int]:
    batch = sent(s)
    batches.record_answer(batch.pk, answered(s, batch), by=s.superior)
    return list(CardRequest.objects.filter(batch=batch).values_list("pk", flat=True))


def parcel(s: Scene) -> CardDelivery:
    return deliveries.record_parcel(
        s.place.region.pk, requests=made(s), tracking="RA 12", sent_on=TODAY(), by=s.superior
    )


def at_region(s: Scene) -> list[int]:
    one = parcel(s)
    requests = list(one.lines.values_list("request", flat=True))
    deliveries.confirm_delivery(one.pk, arrived=requests, by=s.superior)
    return requests


def act(s: Scene) -> CardDelivery:
    return deliveries.hand_down(
        s.place.region.pk, receiver_id=s.keeper.pk, requests=at_region(s), sent_on=TODAY(), by=s.superior
    )


def arrived(s: Scene) -> list[int]:
    one = act(s)
    requests = list(one.lines.values_list("request", flat=True))
    deliveries.confirm_delivery(one.pk, arrived=requests, by=s.chair)
    return requests


def card(s: Scene) -> ElectronicCard:
    cards.hand_out(s.keeper.pk, requests=arrived(s), on=TODAY(), by=s.chair)
    return ElectronicCard.objects.get()


def _blocked(s: Scene) -> ElectronicCard:
    return cards.block_card(card(s).pk, reason="damaged", by=s.chair)


def _one(s: Scene, batch: CardBatch) -> int:
    return CardRequest.objects.get(batch=batch).pk


def _here(s: Scene) -> dict[str, Any]:
    return {"organization_id": s.keeper.pk}


def _region(s: Scene) -> dict[str, Any]:
    return {"organization_id": s.place.region.pk}


def _batch(s: Scene) -> dict[str, Any]:
    batch = sent(s)
    return {"batch_id": batch.pk, "lines": answered(s, batch)}


TABLE: Table = {
    orders.add_to_order: Asked(
        PLACE, "Organization Member CardOrder", lambda s: {**_here(s), "members": [ready(s).pk]}, UNION
    ),
    orders.take_out: Asked(
        KEPT, "Organization CardOrder CardRequest", lambda s: {"request_id": order(s).requests.get().pk}, UNION
    ),
    orders.drop_order: Asked(KEPT, "CardOrder CardRequest", lambda s: {"order_id": order(s).pk}, UNION),
    orders.submit_order: Asked(KEPT, "Organization CardOrder", lambda s: {"order_id": order(s).pk}, UNION),
    orders.recall_order: Asked(KEPT, "Organization CardOrder", lambda s: {"order_id": submitted(s).pk}, UNION),
    orders.check_order: Asked(
        "---0- 0 ++- -0 000 +", "CardOrder CardRequest", lambda s: {"order_id": submitted(s).pk}, UNION
    ),
    batches.gather_batch: Asked(
        "00000 0 ++- -- 000 +", "Organization CardBatch CardRequest", lambda s: (accepted(s) or {}) | _region(s), UNION
    ),
    batches.drop_batch: Asked(
        "00000 0 ++- -0 000 +", "CardBatch CardRequest", lambda s: {"batch_id": gathered(s).pk}, UNION
    ),
    batches.reject_request: Asked(
        "00000 0 ++- -0 000 +",
        "CardBatch CardRequest",
        lambda s: {"request_id": _one(s, gathered(s)), "note": "Фото"},
        UNION,
    ),
    batches.send_batch: Asked(
        "00000 0 ++- -0 000 +", "Federation Member CardBatch CardRequest", lambda s: {"batch_id": gathered(s).pk}, UNION
    ),
    batches.record_answer: Asked("00000 0 ++- -0 000 +", "CardBatch CardRequest", _batch, UNION),
    batches.fail_request: Asked(
        "00000 0 ++- -0 000 +",
        "CardBatch CardRequest",
        lambda s: {"request_id": _one(s, sent(s)), "note": "Брак"},
        UNION,
    ),
    deliveries.record_parcel: Asked(
        "00000 0 ++- -- 000 +",
        "Organization CardRequest",
        lambda s: {"requests": made(s), **_region(s), "tracking": "RA 12", "sent_on": TODAY()},
        UNION,
    ),
    deliveries.hand_down: Asked(
        "00000 0 ++- -- 000 +",
        "Organization CardRequest",
        lambda s: {"requests": at_region(s), **_region(s), "receiver_id": s.keeper.pk, "sent_on": TODAY()},
        UNION,
    ),
    deliveries.confirm_delivery: Asked(
        "+++0- 0 --- -0 000 +",
        "CardDelivery CardRequest",
        lambda s: {"delivery_id": (one := act(s)).pk, "arrived": list(one.lines.values_list("request", flat=True))},
        UNION,
    ),
    cards.hand_out: Asked(
        PLACE,
        "Organization Member CardRequest ElectronicCard",
        lambda s: {**_here(s), "requests": arrived(s), "on": TODAY()},
        UNION,
    ),
    cards.give_back: Asked(KEPT, "CardRequest", lambda s: {"request_id": arrived(s)[0], "note": "Брак"}, UNION),
    cards.block_card: Asked(KEPT, "Member ElectronicCard", lambda s: {"card_id": card(s).pk, "reason": "lost"}, UNION),
    cards.destroy_card: Asked(
        KEPT, "Member ElectronicCard", lambda s: {"card_id": _blocked(s).pk, "on": TODAY()}, UNION
    ),
}
