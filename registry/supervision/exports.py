"""The overview as a workbook and on paper, with the columns and order of the screen (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from documents.papers.screen_list import Drawn, Listed
from dues.money import money
from dues.reports.queries.asked import Asked
from dues.reports.queries.showing import month_name, short_month_name
from dues.reports.queries.sums import by_month
from registry.access import Actor
from registry.components.charts import Series
from registry.indexes import by_index
from registry.organizations.models import Organization
from registry.organizations.queries import recent_totals_under
from registry.spreadsheets.writing import Workbook

from .columns import Column, Topic, with_derived
from .queries.months import movement_by_month
from .queries.overview import Row

#: Maximum number of members whose payments of two years are added up while the page waits.
MAX_DUES_CHART = 20_000


@dataclass(frozen=True)
class Table:
    """A page of the overview: its organisation, topic, rows in their order, and total."""

    at: Organization
    topic: Topic
    rows: Sequence[Row]
    total: Mapping[str, Any]
    #: The filters in words.
    notes: Sequence[str] = field(default=())

    def lines(self) -> list[tuple[str, list[Decimal | int]]]:
        """Return the name and the figures of each row, with the total last."""
        named = [(_("Without those below") if row.own_only else row.organization.short_name, row.sums)
                 for row in self.rows]  # fmt: skip
        return [
            (name, [column.value(with_derived(sums)) for column in self.topic.columns])
            for name, sums in (*named, (_("Total"), self.total))
        ]


@dataclass(frozen=True)
class Chart:
    """Figures of the months of a year; future months have none."""

    title: str
    series: Sequence[Series]

    @property
    def labels(self) -> list[str]:
        """The names of the months."""
        return [month_name(month) for month in range(1, 13)]

    @property
    def short_labels(self) -> list[str]:
        """The names of the months, cut to three letters."""
        return [short_month_name(month) for month in range(1, 13)]

    def drawn(self) -> Drawn:
        """Return the chart for a paper."""
        rows = [(label, [one.text(at) for one in self.series]) for at, label in enumerate(self.labels)]
        headings = ["Месяц", *(one.name for one in self.series)]
        return Drawn(self.title, self.short_labels, self.series, headings, rows)


def chart_of(table: Table, actor: Actor) -> Chart | None:
    """Return the chart of the year for the topics of people and dues; None for others, and for dues of too many people.

    It covers the organisation and everything below it, regardless of the filters.
    """
    at, year = table.at, table.at.today.year
    if table.topic.key == "people":
        months = movement_by_month(at)
        later = [None] * (12 - len(months))
        series = [
            Series(_("Registered in the month"), [*(came for came, _left in months), *later]),
            Series(_("Left in the month"), [*(left for _came, left in months), *later]),
        ]
        return Chart(_("Registered and left by month, %(year)s") % {"year": year}, series)
    if table.topic.key == "dues" and recent_totals_under(at)["members"] <= MAX_DUES_CHART:
        # Sums of an organisation that the actor has opened, also for levels that see no names.
        asked = Asked(at, dt.date(year, 1, 1), dt.date(year, 12, 31))
        # The entries of these people are few compared with those of a federation, which would all be scanned.
        with by_index():
            paid = by_month(asked, Actor.system("chart of the year", at))
        return Chart(
            _("Dues received by month in two years, roubles"),
            [
                _roubles(year - 1, [month.before for month in paid]),
                _roubles(year, [month.this for month in paid]),
            ],
        )
    return None


def _roubles(year: int, values: Sequence[Decimal | None]) -> Series:
    return Series(str(year), values, ["" if value is None else money(value) for value in values])


def figure_text(column: Column, value: Decimal | int) -> str:
    """Return the figure as text: grouped, money with its kopecks."""
    return number_format(value, 2 if column.is_money else None, force_grouping=True)


def workbook(table: Table) -> bytes:
    """Return the overview as a workbook; figures are numbers."""
    headings = [(_("Organisation"), 44), *((capfirst(str(column.label)), 18) for column in table.topic.columns)]
    with Workbook(constant_memory=True) as book:
        page = book.add_page(capfirst(str(table.topic.label)), headings, frozen=1)
        for number, (name, values) in enumerate(table.lines(), start=1):
            for at, value in enumerate((name, *values)):
                book.write(page, number, at, value)
    return book.data


def paper(table: Table, actor: Actor) -> Listed:
    """Return the overview for its paper, in Russian, with the chart of the year on the last page."""
    with override("ru"):
        headings = ["Организация", *(capfirst(str(column.label)) for column in table.topic.columns)]
        rows = [
            [name, *(figure_text(column, value) for column, value in zip(table.topic.columns, values, strict=True))]
            for name, values in table.lines()
        ]
        title = f"Обзор: {str(table.topic.label).lower()}"
        chart = chart_of(table, actor)
        return Listed(
            title,
            table.notes,
            headings,
            rows,
            ending=f"Организаций: {table.total.get('organizations', 0)}",
            has_total=True,
            chart=chart.drawn() if chart is not None else None,
        )
