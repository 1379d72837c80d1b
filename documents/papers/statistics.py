"""Statistics of an organisation's members: summary, tables and charts, as on the screen (N-S3)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from registry.days import day_text

from .blank_words import name_of
from .list_pages import LIST, Layout, divided

if TYPE_CHECKING:
    from registry.organizations.models import Organization

LAYOUT = LIST._replace(first=25, others=30, ending=0)
#: Tables below a chart are denser, so that most of them fit on its page.
DENSE = LIST._replace(first=36, others=43, ending=0, row=5.4, cell=4.4, size=9.0)
#: Names of the values of a row; width of the first column and of the columns of figures (mm).
NAMES, WIDE, FIGURE = ("name", "first", "second"), 170, 29
#: Width of a chart and height of its title (mm), and the minimum number of rows below it on its page.
WIDTH, HEADING, FEWEST = 170.0, 9.0, 6


@dataclass(frozen=True)
class Chart:
    """A chart as SVG with its title."""

    title: str
    drawing: str

    @property
    def height(self) -> float:
        """The height of the chart on the page (mm)."""
        found = re.search(r'viewBox="0 0 (\d+) (\d+)"', self.drawing)
        return HEADING + (WIDTH * int(found[2]) / int(found[1]) if found else HEADING)


@dataclass(frozen=True)
class PrintedTable:
    """A table in Russian: headings, rows with a name and one or two figures, its chart, a note."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    chart: Chart | None = None
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """Contents of the paper, in Russian; `period` is the day or the days of the figures.

    The figures of the `summary` precede the tables.
    """

    title: str
    period: str
    notes: Sequence[str] = ()
    tables: Sequence[PrintedTable] = ()
    summary: Sequence[tuple[str, str]] = ()


def build(place: Organization, sheet: Sheet, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page: the tables without a chart, then each chart with its table below."""
    common = {
        "organization": name_of(place), "title": sheet.title, "period": sheet.period, "notes": sheet.notes,
        "head": f"{sheet.title}, {sheet.period}: {place.short_name}", "made": day_text(batch.today),
    }  # fmt: skip
    plain = [table for table in sheet.tables if table.chart is None]
    pages: list[dict[str, Any]] = []
    if plain or sheet.summary or not sheet.tables:
        pages += _plain(plain, sheet.summary, common)
    for table in sheet.tables:
        if table.chart is not None:
            pages += _charted(table, table.chart, common, first=not pages)
    return [{**page, "page": at, "of": len(pages), "first": at == 1} for at, page in enumerate(pages, 1)]


def _plain(
    tables: Sequence[PrintedTable], summary: Sequence[tuple[str, str]], common: Mapping[str, Any]
) -> Iterable[dict[str, Any]]:
    """Return the pages of the tables below their titles, with the headings of their columns above all of them."""
    shares = any(len(table.headings) > 2 for table in tables)
    headings = ["Показатель", "Количество", *(["%"] if shares else [])]
    rows: list[Mapping[str, Any]] = []
    for title, lines, note in (
        ("Сводка", summary, ""), *((table.title, table.rows, table.note) for table in tables),
    ):  # fmt: skip
        below = _rows(lines, note)
        rows += [{"heading": title, **row} if not at else row for at, row in enumerate(below)]
    return _pages(rows or [{"name": "Нет данных"}], headings, common, LAYOUT)


def _charted(
    table: PrintedTable, chart: Chart, common: Mapping[str, Any], *, first: bool
) -> Iterable[dict[str, Any]]:  # fmt: skip
    """Return the page of the chart and those of its table, which begins below the chart if there is room."""
    room = (DENSE.first if first else DENSE.others) - math.ceil(chart.height / DENSE.row)
    drawn = {**common, "chart": chart}
    rows = _rows(table.rows, table.note)
    if room >= min(FEWEST, len(rows)):
        pages = list(_pages(rows, table.headings, common, DENSE._replace(first=room)))
        return [{**drawn, **pages[0]}, *pages[1:]]
    return [drawn, *_pages(rows, table.headings, common, DENSE._replace(first=DENSE.others))]


def _rows(lines: Sequence[Sequence[str]], note: str) -> list[Mapping[str, Any]]:
    """Return the rows with the note below them."""
    return [*(dict(zip(NAMES, texts, strict=False)) for texts in lines), *([{"name": note}] if note else [])]


def _pages(
    rows: Sequence[Mapping[str, Any]], headings: Sequence[str], common: Mapping[str, Any], layout: Layout
) -> Iterable[dict[str, Any]]:
    figures = len(headings) - 1
    widths = (WIDE - FIGURE * figures, *[FIGURE] * figures)
    columns = [(name, width, "n" if at else "") for at, (name, width) in enumerate(zip(NAMES, widths, strict=False))]
    return (
        dict(page)
        for page in divided(rows, columns, {**common, "headings": headings, "height": layout.row}, {}, layout)
    )


#: Contains only figures of fields that the reader may read, and no people.
STATISTICS = Paper(
    code="statistics", title="Статистика", build=build, data_classes=frozenset(), stylesheet="dues_report"
)
