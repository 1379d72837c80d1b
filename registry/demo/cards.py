"""Electronic cards for the demonstration in every state, with due tasks (U-8 to U-10)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

from documents.consents.enums import ConsentPurpose
from documents.consents.transitions.consents import mark_signed
from documents.ecards.contents import AnswerLine
from documents.ecards.models import CardBatch, CardDelivery, CardOrder, CardRequest, ElectronicCard
from documents.ecards.queries.manifest import frozen_requests, manifest_of
from documents.ecards.rules import check_digit, manifest_digest
from documents.ecards.transitions import batches, deliveries, orders
from documents.ecards.transitions.cards import block_card, destroy_card, hand_out
from members.people.models import Member
from members.people.transitions.cards import put_photo
from registry.organizations.models import Organization

from ..access import Actor
from .people import People
from .tree import Tree

#: Numbers of cards: handed out, at the organisation, in transit to it, in a parcel, without an answer.
GIVEN, LYING, COMING, PACKED, UNANSWERED = 5, 2, 2, 2, 2
#: Numbers of requests in the accepted, the submitted and the draft order.
CHECKED, SUBMITTED, DRAFT = 3, 2, 2
#: Age in days of the sent consolidated order, so that its cards are overdue.
SENT_AGO = 30
_SIZE = (600, 800)


def order_cards(tree: Tree, people: People, by: Actor) -> None:
    """Create cards in every state for the first organisation that keeps cards."""
    if tree.head.charter.electronic_cards is None:
        return
    keeper, region = tree.primaries[0], tree.regions[0]
    waiting = _ready(keeper, by)
    way = _Way(keeper, region, people.today, by)
    way.through(waiting[: GIVEN + LYING + COMING + PACKED + UNANSWERED])
    rest = waiting[GIVEN + LYING + COMING + PACKED + UNANSWERED :]
    checked = way.submit(rest[:CHECKED])
    reason = {checked.requests.order_by("pk")[0].pk: "Фотография не подходит: лицо в тени"}
    orders.check_order(checked.pk, rejected=reason, by=by)
    way.submit(rest[CHECKED : CHECKED + SUBMITTED])
    orders.add_to_order(keeper.pk, members=_ids(rest[CHECKED + SUBMITTED :]), by=by)


def _ready(keeper: Organization, by: Actor) -> list[Member]:
    """Add a photograph and the other consent to members with a complete card and a signed consent."""
    count = GIVEN + LYING + COMING + PACKED + UNANSWERED + CHECKED + SUBMITTED + DRAFT
    complete = Member.objects.registered().filter(organization=keeper, missing=0, consent_state="signed")
    # Start from the end, so that the first cards of the list do not change.
    found = list(complete.order_by("-pk")[:count])
    today = keeper.today
    for shade, member in enumerate(found):
        put_photo(member.pk, jpeg=_picture(150 + 5 * shade), by=by)
        mark_signed(
            member.pk, purpose=ConsentPurpose.TRANSFER, signed_on=today - dt.timedelta(days=40), by_hand=True, by=by
        )
    return found


def _picture(shade: int) -> bytes:
    """Return a drawn outline of a person as a photograph."""
    picture = Image.new("L", _SIZE, shade)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((190, 150, 410, 430), fill=90)
    draw.ellipse((70, 470, 530, 1100), fill=90)
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=60)
    return data.getvalue()


def _ids(rows: Iterable[Member | CardRequest]) -> list[int]:
    return [row.pk for row in rows]


class _Way:
    """Transitions of cards between one organisation and its region."""

    def __init__(self, keeper: Organization, region: Organization, today: dt.date, by: Actor) -> None:
        self.keeper, self.region, self.today, self.by = keeper, region, today, by

    def day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    def submit(self, members: Sequence[Member]) -> CardOrder:
        order = orders.add_to_order(self.keeper.pk, members=_ids(members), by=self.by)
        return orders.submit_order(order.pk, by=self.by)

    def through(self, members: Sequence[Member]) -> None:
        """Order cards, and hand out some of them."""
        orders.check_order(self.submit(members).pk, by=self.by)
        batch = batches.send_batch(batches.gather_batch(self.region.pk, by=self.by).pk, by=self.by)
        requests = list(CardRequest.objects.filter(batch=batch).order_by("position"))
        made = requests[: GIVEN + LYING + COMING + PACKED]
        lines = [
            AnswerLine(row, request.pk, made=True, number=_number(request.pk)) for row, request in enumerate(made, 2)
        ]
        batches.record_answer(batch.pk, lines, by=self.by)
        here, coming = made[: GIVEN + LYING], made[GIVEN + LYING : GIVEN + LYING + COMING]
        first = self.parcel([*here, *coming], "RA 123 456 789 RU", ago=12)
        self.confirm(first)
        self.parcel(made[GIVEN + LYING + COMING :], "RA 123 456 792 RU", ago=5)
        self.confirm(self.hand_down(here))
        self.hand_down(coming)
        hand_out(self.keeper.pk, requests=_ids(here[:GIVEN]), on=self.today, by=self.by)
        damaged, destroyed = ElectronicCard.objects.filter(request__in=here[:GIVEN]).order_by("pk")[:2]
        for card in (damaged, destroyed):
            block_card(card.pk, reason="damaged", by=self.by)
        destroy_card(destroyed.pk, on=self.today, by=self.by)
        self._backdate(batch)

    def parcel(self, requests: Sequence[CardRequest], tracking: str, *, ago: int) -> CardDelivery:
        return deliveries.record_parcel(
            self.region.pk, requests=_ids(requests), tracking=tracking, sent_on=self.day(ago), by=self.by
        )

    def hand_down(self, requests: Sequence[CardRequest]) -> CardDelivery:
        return deliveries.hand_down(
            self.region.pk, receiver_id=self.keeper.pk, requests=_ids(requests), sent_on=self.day(2), by=self.by
        )

    def confirm(self, delivery: CardDelivery) -> None:
        arrived = list(delivery.lines.values_list("request", flat=True))
        deliveries.confirm_delivery(delivery.pk, arrived=arrived, by=self.by)

    def _backdate(self, batch: CardBatch) -> None:
        """Move the dates of the batch into the past, so that cards without an answer are overdue."""
        batch = CardBatch.objects.get(pk=batch.pk)
        batch.sent_on, batch.process_on = self.day(SENT_AGO), self.day(SENT_AGO - 7)
        batch.ship_by = batch.process_on + dt.timedelta(days=14)
        batch.digest = manifest_digest(manifest_of(batch, frozen_requests(batch)))
        CardBatch.objects.filter(pk=batch.pk).update(
            sent_on=batch.sent_on, process_on=batch.process_on, ship_by=batch.ship_by, digest=batch.digest
        )
        CardOrder.objects.filter(requests__batch=batch).update(submitted_on=self.day(SENT_AGO + 3))


def _number(serial: int) -> str:
    digits = f"9643{serial:011}"
    return digits + check_digit(digits)
