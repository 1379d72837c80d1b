"""Dimensions: fields of the card by which members are counted, under a charter and for an actor (N-S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.people.enums import Category
from members.people.rules.fields import class_of, is_list, known_choices, label_of
from registry.access import Actor
from registry.charters.base import Charter
from registry.enums import DataClass
from registry.requests import number_in

#: Groups of people behind a key figure, and the age below which members count as young.
UNDER_35, REPRESENTATIVES, YOUNG = "under_35", "representatives", 35
#: Categories of representatives.
REPRESENTING = (Category.LEGAL_REPRESENTATIVE, Category.GUARDIAN, Category.TRUSTEE)
#: Values of people without one: not filled in, not applicable to their category, or on a card that cannot be read now.
#: No field has such a value itself.
NOT_GIVEN, NOT_CONCERNED, GONE = "not-given", "not-concerned", "gone"
AGE, ORGANIZATION = "age", "organization"
#: Value for people in the organisation itself, and for those whose organisation is elsewhere now.
ITSELF, ELSEWHERE = "itself", "elsewhere"
#: Value for the organisations that are not listed because there are too many.
OTHERS = "rest"
#: First ages of the groups, and of the pyramid's groups.
AGES = (0, 18, 25, 35, 45, 55, 65, 75, 85)
FIVE_YEARS = tuple(range(0, 100, 5))
#: Counted fields, in the order of the page.
_GENERAL = ("sex", AGE, "category", "education", "worker_category", "dues_form")
_HEALTH = ("disability_group", "disability_cause", "mobility", "prostheses", "needs")


@dataclass(frozen=True)
class Dimension:
    """A way to group people: its values with their labels, in order.

    `concerns` are the categories of members that have it, empty for all. With `several`, people have any number of
    values.
    """

    key: str
    label: Any
    values: Mapping[str, Any] = field(compare=False)
    concerns: frozenset[str] = frozenset()
    data_class: DataClass = DataClass.GENERAL
    several: bool = False
    #: A group has no value for people outside it.
    is_group: bool = False

    @property
    def of_health(self) -> bool:
        return self.data_class == DataClass.HEALTH

    def label_of(self, value: str) -> str:
        """Return the label of a value, or of a missing one."""
        return str(self.values.get(value) or _SPECIAL[value])

    def has(self, value: str) -> bool:
        """Return whether people can be listed by the value."""
        if self.key == ORGANIZATION:
            return number_in(value) is not None or value == ITSELF
        return value in self.values or (not self.is_group and value in {NOT_GIVEN, NOT_CONCERNED})


_SPECIAL = {
    NOT_GIVEN: _("not given"),
    NOT_CONCERNED: _("other categories"),
    GONE: _("the card cannot be read now"),
}
SPECIAL = tuple(_SPECIAL)


def offered(actor: Actor, charter: Charter) -> dict[str, Dimension]:
    """Return the dimensions available to the actor by key: general data for all, others for those who read their class.

    Actors who read no cards see counts of general data with small figures hidden (`suppression`).
    """
    found = {}
    for key in (*_GENERAL, *_HEALTH):
        name = "birth_date" if key == AGE else key
        if name not in charter.fields:
            continue
        if class_of(name) != DataClass.GENERAL and not actor.reads(class_of(name)):
            continue
        if key == AGE:
            found[key] = Dimension(key, _("age"), {group_key(at, AGES): _group(at) for at in range(len(AGES))})
            continue
        values = {str(value): label for value, label in known_choices(key, charter)}
        concerns = charter.only_for.get(key, frozenset())
        found[key] = Dimension(key, label_of(key, charter), values, concerns, class_of(key), is_list(key))
    return found


def groups(dimensions: Mapping[str, Dimension]) -> dict[str, Dimension]:
    """Return the groups of people behind key figures, by key; each has one value, equal to its key."""
    found = {}
    if AGE in dimensions:
        found[UNDER_35] = Dimension(UNDER_35, _("age"), {UNDER_35: _("under 35")}, is_group=True)
    if "category" in dimensions and {*REPRESENTING} & {*dimensions["category"].values}:
        label, name = dimensions["category"].label, _("representatives")
        found[REPRESENTATIVES] = Dimension(REPRESENTATIVES, label, {REPRESENTATIVES: name}, is_group=True)
    return found


def group_key(at: int, ages: tuple[int, ...]) -> str:
    """Return the value of the age group: «18-24», or «85-» for the last one."""
    return f"{ages[at]}-{ages[at + 1] - 1}" if at + 1 < len(ages) else f"{ages[at]}-"


def _group(at: int) -> Any:
    first = AGES[at]
    if first == 0:
        return _("under 18")
    return f"{first}–{AGES[at + 1] - 1}" if at + 1 < len(AGES) else _("85 and older")


def born_until(day: dt.date, age: int) -> dt.date:
    """Return the latest date of birth of people who have reached the age on the day."""
    year = day.year - age
    try:
        return day.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)
