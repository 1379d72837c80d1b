"""Charts: ages by sex, members by organisation, members over the years (N-S3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from members.people.enums import Sex
from registry.access import Actor
from registry.components.charts import Series, bar_chart, line_chart
from registry.components.pyramid import pyramid
from registry.days import day_text
from registry.organizations.models import Organization
from registry.requests import number_in

from .. import counting, rules
from ..columns import AGE, AGES, ELSEWHERE, FIVE_YEARS, ITSELF, ORGANIZATION, OTHERS, group_key, offered
from ..counting import CHARTS, GROUPS, YEARS, Asked, Numbers, Question
from ..exports import Figure, Report, Table, too_few
from ..suppression import Mark, hide_list, is_small
from .asking import day_form
from .composition import notes_of, values_of
from .counted import numbers_of
from .hidden import hidden_cross

#: Maximum number of organisations in the chart, and in a table; the others are added up.
MAX_BARS, MAX_PLACES = 20, 150


def charts(actor: Actor, at: Organization, data: Mapping[str, Any]) -> Report:
    """Return the charts of a day with their tables."""
    form = day_form(data, at, actor)
    report = Report("charts", at, _("Charts"), form, hides=not rules.sees_persons(actor))
    if not form.is_valid():
        return report
    asked = Asked(at, form.cleaned_data["day"], actor)
    report.period = _("on %(day)s") % {"day": day_text(asked.day)}
    report.notes = notes_of(asked)
    numbers = numbers_of(Question(GROUPS if report.hides else CHARTS, asked, asked.day), report)
    if numbers is None:
        return report
    _ages(asked, report, Counter({key[1:]: number for key, number in numbers.items() if key[0] == AGE}))
    _organizations(asked, report, _of(ORGANIZATION, numbers))
    _years(asked, report, _of("year", numbers))
    return report


def _of(name: str, numbers: Numbers) -> Counter[str]:
    return Counter({key[1]: number for key, number in numbers.items() if key[0] == name})


def _ages(asked: Asked, report: Report, found: Numbers) -> None:
    """Add the pyramid; actors who see no people get the groups and hidden figures of the cross-table, so that nothing
    can be subtracted.
    """
    ages = AGES if report.hides else FIVE_YEARS
    hidden = _hidden_ages(asked, found) if report.hides else None
    groups = [group_key(at, ages) for at in range(len(ages))]
    filled = [at for at, group in enumerate(groups) if any(found[sex, group] for sex in Sex.values)]
    groups = groups[filled[0] : filled[-1] + 1] if filled else []
    names = [_("%(age)s and older") % {"age": group[:-1]} if group.endswith("-") else group.replace("-", "–")
             for group in groups]  # fmt: skip
    sexes = {Sex.MALE: pgettext("statistics", "men"), Sex.FEMALE: pgettext("statistics", "women")}
    title = _("Ages of men and women")
    if report.hides and hidden is None:
        report.tables.append(too_few("ages", title, list(sexes.values())))
        return
    figures = [
        [Figure.of(found[sex, group], hidden[sex, group] if hidden else Mark.SHOWN) for sex in sexes]
        for group in groups
    ]
    report.tables.append(
        Table("ages", title, _("age"), list(sexes.values()),
              [(name, "", row) for name, row in zip(names, figures, strict=True)][::-1])
    )  # fmt: skip
    men, women = (
        Series(str(name), [row[n].value for row in figures], [row[n].text for row in figures])
        for n, name in enumerate(sexes.values())
    )
    said = _("Bars to the left are men, to the right women; the youngest are at the bottom.")
    report.charts.append(("ages", title, pyramid(names, men, women, id="ages", title=title, description=said)))


def _hidden_ages(asked: Asked, found: Numbers) -> dict[tuple[str, str], Mark] | None:
    """Return the marks of the cross-table of sex and age by their values, or None if it cannot be shown."""
    dimensions = offered(asked.actor, asked.at.charter)
    sex, age = dimensions["sex"], dimensions[AGE]
    keys = [values_of(one, sums) for one, sums in zip((sex, age), counting.sums_of(found), strict=True)]
    crossed = hidden_cross(sex, age, (keys[0], keys[1]), found)
    if crossed is None or any(len(many) > 1 for many in crossed.rows):
        return None
    return {
        # Groups joined in the table are not drawn separately.
        (row, column): Mark.HIDDEN if len(beside) > 1 else crossed.marks[y][x]
        for y, (row,) in enumerate(crossed.rows)
        for x, beside in enumerate(crossed.columns)
        for column in beside
    }


def _organizations(asked: Asked, report: Report, found: Counter[str]) -> None:
    """Add the members of each organisation directly below, the largest first."""
    names = names_of(asked, found)
    ordered = sorted(found, key=lambda key: (-found[key], names[key]))
    if set(found) <= {ITSELF}:
        return
    title, heading = _("Members by organisation"), _("Organisation")
    note = ""
    if len(ordered) > MAX_PLACES:
        # The rest is one figure for hiding, because it is shown as one.
        found[OTHERS] = sum(found.pop(key) for key in ordered[MAX_PLACES:])
        names[OTHERS], ordered = _("Others"), [*ordered[:MAX_PLACES], OTHERS]
        note = _("The largest %(count)s are named.") % {"count": MAX_PLACES}
    marks: Sequence[Mark] | None = [Mark.SHOWN] * len(ordered)
    if report.hides:
        marks = hide_list([found[key] for key in ordered])
    if marks is None:
        report.tables.append(too_few("organizations", title, [_("Number of people")]))
        return
    total = sum(found.values())
    rows = []
    for key, mark in zip(ordered, marks, strict=True):
        pk = number_in(key)
        url = "" if report.hides or pk is None else place_url(pk, asked)
        rows.append((names[key], url, [Figure.of(found[key], mark, whole=total)]))
    drawn = rows[:MAX_BARS]
    report.charts.append(
        (
            "organizations",
            title,
            bar_chart(
                [name for name, _url, _row in drawn], [row[0].value for _name, _url, row in drawn],
                id="organizations", title=title,
                description=_("The largest first; the table below has them all.") if len(rows) > MAX_BARS else "",
            ),
        )
    )  # fmt: skip
    report.tables.append(
        Table("organizations", title, heading, [_("Number of people")], rows, [Figure.of(total)], note, has_shares=True)
    )


def names_of(asked: Asked, found: Counter[str]) -> dict[str, str]:
    """Return the names of the organisations directly below by their keys."""
    ids = [pk for key in found if (pk := number_in(key)) is not None]
    named = Organization.objects.visible_to(asked.actor).filter(pk__in=ids).values_list("pk", "short_name")
    return {
        **{str(pk): name for pk, name in named},
        ITSELF: _("Without those below"),
        ELSEWHERE: _("Now under another organisation"),
    }


def place_url(pk: int, asked: Asked, page: str = "charts") -> str:
    """Return the address of the same page about another organisation."""
    return f"{reverse(f'statistics:{page}', args=[pk])}?day={day_text(asked.day)}"


def _years(asked: Asked, report: Report, found: Counter[str]) -> None:
    """Add the number of members at the beginning of each year."""
    days = counting.first_days(asked.day, YEARS)
    values = [found[str(day.year)] for day in days]
    start = next((at for at, value in enumerate(values) if value), len(values))
    days, values = days[start:], values[start:]
    if not days:
        return
    title = _("Members on 1 January")
    figures = [
        Figure(None, "<5") if report.hides and is_small(value) else Figure.of(value) for value in values
    ]  # fmt: skip
    names = [str(day.year) for day in days]
    series = Series(_("members"), [one.value for one in figures], [one.text for one in figures])
    report.charts.append(("years", title, line_chart(names, [series], id="years", title=title)))
    report.tables.append(
        Table("years", title, _("Year"), [_("Number of people")],
              [(name, "", [one]) for name, one in zip(names, figures, strict=True)][::-1])
    )  # fmt: skip
