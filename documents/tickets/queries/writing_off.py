"""Blanks to collect and to destroy, and the people who sign the acts (V-B14, V-B15)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from registry.organizations.enums import BodyKind
from registry.organizations.models import BodySeat, Organization

from ..enums import PaperKind, Place
from ..models import Blank, BlankMovement, BlankPaper, BlankStock


def to_collect(organization: Organization) -> QuerySet[Blank]:
    """Return valid blanks of people who left the organisation, including those brought from elsewhere (V-B14)."""
    return Blank.objects.to_collect(organization)


def answered_for(organization: Organization) -> QuerySet[Blank]:
    """Return the blanks that left the stock of the organisation, and those that its members brought from elsewhere."""
    return Blank.objects.answered_for_by(organization)


def void_of(organization: Organization) -> QuerySet[Blank]:
    """Return the blanks in the balance of the organisation that wait for destruction (V-B15)."""
    return Blank.objects.filter(organization=organization).void()


def void_since(blanks: QuerySet[Blank]) -> QuerySet[Blank]:
    """Annotate the blanks with `since`, the day of their present state."""
    moves = BlankMovement.objects.filter(
        federation=OuterRef("federation"), kind=OuterRef("kind"), series=OuterRef("series"),
        first__lte=OuterRef("number"), last__gte=OuterRef("number"), to_place=OuterRef("state"),
    )  # fmt: skip
    return blanks.annotate(since=Subquery(moves.order_by().values("kind").annotate(day=Max("made_on")).values("day")))


def commission_of(organization: Organization, day: dt.date) -> list[str]:
    """Return the members of the organisation's commission on the day: duty and name, the chair first."""
    seats = BodySeat.objects.filter(body__organization=organization, body__kind=BodyKind.COMMISSION, since__lte=day)
    seats = seats.filter(Q(until=None) | Q(until__gte=day))
    people = [(seat.duty, seat.full_name) for seat in seats.order_by("full_name", "pk")[:20]]
    people.sort(key=lambda one: not one[0].lower().startswith("председател"))
    return [f"{duty or 'член комиссии'} {name}" for duty, name in people]


def uncounted(organization: Organization, begins: dt.date, due: dt.date) -> QuerySet[BlankStock]:
    """Return the stocks that had blanks on the last day of the term and were not counted since its first day."""
    held = BlankMovement.objects.filter(
        taker=organization, kind=OuterRef("kind"), to_place=Place.STOCK, made_on__lte=due
    )
    counted = BlankPaper.objects.filter(
        organization=organization, kind=PaperKind.STOCK_TAKING, blank=OuterRef("kind"), made_on__gte=begins
    )
    stocks = BlankStock.objects.filter(Exists(held), ~Exists(counted), organization=organization, in_stock__gt=0)
    return stocks.order_by("-kind")
