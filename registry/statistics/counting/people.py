"""Counting the members of an organisation and everything below it on a day (N-S3).

The books say who was registered, as known now. Organisations count at their position in the tree on that day (N-H3).
Fields have the present values of the cards; ages are those of the day. Blocked cards are left out. Cards out of the
actor's reach are counted without values: erased ones, and those of people who went to other organisations. Health data
of people who left are no longer read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Left, StrIndex, Substr

from members.book.models import BookLine
from members.book.queries.moved_since import Moved, moved_since
from members.book.queries.on_day import lines_on, members_on, scope_then
from members.people.models import Member
from registry.access import Actor, in_scope, usable
from registry.organizations.models import Figures, Organization
from registry.sizes import CHUNK_READ

from ..columns import (
    AGE,
    AGES,
    ELSEWHERE,
    GONE,
    ITSELF,
    NOT_CONCERNED,
    NOT_GIVEN,
    ORGANIZATION,
    REPRESENTATIVES,
    REPRESENTING,
    UNDER_35,
    YOUNG,
    Dimension,
    born_until,
    group_key,
)

#: Maximum number of people whose encrypted health data are read for a report.
MAX_HEALTH = 20_000


@dataclass(frozen=True)
class Asked:
    """The query: an organisation loaded in the actor's scope, and a day."""

    at: Organization
    day: dt.date
    actor: Actor
    #: The units whose people are counted; None for all.
    units: Sequence[int] | None = None

    @cached_property
    def moved(self) -> Sequence[Moved]:
        """Organisations that had another position on the day."""
        return moved_since(self.at.federation_id, self.day)

    @cached_property
    def total(self) -> int:
        """The number of members, from stored figures."""
        return members_on(self.at, self.day, self.moved)

    @property
    def is_today(self) -> bool:
        return self.day == self.at.today

    @property
    def lines(self) -> QuerySet[BookLine]:
        """The lines of the books that were open on the day, for counting and not for showing."""
        lines = lines_on(counted(BookLine.objects.filter(scope_then(self.at, self.moved, "unit__"))), self.day)
        return lines if self.units is None else lines.filter(unit__in=self.units)

    @property
    def counts_cards(self) -> bool:
        return self.is_today and not self.moved

    @property
    def people(self) -> tuple[QuerySet[Any], str]:
        """Lines of the books, or for today the cards, and the lookup from them to the card.

        Registered members have one open line each, in the book of their unit.
        """
        if not self.counts_cards:
            return self.lines, "member__"
        cards = Member.objects.registered().filter(in_scope(Actor.system("statistics", self.at), "unit__"))
        return cards if self.units is None else cards.filter(unit__in=self.units), ""

    @property
    def listed(self) -> QuerySet[BookLine]:
        """The lines whose cards the actor can open now."""
        lines = BookLine.objects.visible_to(self.actor).filter(scope_then(self.at, self.moved, "unit__"))
        return lines_on(lines, self.day).filter(_here(self.actor))


def counted(lines: QuerySet[BookLine]) -> QuerySet[BookLine]:
    """Leave out cards that are blocked now, like the stored figures do (N-C1)."""
    # Few cards are blocked, so a subquery is better than a join from each line to its card.
    return lines.exclude(left_on__isnull=True, member__in=Member.objects.filter(blocked_on__isnull=False))


def _here(actor: Actor) -> Q:
    """Return the condition that the card is in the actor's scope now."""
    return Q(member__unit__isnull=False) & in_scope(actor, "member__unit__")


def _known(actor: Actor) -> Q:
    """Return the condition that general data of the card may be counted: the card is, or last was, in the actor's
    scope.
    """
    own = actor.organization
    if own is not None and own.parent_id is None:
        return Q(member__isnull=False) & usable("member__")
    left = Q(member__unit__isnull=True) & usable("member__") & in_scope(actor, "member__last_unit__")
    return _here(actor) | left


def counts(asked: Asked, dimensions: Sequence[Dimension]) -> Counter[tuple[str, ...]]:
    """Return the number of members by their values of the dimensions, with one grouped query.

    With health data the people are read one by one. People with several values of a dimension are counted once for
    each, so only one such dimension makes sense.
    """
    if any(one.of_health for one in dimensions):
        return _read(asked, dimensions)
    found: Counter[tuple[str, ...]] = Counter()
    for known, category, *raw, number in _rows(asked, dimensions).annotate(number=Count("pk")):
        found[tuple(_value(one, value, category, known=known) for one, value in zip(dimensions, raw, strict=True))] += (
            number
        )
    return found


def sums_of(found: Mapping[tuple[str, ...], int]) -> tuple[Counter[str], Counter[str]]:
    """Return the numbers of members by the values of the first and of the second of two dimensions."""
    sums = Counter[str](), Counter[str]()
    for values, number in found.items():
        for by_value, value in zip(sums, values, strict=True):
            by_value[value] += number
    return sums


def _rows(asked: Asked, dimensions: Iterable[Dimension]) -> Any:
    of_health = any(one.of_health for one in dimensions)
    known = _here(asked.actor) if of_health else _known(asked.actor)
    counted, card = asked.people
    is_known = Case(When(known, then=Value(1)), default=Value(0)) if card else Value(1)
    names = {one.key: _column(one.key, asked, card) for one in dimensions}
    return (
        counted.order_by()
        .annotate(known=is_known)
        .annotate(of_category=Coalesce(F(f"{card}category"), Value("")))
        .annotate(**{f"by_{key}": column for key, column in names.items()})
        .values_list("known", "of_category", *(f"by_{key}" for key in names))
    )


def _column(key: str, asked: Asked, card: str = "member__") -> Any:
    """Return the expression of the dimension's value; `card` is the lookup that leads to the card."""
    if key == AGE:
        return _age(asked.day, AGES, card)
    if key == ORGANIZATION:
        return _child(asked.at)
    if key == UNDER_35:
        return _group(Q(**{f"{card}birth_date__gt": born_until(asked.day, YOUNG)}), key)
    if key == REPRESENTATIVES:
        return _group(Q(**{f"{card}category__in": REPRESENTING}), key)
    return F(f"{card}health__{key}") if key in _OF_HEALTH else F(f"{card}{key}")


_OF_HEALTH = frozenset({"disability_group", "disability_cause", "mobility", "prostheses", "needs"})


def _group(condition: Q, key: str) -> Case:
    return Case(When(condition, then=Value(key)), default=Value(""), output_field=CharField())


def _age(day: dt.date, ages: tuple[int, ...], card: str) -> Case:
    born = f"{card}birth_date__gt"
    groups = [
        When(**{born: born_until(day, ages[at + 1])}, then=Value(group_key(at, ages))) for at in range(len(ages) - 1)
    ]
    unknown = When(**{f"{card}birth_date__isnull": True}, then=Value(NOT_GIVEN))
    return Case(unknown, *groups, default=Value(group_key(len(ages) - 1, ages)), output_field=CharField())


def _child(at: Organization, unit: str = "unit__") -> Case:
    """Return the id of the organisation directly below that the unit belongs to; `unit` is the lookup to it."""
    rest = Substr(f"{unit}path", len(at.path) + 1)
    return Case(
        When(**{f"{unit}path": at.path}, then=Value(ITSELF)),
        When(**{f"{unit}path__startswith": at.path}, then=Left(rest, StrIndex(rest, Value("/")) - 1)),
        default=Value(ELSEWHERE),
        output_field=CharField(),
    )


def _value(one: Dimension, raw: Any, category: str, *, known: int) -> str:
    if one.key == ORGANIZATION:
        return str(raw)
    if not known:
        return GONE
    if one.concerns and category and category not in one.concerns:
        return NOT_CONCERNED
    return str(raw) if raw in one.values else NOT_GIVEN


def _read(asked: Asked, dimensions: Sequence[Dimension]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    several = next((at for at, one in enumerate(dimensions) if one.several), None)
    for known, category, *raw in _rows(asked, dimensions).iterator(chunk_size=CHUNK_READ):
        listed = raw[several] if several is not None else None
        for value in listed or [""]:
            values = [value if at == several else other for at, other in enumerate(raw)]
            key = (_value(one, v, category, known=known) for one, v in zip(dimensions, values, strict=True))
            found[tuple(key)] += 1
    return found


def by_each(asked: Asked, dimensions: Sequence[Dimension]) -> dict[str, Counter[str]]:
    """Return the number of members by the values of each dimension, with one query for all."""
    found: dict[str, Counter[str]] = {one.key: Counter() for one in dimensions}
    if any(one.of_health for one in dimensions):
        for known, category, *raw in _rows(asked, dimensions).iterator(chunk_size=CHUNK_READ):
            for one, value in zip(dimensions, raw, strict=True):
                for each in (value or [""]) if one.several else [value]:
                    found[one.key][_value(one, each, category, known=known)] += 1
        return found
    for values, number in counts(asked, dimensions).items():
        for one, value in zip(dimensions, values, strict=True):
            found[one.key][value] += number
    return found


def pyramid(asked: Asked, ages: tuple[int, ...]) -> Counter[tuple[str, str]]:
    """Return the number of members by sex and group of ages; the keys are those of `group_key`."""
    counted, card = asked.people
    rows: Any = (
        (counted.filter(_known(asked.actor)) if card else counted)
        .order_by()
        .annotate(by_age=_age(asked.day, ages, card))
        .values_list(f"{card}sex", "by_age")
        .annotate(number=Count("pk"))
    )
    return Counter({(sex, age): number for sex, age, number in rows})


def people(asked: Asked, chosen: Mapping[Dimension, str]) -> QuerySet[BookLine]:
    """Return the lines of people with these values whose cards the actor can open, by name."""
    lines = asked.listed
    general = {one: value for one, value in chosen.items() if not one.of_health}
    lines = lines.annotate(**{f"by_{one.key}": _column(one.key, asked) for one in general})
    for one, value in general.items():
        lines = lines.filter(_has(one, value, f"by_{one.key}"))
    health = {one: value for one, value in chosen.items() if one.of_health}
    if health:
        rows = lines.order_by().values_list("pk", "member__category", *(f"member__health__{one.key}" for one in health))
        lines = asked.listed.filter(pk__in=[pk for pk, category, *raw in rows if _fits(health, category, raw)])
    return lines.select_related("unit__parent").order_by("sort_key", "pk")


def _has(one: Dimension, value: str, column: str) -> Q:
    if one.key == ORGANIZATION:
        return Q(**{column: value})
    concerned = Q(member__category__in=[*one.concerns, ""]) if one.concerns else Q()
    if value == NOT_CONCERNED:
        return ~concerned if one.concerns else Q(pk__in=[])
    if value == NOT_GIVEN:
        return concerned & ~Q(**{f"{column}__in": list(one.values)})
    return concerned & Q(**{column: value})


def _fits(health: Mapping[Dimension, str], category: str, raw: Sequence[Any]) -> bool:
    for (one, value), stored in zip(health.items(), raw, strict=True):
        each = (stored or [""]) if one.several else [stored]
        if value not in {_value(one, some, category, known=1) for some in each}:
            return False
    return True


def by_organization(asked: Asked) -> Counter[str]:
    """Return the number of members by the id of the organisation directly below."""
    if asked.counts_cards and asked.units is None:
        # The numbers of registered members are stored for each unit.
        stored = Figures.objects.filter(in_scope(Actor.system("statistics", asked.at), "organization__"), members__gt=0)
        child = _child(asked.at, "organization__")
        return Counter(dict(stored.order_by().annotate(child=child).values_list("child").annotate(n=Sum("members"))))
    rows: Any = asked.lines.order_by().annotate(child=_child(asked.at)).values_list("child").annotate(n=Count("pk"))
    return Counter(dict(rows))
