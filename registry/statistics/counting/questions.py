"""The queries of the pages of statistics, run at once or, if that takes too long, by a job (N-S3).

Results are numbers by keys, which are tuples of texts. They add up: the sum over parts is the result for the whole.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from members.book.models import BookLine
from members.book.queries.on_day import members_on, scope_then
from registry.access import Actor, in_scope
from registry.enums import DataClass
from registry.organizations.models import Figures, Organization

from ..columns import AGE, FIVE_YEARS, ORGANIZATION, Dimension, offered
from .movement import Movement, came_by_reason, first_days, left_by_reason, trend
from .people import Asked, by_each, by_organization, counted, counts, pyramid

Numbers = Counter[tuple[str, ...]]

COMPOSITION, HEALTH, MOVEMENT, CHARTS, GROUPS, CROSS = (
    "composition", "health", "movement", "charts", "groups", "cross",
)  # fmt: skip
#: Years of the chart of years, and those offered to actors who see no people.
YEARS = 10
#: Maximum cost of a page that counts itself, about 0.3 s.
MAX_COST = 300_000
#: Cost in microseconds of a member whose card is read today, of a line of a book with its card, of a line alone, and of
#: health data, on PostgreSQL with two cores (`tests.benchmarks.run --society`).
CARD, LINE_WITH_CARD, LINE, HEALTH_DATA = 6, 15, 5, 150


@dataclass(frozen=True)
class Question:
    """A query: the name of a page, an organisation and a day. `first` is the first day of a movement's period.

    `fields` are the keys of the two fields of a cross-table.
    """

    name: str
    asked: Asked
    first: dt.date
    fields: tuple[str, ...] = ()

    @classmethod
    def of_code(cls, code: str, asked: Asked, first: dt.date) -> Question:
        """Return the query stored as the code."""
        name, _colon, fields = code.partition(":")
        return cls(name, asked, first, tuple(fields.split(",")) if fields else ())

    @property
    def code(self) -> str:
        return f"{self.name}:{','.join(self.fields)}" if self.fields else self.name

    @cached_property
    def dimensions(self) -> Sequence[Dimension]:
        """The fields by which people are counted. Raises `KeyError` for one that the actor may not use."""
        known = offered(self.asked.actor, self.asked.at.charter)
        if self.name in {COMPOSITION, HEALTH}:
            return [one for one in known.values() if one.of_health == (self.name == HEALTH)]
        if self.name == GROUPS:
            return [known["sex"], known[AGE]]
        organizations = Dimension(ORGANIZATION, _("organisation"), {})
        return [organizations if key == ORGANIZATION else known[key] for key in self.fields]

    @property
    def data_class(self) -> str:
        """The class of data needed to see the numbers; empty for counts of general data."""
        return DataClass.HEALTH if any(one.of_health for one in self.dimensions) else ""

    @cached_property
    def cost(self) -> int:
        """The estimated time of counting in microseconds, from the stored sizes of the books."""
        members, lines = sizes(self.asked.at)
        if self.name == MOVEMENT:
            return lines * LINE
        of_people = members * CARD if self.asked.counts_cards else lines * LINE_WITH_CARD
        if self.data_class:
            return members * HEALTH_DATA + of_people
        if self.name in {CHARTS, GROUPS}:
            return of_people + lines * LINE
        return of_people

    @property
    def is_quick(self) -> bool:
        """Return whether the count is quick enough for a page to wait."""
        return self.cost <= MAX_COST

    def units(self) -> list[int]:
        """Return the ids of the organisations whose people are counted."""
        found = Organization.objects.filter(scope_then(self.asked.at, self.asked.moved, ""))
        return list(found.order_by("pk").values_list("pk", flat=True))

    def numbers(self) -> Numbers:
        """Return all numbers, counted now."""
        return self.whole() + self.of_units(None)

    def whole(self) -> Numbers:
        """Return the numbers that are counted for all units at once."""
        found: Numbers = Counter()
        asked = self.asked
        if self.name == MOVEMENT:
            found["before",] = members_on(asked.at, self.first - dt.timedelta(days=1))
            found["after",] = members_on(asked.at, asked.day)
        if self.name in {CHARTS, GROUPS}:
            for place, number in by_organization(asked).items():
                found[ORGANIZATION, place] = number
            days = first_days(asked.day, YEARS)
            for day, number in zip(days, trend(asked.at, days), strict=True):
                found["year", str(day.year)] = number
        return found

    def of_units(self, units: Sequence[int] | None) -> Numbers:
        """Return the numbers of the people of these units, or of all."""
        asked = self.asked if units is None else replace(self.asked, units=units)
        if self.name == MOVEMENT:
            return self._moves(units)
        if self.name == CHARTS:
            found: Numbers = pyramid(asked, FIVE_YEARS)  # type: ignore[assignment]
        elif self.name in {GROUPS, CROSS}:
            found = counts(asked, self.dimensions)
        else:
            each = by_each(asked, self.dimensions)
            return Counter({(key, value): n for key, by_value in each.items() for value, n in by_value.items()})
        return found if self.name == CROSS else Counter({(AGE, *key): number for key, number in found.items()})

    def _moves(self, units: Sequence[int] | None) -> Numbers:
        lines = counted(BookLine.objects.filter(scope_then(self.asked.at, self.asked.moved, "unit__")))
        if units is not None:
            lines = lines.filter(unit__in=units)
        found: Numbers = Counter()
        for way, by_reason in (("came", came_by_reason), ("left", left_by_reason)):
            for reason, number in by_reason(lines, self.first, self.asked.day).items():
                found[way, reason] = number
        return found


def sizes(at: Organization) -> tuple[int, int]:
    """Return the stored numbers of members and of lines of the books of an organisation and everything below it."""
    found = Figures.objects.filter(in_scope(Actor.system("statistics", at), "organization__")).aggregate(
        members=Sum("members"), lines=Sum("last_book_line")
    )
    return found["members"] or 0, found["lines"] or 0


def movement_of(numbers: Mapping[tuple[str, ...], int]) -> Movement:
    """Return the movement in the numbers."""
    came, left = (
        {key[1]: number for key, number in numbers.items() if key[0] == way} for way in ("came", "left")
    )  # fmt: skip
    return Movement(numbers.get(("before",), 0), came, left, numbers.get(("after",), 0))


def movement(at: Organization, first: dt.date, last: dt.date) -> Movement:
    """Return who came and left in the period, according to the registration books."""
    return movement_of(Question(MOVEMENT, Asked(at, last, Actor.system("statistics", at)), first).numbers())
