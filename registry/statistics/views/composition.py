"""Composition of the members on a day, by the fields of their cards (N-S3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.people.enums import Category, WorkerCategory
from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization
from registry.organizations.queries import recent_employees

from .. import rules
from ..columns import (
    AGE,
    AGES,
    REPRESENTATIVES,
    REPRESENTING,
    SPECIAL,
    UNDER_35,
    YOUNG,
    Dimension,
    group_key,
    groups,
    offered,
)
from ..counting import COMPOSITION, HEALTH, Asked, Numbers, Question, by_level, levels_below
from ..exports import Figure, Report, Table
from ..suppression import hide_list
from .asking import Figures, day_form
from .counted import numbers_of
from .hidden import groups_of, hidden_list


def composition(actor: Actor, at: Organization, data: Mapping[str, Any]) -> Report:
    """Return the members by general data of their cards, and key figures of the federation."""
    report, asked = _begun("composition", _("Composition of the members"), actor, at, data)
    if asked is None:
        return report
    dimensions = [one for one in offered(actor, at.charter).values() if not one.of_health]
    numbers = numbers_of(Question(COMPOSITION, asked, asked.day), report)
    if numbers is None:
        return _waiting(report, asked)
    found = _by_field(dimensions, numbers)
    total = sum(found["sex"].values())
    figures = Figures(asked, total)
    report.tiles = [(_("Registered members"), _total(asked, total))]
    if not report.hides:
        report.tiles += _key_figures(asked, found, {one.key: one for one in dimensions}, figures)
    report.tiles += _organizations(asked)
    report.tables = tables(dimensions, found, total, figures, hides=report.hides)
    return report


def _organizations(asked: Asked) -> list[tuple[str, Figure]]:
    """Return the number of organisations below by level, also for actors who see no people."""
    page, found = reverse("statistics:organizations", args=[asked.at.pk]), by_level(asked.at, asked.day, asked.moved)
    query = {"day": day_text(asked.day)}
    return [
        (str(capfirst(str(name))), Figure.of(found[level], url=f"{page}?{urlencode({'level': level, **query})}"))
        for level, name in levels_below(asked.at).items()
    ]


def health(actor: Actor, at: Organization, data: Mapping[str, Any]) -> Report:
    """Return the members by health data; for many people, as counted by a job.

    Raises `Http404` for actors who may not read such data, and under charters without it.
    """
    dimensions = [one for one in offered(actor, at.charter).values() if one.of_health]
    if not dimensions:
        raise Http404
    report, asked = _begun("health", _("Disability and needs"), actor, at, data)
    if asked is None:
        return report
    numbers = numbers_of(Question(HEALTH, asked, asked.day), report)
    if numbers is None:
        return _waiting(report, asked)
    found = _by_field(dimensions, numbers)
    total = sum(found[dimensions[0].key].values())
    report.tiles = [(_("Registered members"), _total(asked, total))]
    report.tables = tables(dimensions, found, total, Figures(asked, total), hides=report.hides)
    report.notes.append(_("Health data of people who have left since are not counted."))
    return report


def _by_field(dimensions: Sequence[Dimension], numbers: Numbers) -> dict[str, Counter[str]]:
    """Return the numbers of people by the values of each field."""
    found: dict[str, Counter[str]] = {one.key: Counter() for one in dimensions}
    for (key, value), number in numbers.items():
        if key in found:
            found[key][value] = number
    return found


def _waiting(report: Report, asked: Asked) -> Report:
    """Return a report that waits for its numbers, with the stored number of members."""
    if asked.is_today:
        report.tiles = [(_("Registered members"), _total(asked, asked.total))]
    return report


def _begun(
    key: str, title: str, actor: Actor, at: Organization, data: Mapping[str, Any]
) -> tuple[Report, Asked | None]:
    """Return the report with its form, and its query if the form is valid."""
    form = day_form(data, at, actor)
    report = Report(key, at, title, form, hides=not rules.sees_persons(actor))
    if not form.is_valid():
        return report, None
    asked = Asked(at, form.cleaned_data["day"], actor)
    report.period = _("on %(day)s") % {"day": day_text(asked.day)}
    report.notes = notes_of(asked)
    return report, asked


def notes_of(asked: Asked) -> list[str]:
    """Return the notes that a reader of the day's figures needs."""
    notes = []
    if not asked.is_today:
        notes.append(
            _("Who was registered on that day and their ages are as of that day; all other data are those that the "
              "cards have now.")
        )  # fmt: skip
    if not rules.sees_persons(asked.actor):
        notes.append(
            _("Figures below 5 are hidden, and so are others that would give them away by subtraction.")
        )  # fmt: skip
    return notes


def _total(asked: Asked, total: int) -> Figure:
    if not rules.sees_persons(asked.actor):
        marks = hide_list([total])
        return Figure.of(total) if marks is not None else Figure(None, "<5")
    return Figure.of(total, url=f"{reverse('cells:on_day', args=[asked.at.pk])}?day={day_text(asked.day)}")


def _key_figures(
    asked: Asked, found: Mapping[str, Counter[str]], dimensions: Mapping[str, Dimension], figures: Figures
) -> list[tuple[str, Figure]]:
    """Return the figures that the federation reports about its members, if the charter has the fields."""
    tiles: list[tuple[str, Figure]] = []
    category, offers, together = dimensions["category"], dimensions["category"].values, groups(dimensions)
    if asked.is_today and "worker_category" in dimensions:
        employees = recent_employees(Actor.system("coverage", asked.at))
        if employees:
            share = min(100 * sum(found["sex"].values()) // employees, 100)
            tiles.append((_("Coverage of employees"), Figure(share, f"{share} %")))
    if "worker_category" in dimensions:
        staff = dimensions["worker_category"]
        count = found["worker_category"][WorkerCategory.TEACHING]
        tiles.append((_("Teaching staff"), figures.of(count, {staff: WorkerCategory.TEACHING})))
        young = sum(found[AGE][group_key(n, AGES)] for n in range(len(AGES) - 1) if AGES[n + 1] <= YOUNG)
        tiles.append((_("Under 35"), figures.of(young, {together[UNDER_35]: UNDER_35})))
    named = {
        Category.DISABLED: _("Disabled people"),
        Category.STUDENT: _("Students"),
        Category.PENSIONER: _("Pensioners, not employed"),
    }
    for value, label in named.items():
        if value in offers:
            tiles.append((label, figures.of(found["category"][value], {category: value})))
    if REPRESENTATIVES in together:
        count = sum(found["category"][value] for value in REPRESENTING)
        tiles.append((_("Representatives"), figures.of(count, {together[REPRESENTATIVES]: REPRESENTATIVES})))
    return tiles


def tables(
    dimensions: Sequence[Dimension], found: Mapping[str, Counter[str]], total: int, figures: Figures, *, hides: bool
) -> list[Table]:
    """Return a table for each dimension. Rows for missing values are only included if they have people."""
    return [_table(one, found[one.key], total, figures, groups_of(one, dimensions), hides=hides) for one in dimensions]


def values_of(one: Dimension, found: Mapping[str, int]) -> list[str]:
    """Return the values of the dimension in order, and those for people without a value."""
    return [*one.values, *(value for value in SPECIAL if found.get(value))]


def _table(
    one: Dimension, found: Counter[str], total: int, figures: Figures, parts: Sequence[Collection[str]], *, hides: bool
) -> Table:
    label = str(capfirst(str(one.label)))
    values = values_of(one, found)
    marks = hidden_list(values, found, parts) if hides else None
    if hides and marks is None:
        return Table(
            one.key, label, label, [_("Number of people")], [], note=_("Too few people to show their figures.")
        )
    rows = [
        (
            one.label_of(value),
            "",
            [
                figures.of(found[value], {one: value}, marks[at], whole=total)
                if marks is not None
                else figures.of(found[value], {one: value}, whole=total)
            ],
        )
        for at, value in enumerate(values)
    ]
    note = _("A person may have several of these, so their sum may be more than the total.") if one.several else ""
    return Table(one.key, label, label, [_("Number of people")], rows, [Figure.of(total)], note, has_shares=True)
