"""The parameters of a figure in a report, and the entries that it is made of (N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigAutoField, Case, F, Q, Sum, Value, When
from django.db.models.functions import StrIndex, Substr

from dues.ledger.enums import AccountKind, EntryKind
from dues.ledger.models import LedgerEntry, LedgerEntryQuerySet
from dues.ledger.queries.figures import CHARGES, PAYMENTS
from registry.access import Actor
from registry.indexes import by_index
from registry.organizations.models import Figures, Organization

from ..enums import Figure

#: Key for people in none of the organisations or cells below, or no longer here.
OTHERS = 0
#: Year of dues without a year.
NO_YEAR = 0


@dataclass(frozen=True)
class Asked:
    """The organisation and the days of a report, and the limits of a figure in it."""

    place: Organization
    first: dt.date
    last: dt.date
    fee: str = ""
    #: Year of the dues, `NO_YEAR`, or None for all.
    year: int | None = None
    #: Only what belongs to none of the organisations or cells below.
    others: bool = False
    #: Kind of the account that received the money, such as a collector or the cash desk.
    way: str = ""
    #: Id of the order that appointed the collector.
    collector: int | None = None
    #: Ids of the organisations to which the figures are limited, instead of all below `place`.
    units: tuple[int, ...] | None = None
    #: Sums of the whole report counted by a job (`kept.py`).
    kept: Mapping[tuple[str, ...], int] | None = field(default=None, compare=False, repr=False)

    @property
    def is_cell(self) -> bool:
        """Return whether its books are kept by the organisation above."""
        return is_cell(self.place)

    @property
    def has_parts(self) -> bool:
        """Return whether there are organisations or cells below it."""
        return not self.is_cell and (not self.place.keeps_cards or self.place.charter.cell is not None)


def is_cell(place: Organization) -> bool:
    """Return whether the organisation is a cell: its cards and books are kept by the one above."""
    return not place.keeps_cards and place.level == place.charter.cell


def entries_behind(figure: str, asked: Asked, actor: Actor) -> LedgerEntryQuerySet:
    """Return the entries of the period that add up to the figure, charged or paid."""
    return entries_in(asked, actor).filter(CHARGES if figure == Figure.CHARGED else PAYMENTS)


def entries_in(asked: Asked, actor: Actor) -> LedgerEntryQuerySet:
    """Return the valid entries of the period, in the books of the organisation and of those below it.

    Entries of members who have left stay in the books. A cell has those of its present members.
    """
    place = asked.place
    if asked.units is not None:
        entries = _entries_of(asked.units, place, LedgerEntry.objects.in_books_of(actor))
    elif asked.is_cell:
        entries = LedgerEntry.objects.visible_to(actor)
        entries = entries.filter(organization=place.parent_id, account__member__unit=place)
    else:
        entries = LedgerEntry.objects.in_books_of(actor)
        if place.keeps_cards:
            entries = entries.filter(organization=place)
        elif place != actor.organization:
            under = {"federation_id": place.federation_id, "path__startswith": place.path}
            entries = entries.filter(**{f"organization__{name}": value for name, value in under.items()})
    entries = entries.valid().filter(made_on__range=(asked.first, asked.last))
    if asked.others:
        entries = entries.alias(part=part_of_entry(place)).filter(part=Value("" if not place.keeps_cards else OTHERS))
    return entries.filter(of_dues(asked), of_way(asked)).order_by()


def _entries_of(units: tuple[int, ...], place: Organization, entries: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
    """Return the entries of the organisations with these ids; each entry of a federation belongs to only one
    organisation.

    Entries of members who are now in a cell belong to the cell, others to the organisation with the books.
    """
    cell = place.charter.cell
    if cell is None:
        return entries.filter(organization__among=units)
    above = Organization.objects.filter(pk__among=units, level=cell).values_list("parent", flat=True)
    here = Q(account__member__unit__parent=F("organization"), account__member__blocked_on__isnull=True)
    unit = Case(When(here, then=F("account__member__unit")), default=F("organization"), output_field=BigAutoField())
    return entries.filter(organization__among=[*units, *above]).alias(unit=unit).filter(unit__among=units)


def of_dues(asked: Asked) -> Q:
    """Return the condition for the kind of dues and its year."""
    found = Q(fee=asked.fee) if asked.fee else Q()
    if asked.year is None:
        return found
    return found & (Q(year__isnull=True) if asked.year == NO_YEAR else Q(year=asked.year))


def of_way(asked: Asked) -> Q:
    """Return the condition for the account that received the money."""
    found = Q(debit__kind=asked.way) if asked.way else Q()
    return found & Q(debit__collector=asked.collector) if asked.collector is not None else found


def part_of_entry(place: Organization) -> Any:
    """Return the part below the organisation that an entry belongs to.

    In books that the organisation keeps itself, it is the id of the member's present cell; otherwise the id of the
    organisation below with a slash; or an empty text.
    """
    if not place.keeps_cards:
        return _below("organization__path", place)
    here = Q(account__member__unit__parent=place.pk, account__member__blocked_on__isnull=True)
    return Case(When(here, then=F("account__member__unit")), default=Value(OTHERS))


def part_of_unit(place: Organization) -> Any:
    """Return the part below the organisation that contains an organisation: its id and a slash, or an empty text."""
    return _below("path", place)


def _below(path: str, place: Organization) -> Any:
    rest = Substr(path, len(place.path) + 1)
    return Substr(rest, 1, StrIndex(rest, Value("/")))


def key_of(part: Any) -> int:
    """Return the id in a part, or `OTHERS`."""
    return int(str(part).strip("/") or OTHERS)


#: Entries that are charged or paid.
FLOWS = Q(kind__in=[EntryKind.CHARGE, EntryKind.PAYMENT])
#: Accounts that receive payments, in the order of the report.
WAYS = (AccountKind.COLLECTOR, AccountKind.CASH, AccountKind.UNKNOWN, AccountKind.RECEIVED)


#: A place with a smaller share of its federation's members is read by index.
SMALL_PART = 20


@contextmanager
def read_by_part(place: Organization) -> Iterator[None]:
    """Make PostgreSQL find the entries of a small part of a federation by index, one organisation after another.

    It estimates a similar cost for reading the whole ledger, which is ten times slower; for a large part that is
    faster.
    """
    members = Figures.objects.filter(organization__federation=place.federation_id).aggregate(
        all=Sum("members"), here=Sum("members", filter=Q(organization__path__startswith=place.path))
    )
    everybody = members["all"] or 0
    if not everybody or SMALL_PART * (members["here"] or 0) > everybody:
        yield
        return
    with by_index():
        yield
