"""Balances of blanks on any day, by count and by numbers, from the movements alone (V-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..enums import Place
from ..models import BlankMovement
from ..ranges import NumberRange, count_of, merged, without


@dataclass
class Balance:
    """What an organisation received and where every number of it is; `handed_down` is what left for others."""

    received: list[NumberRange] = field(default_factory=list)
    handed_down: list[NumberRange] = field(default_factory=list)
    places: dict[str, list[NumberRange]] = field(default_factory=lambda: {place.value: [] for place in Place})

    def at(self, place: str) -> list[NumberRange]:
        """Return the numbers at the place, in order."""
        return merged(self.places[place])

    def counts(self) -> dict[str, int]:
        """Return how many numbers are at each place, with what was received and handed down."""
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
    """Return the balance at the end of the day; of all that is recorded without one."""
    movements = BlankMovement.objects.of(organization_id).filter(kind=kind)
    if day is not None:
        movements = movements.filter(made_on__lte=day)
    return fold(movements.order_by("pk"), organization_id)


def fold(movements: Iterable[BlankMovement], organization_id: int) -> Balance:
    """Return the balance that the movements of one organisation and kind lead to, in the order of their recording."""
    balance = Balance()
    for movement in movements:
        balance.apply(movement, organization_id)
    return balance
