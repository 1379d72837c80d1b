"""A federation with electronic cards: members ready for a card, and the steps from the order to the hand-out."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from PIL import Image

from documents.consents.enums import ConsentPurpose
from documents.consents.transitions.consents import mark_signed
from documents.ecards.contents import AnswerLine
from documents.ecards.models import CardBatch, CardDelivery, CardOrder, CardRequest, ElectronicCard
from documents.ecards.rules import check_digit
from documents.ecards.transitions import batches, cards, deliveries, orders
from members.people.models import Member
from members.people.transitions.cards import put_photo
from registry.access import Actor
from registry.enums import Level, Role
from registry.fields import cipher
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from tests.members import places
from tests.registry import trees
from tests.worlds import world

NAMES = ("Абрамова", "Белова", "Власова")


def today() -> dt.date:
    return timezone.localdate()


def jpeg(shade: int = 128) -> bytes:
    """Return a photograph in the form stored on the card."""
    data = io.BytesIO()
    Image.new("L", (60, 80), shade).save(data, "JPEG")
    return data.getvalue()


def number(count: int) -> str:
    """Return a card number of the producer with its check digit."""
    digits = f"99990000{count:07}"
    return digits + check_digit(digits)


def sign_all(member: Member, by: Actor) -> None:
    """Sign both consents that a card needs."""
    for purpose in (ConsentPurpose.PROCESSING, ConsentPurpose.TRANSFER):
        mark_signed(member.pk, purpose=purpose, signed_on=today(), by_hand=True, by=by)


@dataclass
class Cards:
    """The world of `places.union` with members who are ready for a card."""

    place: places.Place

    @property
    def chair(self) -> Actor:
        return self.place.chair

    @property
    def region(self) -> Actor:
        return self.place.region_chair

    @property
    def keeper(self) -> Organization:
        return self.place.keeper

    def put(self, surname: str, **values: Any) -> Member:
        """Register a member who is ready for a card."""
        member = self.place.put(surname=surname, confirmed_duplicate=True, **values)
        put_photo(member.pk, jpeg=jpeg(), by=self.chair)
        sign_all(member, self.chair)
        return Member.objects.get(pk=member.pk)

    def member(self, surname: str) -> Member:
        return Member.objects.get(surname=surname, organization=self.keeper)

    def order(self, *surnames: str, reason: str = "") -> CardOrder:
        ids = [self.member(surname).pk for surname in surnames]
        return orders.add_to_order(self.keeper.pk, members=ids, reason=reason, by=self.chair)

    def submitted(self, *surnames: str) -> CardOrder:
        return orders.submit_order(self.order(*surnames).pk, by=self.chair)

    def gathered(self, *surnames: str) -> CardBatch:
        orders.check_order(self.submitted(*surnames).pk, by=self.region)
        return batches.gather_batch(self.place.region.pk, by=self.region)

    def sent(self, *surnames: str) -> CardBatch:
        return batches.send_batch(self.gathered(*surnames).pk, by=self.region)

    def made(self, *surnames: str, first: int = 1) -> CardBatch:
        batch = self.sent(*surnames)
        lines = [made(request, first + at) for at, request in enumerate(requests_of(batch))]
        batches.record_answer(batch.pk, lines, by=self.region)
        return batch

    def packed(self, *surnames: str, first: int = 1, tracking: str = "RA123456789RU") -> CardDelivery:
        batch = self.made(*surnames, first=first)
        return deliveries.record_parcel(
            self.place.region.pk, requests=ids(requests_of(batch)), tracking=tracking, sent_on=today(), by=self.region
        )

    def at_region(self, *surnames: str, first: int = 1, tracking: str = "RA123456789RU") -> list[CardRequest]:
        parcel = self.packed(*surnames, first=first, tracking=tracking)
        deliveries.confirm_delivery(parcel.pk, arrived=lines_of(parcel), by=self.region)
        return [line.request for line in parcel.lines.select_related("request")]

    def handed_down(self, *surnames: str, first: int = 1, tracking: str = "RA123456789RU") -> CardDelivery:
        requests = self.at_region(*surnames, first=first, tracking=tracking)
        return deliveries.hand_down(
            self.place.region.pk, receiver_id=self.keeper.pk, requests=ids(requests), sent_on=today(), by=self.region
        )

    def arrived(self, *surnames: str, first: int = 1, tracking: str = "RA123456789RU") -> list[CardRequest]:
        act = self.handed_down(*surnames, first=first, tracking=tracking)
        deliveries.confirm_delivery(act.pk, arrived=lines_of(act), by=self.chair)
        return [line.request for line in act.lines.select_related("request")]

    def issued(self, surname: str, *, first: int = 1, tracking: str = "RA123456789RU") -> ElectronicCard:
        (request,) = self.arrived(surname, first=first, tracking=tracking)
        cards.hand_out(self.keeper.pk, requests=[request.pk], on=today(), by=self.chair)
        return ElectronicCard.objects.get(request=request)


def ids(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]


def requests_of(batch: CardBatch) -> list[CardRequest]:
    return list(CardRequest.objects.filter(batch=batch).order_by("position", "pk"))


def lines_of(delivery: CardDelivery) -> list[int]:
    return list(delivery.lines.values_list("request", flat=True))


def made(request: CardRequest, count: int, row: int = 0) -> AnswerLine:
    """Return a line of the answer for a made card."""
    return AnswerLine(row or count + 1, request.pk, made=True, number=number(count))


def states(requests: Iterable[CardRequest]) -> list[str]:
    return [CardRequest.objects.get(pk=request.pk).state for request in requests]


def surnames(requests: Sequence[CardRequest]) -> list[str]:
    return [request.name_shown.split()[0] for request in requests]


def cards_world() -> Cards:
    """Create three members ready for a card, in a primary organisation directly below the region.

    The photographs are stored in the directory of the fixture `own_files`.
    """
    found = _rows()
    for photo in StoredFile.objects.filter(purpose=FilePurpose.PHOTO):
        path = storage.path_of(photo.pk)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cipher().encrypt(jpeg()))
    return found


@world
def _rows() -> Cards:
    found = Cards(places.union())
    for name in NAMES:
        found.put(name)
    return found


def other_region(found: Cards) -> tuple[Actor, places.Place]:
    """Return the chair of another region of the federation, and its primary organisation."""
    region = trees.below(found.place.head, Level.REGIONAL, "Калужская РО")
    keeper = trees.below(region, Level.PRIMARY, "ППО школы № 7")
    chair = trees.officer(region, Role.CHAIR, "Радищева")
    own = trees.officer(keeper, Role.CHAIR, "Соседова")
    again = trees.again(keeper)
    place = places.Place(found.place.head, trees.again(region), again, [], own, chair, own)
    return chair, place
