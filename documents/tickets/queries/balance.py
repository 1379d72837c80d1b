"""Balances of blanks on any day, by count and by numbers, only from the movements (V-C1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Concat, Left, StrIndex, Substr
from django.utils.text import capfirst

from registry.organizations.models import Organization
from registry.sizes import CHUNK

from ..enums import Place
from ..models import COUNT_OF, COUNTS, LABELS, Blank, BlankMovement, BlankRange, BlankStock
from ..ranges import NumberRange, count_of, merged, without


@dataclass
class Balance:
    """Numbers that an organisation received, by place; `handed_down` are those passed to other organisations."""

    received: list[NumberRange] = field(default_factory=list)
    handed_down: list[NumberRange] = field(default_factory=list)
    places: dict[str, list[NumberRange]] = field(default_factory=lambda: {place.value: [] for place in Place})

    def at(self, place: str) -> list[NumberRange]:
        """Return the numbers at the place, in order."""
        return merged(self.places[place])

    def counts(self) -> dict[str, int]:
        """Return the quantity at each place, received and handed down."""
        counted = {place: count_of(ranges) for place, ranges in self.places.items()}
        return {**counted, "received": count_of(self.received), "handed_down": count_of(self.handed_down)}

    def apply(self, movement: BlankMovement, organization_id: int) -> None:
        """Count a movement of the organisation. Raises `ValueError` if the numbers are not where it says."""
        numbers = movement.range
        comes, goes = movement.giver_id != organization_id, movement.taker_id != organization_id
        if comes:
            self.received.append(numbers)
        else:
            rest = without(self.places[movement.from_place], numbers)
            if count_of(self.places[movement.from_place]) - count_of(rest) != numbers.count:
                raise ValueError(f"movement {movement.pk}: {numbers} were not {movement.from_place}")
            self.places[movement.from_place] = rest
        if goes:
            self.handed_down.append(numbers)
        else:
            self.places[movement.to_place].append(numbers)


def balance_on(organization_id: int, kind: str, day: dt.date | None = None) -> Balance:
    """Return the balance at the end of the day; without a day, of everything recorded."""
    movements = BlankMovement.objects.of(organization_id).filter(kind=kind)
    if day is not None:
        movements = movements.filter(made_on__lte=day)
    return fold(movements.order_by("pk"), organization_id)


def present_balance(organization_id: int, kind: str) -> Balance:
    """Return the stored balance of today, without reading the movements."""
    here = {"organization": organization_id, "kind": kind}
    found = Balance()
    for one in BlankRange.objects.filter(**here):
        found.places[one.place].append(one.range)
    rows = Blank.objects.filter(**here).values_list("state", "series", "number", "width")
    for state, series, number, width in rows.iterator(CHUNK):
        found.places[state].append(NumberRange(series, number, number, width))
    moves = BlankMovement.objects.of(organization_id).filter(kind=kind)
    outside = Q(giver=None) | ~Q(giver=organization_id)
    found.received = [one.range for one in moves.filter(outside, taker=organization_id)]
    found.handed_down = [one.range for one in moves.filter(giver=organization_id).exclude(taker=organization_id)]
    return found


@dataclass(frozen=True)
class Below:
    """The numbers of an organisation and its subordinates by place; each received number is in one place."""

    organization: Organization
    counts: dict[str, int]

    @property
    def received(self) -> int:
        """Return how many blanks the organisation and those below it have in all places."""
        return sum(self.counts.values())

    def labelled(self, names: Iterable[str]) -> list[tuple[str, int]]:
        """Return these counts with their labels."""
        return [(capfirst(str(LABELS[name])), self.counts[name]) for name in names]


def total_of(rows: Sequence[Below]) -> Below:
    """Return the sums of the rows, as a row of the first organisation."""
    return Below(rows[0].organization, {name: sum(row.counts[name] for row in rows) for name in PLACES})


#: Counts of a balance that add up level by level: blanks handed down are counted at the receiver.
PLACES = tuple(name for name in COUNTS if name != "handed_down")


def below(organization: Organization, kind: str, day: dt.date, today: dt.date) -> list[Below]:
    """Return the organisation itself, then each one directly below it with its subtree, at the end of the day.

    Two statements for any number of organisations and blanks, and two more for a past day, which is computed back from
    today.
    """
    ours = BlankStock.objects.filter(
        organization__federation=organization.federation_id, organization__path__startswith=organization.path, kind=kind
    )
    sums = ours.order_by().annotate(child=_child("organization__path", organization)).values("child")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for child, *numbers in sums.annotate(**{f"sum_{n}": Sum(n) for n in PLACES}).values_list(
        "child", *[f"sum_{n}" for n in PLACES]
    ):
        counts[child] = Counter(dict(zip(PLACES, numbers, strict=True)))
    if day < today:
        _reckon_back(organization, kind, day, counts)
    children = Organization.objects.filter(pk__in=[int(child) for child in counts if child]).order_by("path")
    rows = [Below(organization, {name: counts[""][name] for name in PLACES})]
    for one in children:
        row = Below(one, {name: counts[str(one.pk)][name] for name in PLACES})
        if row.received:
            rows.append(row)
    return rows


def _child(path: str, organization: Organization) -> Left:
    """Return the id of the organisation directly below on the path; empty for the organisation itself."""
    rest = Concat(Substr(path, len(organization.path) + 1), Value("/"))
    return Left(rest, StrIndex(rest, Value("/")) - 1)


def _reckon_back(organization: Organization, kind: str, day: dt.date, counts: dict[str, Counter[str]]) -> None:
    """Subtract the movements after the day from the counts."""
    later = BlankMovement.objects.filter(federation=organization.federation_id, kind=kind, made_on__gt=day).order_by()
    many = Sum(F("last") - F("first") + 1)
    for side, place, sign in (("taker", "to_place", -1), ("giver", "from_place", 1)):
        moves = later.filter(**{f"{side}__path__startswith": organization.path})
        moves = moves.annotate(child=_child(f"{side}__path", organization))
        for child, where, number in moves.values_list("child", place).annotate(many=many):
            counts[child][COUNT_OF[where]] += sign * number


def fold(movements: Iterable[BlankMovement], organization_id: int) -> Balance:
    """Return the balance that results from the movements of one organisation and kind, in the order of recording."""
    balance = Balance()
    for movement in movements:
        balance.apply(movement, organization_id)
    return balance
