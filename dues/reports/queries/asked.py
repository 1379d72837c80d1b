"""The question that a figure of a report answers, and the entries that it is made of (N-D1)."""

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

#: Key of those who are in none of the organisations or cells below, or no longer here.
OTHERS = 0
#: Year of dues that are for no year.
NO_YEAR = 0


@dataclass(frozen=True)
class Asked:
    """The organisation and the days of a report, and what a figure in it is limited to."""

    place: Organization
    first: dt.date
    last: dt.date
    fee: str = ""
    #: Year of the dues, `NO_YEAR`, or None for all.
    year: int | None = None
    #: Only what belongs to none of the organisations or cells below.
    others: bool = False
    #: Kind of the account that got the money, such as a collector or the cash desk.
    way: str = ""
    #: Id of the order that appointed the collector.
    collector: int | None = None
    #: Ids of the organisations to which the figures are limited, instead of all below `place`.
    units: tuple[int, ...] | None = None
    #: Sums of the whole report that a job has counted (`kept.py`).
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
    """Return the entries of the period that the figure, charged or paid, is the sum of."""
    return entries_in(asked, actor).filter(CHARGES if figure == Figure.CHARGED else PAYMENTS)


def entries_in(asked: Asked, actor: Actor) -> LedgerEntryQuerySet:
    """Return the entries of the period that stand, in the books of the organisation and of those below it.

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
    """Return the entries of the organisations with these ids; each entry of a federation is of one organisation alone.

    Entries of members who are in a cell now are of the cell, the others of the organisation with the books.
    """
    cell = place.charter.cell
    if cell is None:
        return entries.filter(organization__among=units)
    above = Organization.objects.filter(pk__among=units, level=cell).values_list("parent", flat=True)
    here = Q(account__member__unit__parent=F("organization"), account__member__blocked_on__isnull=True)
    unit = Case(When(here, then=F("account__member__unit")), default=F("organization"), output_field=BigAutoField())
    return entries.filter(organization__among=[*units, *above]).alias(unit=unit).filter(unit__among=units)


def of_dues(asked: Asked) -> Q:
    """Return the condition on the kind of dues and its year."""
    found = Q(fee=asked.fee) if asked.fee else Q()
    if asked.year is None:
        return found
    return found & (Q(year__isnull=True) if asked.year == NO_YEAR else Q(year=asked.year))


def of_way(asked: Asked) -> Q:
    """Return the condition on the account that got the money."""
    found = Q(debit__kind=asked.way) if asked.way else Q()
    return found & Q(debit__collector=asked.collector) if asked.collector is not None else found


def part_of_entry(place: Organization) -> Any:
    """Return the part below the organisation to which an entry belongs.

    That is the id of the present cell of the member in books that the organisation keeps itself, and otherwise the
    id of the organisation below with a slash, or nothing.
    """
    if not place.keeps_cards:
        return _below("organization__path", place)
    here = Q(account__member__unit__parent=place.pk, account__member__blocked_on__isnull=True)
    return Case(When(here, then=F("account__member__unit")), default=Value(OTHERS))


def part_of_unit(place: Organization) -> Any:
    """Return the part below the organisation in which an organisation is: its id and a slash, or nothing."""
    return _below("path", place)


def _below(path: str, place: Organization) -> Any:
    rest = Substr(path, len(place.path) + 1)
    return Substr(rest, 1, StrIndex(rest, Value("/")))


def key_of(part: Any) -> int:
    """Return the id in a part, or `OTHERS`."""
    return int(str(part).strip("/") or OTHERS)


#: Entries that are charged or paid.
FLOWS = Q(kind__in=[EntryKind.CHARGE, EntryKind.PAYMENT])
#: Accounts that get the money of payments, in the order in which a report shows them.
WAYS = (AccountKind.COLLECTOR, AccountKind.CASH, AccountKind.UNKNOWN, AccountKind.RECEIVED)


#: A place with a smaller part of the members of its federation is read by index.
SMALL_PART = 20


@contextmanager
def read_by_part(place: Organization) -> Iterator[None]:
    """Make PostgreSQL find the entries of a small part of a federation by index, one organisation after another.

    It expects about as much of reading the whole ledger, which is ten times slower; for a large part it is quicker.
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
