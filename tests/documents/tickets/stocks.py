"""A federation with blanks: received by the head, partly handed down to a local organisation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from documents.tickets.models import BlankPaper
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.stock import confirm_blanks, hand_down_blanks, receive_blanks
from registry.access import Actor
from registry.enums import Role
from registry.organizations.models import Organization
from tests.members import places
from tests.registry import trees
from tests.worlds import world


def numbers(first: int, last: int, *, series: str = "", width: int = 7) -> NumberRange:
    return NumberRange(series, first, last, width)


def today() -> dt.date:
    return timezone.localdate()


@dataclass
class Stocks:
    """The world of `places.voi` with the chair of the head."""

    place: places.Place
    head_chair: Actor

    def receive(self, *ranges: NumberRange, kind: str = "ticket", at: Organization | None = None) -> BlankPaper:
        at = at or self.place.head
        by = self.head_chair if at == self.place.head else self.place.region_chair
        return receive_blanks(
            at.pk, kind=kind, numbers=ranges, number="17", made_on=today(), source="Типография «Оттиск»", by=by
        )

    def hand_down(self, *ranges: NumberRange, to: Organization | None = None, kind: str = "ticket") -> BlankPaper:
        to = to or self.place.region
        return hand_down_blanks(
            self.place.head.pk, receiver_id=to.pk, kind=kind, numbers=ranges, made_on=today(), by=self.head_chair
        )

    def give(self, *ranges: NumberRange, kind: str = "ticket") -> None:
        """Hand numbers down to the local organisation, and confirm them there."""
        confirm_blanks(self.hand_down(*ranges, to=self.place.keeper, kind=kind).pk, by=self.place.chair)


def empty() -> Stocks:
    """Return a federation without blanks."""
    place = places.voi()
    return Stocks(place, trees.officer(place.head, Role.CHAIR, "Радищева"))


@world
def stocks() -> Stocks:
    """Create a federation whose head received № 0000001–0001000; № 0000101–0000200 are in the local organisation."""
    found = empty()
    found.receive(numbers(1, 1000))
    found.give(numbers(101, 200))
    return found
