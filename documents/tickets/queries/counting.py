"""Result of a stock-taking: numbers that should be in stock, and counted numbers (V-C1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from registry.organizations.models import Organization

from ..enums import Counted, Place
from ..models import Blank, BlankRange
from ..ranges import NumberRange, count_of, without


@dataclass(frozen=True)
class Differences:
    """Missing numbers, lost ones that were found, and counted ones that are neither in stock nor lost here."""

    missing: list[NumberRange]
    found: list[Blank]
    unknown: list[NumberRange]

    @property
    def count(self) -> int:
        """Return how many numbers differ."""
        return count_of(self.missing) + len(self.found)

    @property
    def fingerprint(self) -> str:
        """Return a text that is equal for equal differences."""
        numbers = [*map(str, self.missing), "+", *(blank.number_text for blank in self.found)]
        return hashlib.sha256("\n".join(numbers).encode()).hexdigest()


def stock_of(organization: Organization, kind: str) -> list[NumberRange]:
    """Return the numbers that should be in stock, in order."""
    stored = BlankRange.objects.in_stock().filter(organization=organization, kind=kind).order_by("series", "first")
    return [one.range for one in stored]


def counted(stock: Sequence[NumberRange], how: str, numbers: Sequence[NumberRange]) -> list[NumberRange]:
    """Return the counted numbers: all numbers of the stock, only these, or all except these."""
    if how == Counted.THESE:
        return list(numbers)
    there = list(stock)
    for one in numbers if how == Counted.BUT else ():
        there = without(there, one)
    return there


def differences(organization: Organization, kind: str, there: Sequence[NumberRange]) -> Differences:
    """Compare the counted numbers with the stock. A number lost by a member never returns to the stock."""
    stock = stock_of(organization, kind)
    lost = Blank.objects.filter(organization=organization, kind=kind, state=Place.LOST, issue_line=None)
    found = [blank for blank in lost.order_by("series", "number") if any(blank.range.overlaps(one) for one in there)]
    missing, unknown = stock, list(there)
    for one in there:
        missing = without(missing, one)
    for known in [*stock, *(blank.range for blank in found)]:
        unknown = without(unknown, known)
    return Differences(missing, found, unknown)
