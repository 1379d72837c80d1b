"""Statistics of an organisation's members: summary, tables and charts, as the screen shows them (N-S3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from registry.days import day_text

from .blank_words import name_of
from .list_pages import LIST, divided

if TYPE_CHECKING:
    from registry.organizations.models import Organization

LAYOUT = LIST._replace(first=25, others=30, ending=0)
#: Columns: name of the value, width (mm), alignment.
COLUMNS = (("name", 112, ""), ("first", 29, "n"), ("second", 29, "n"))
#: Width of a chart, height of its heading, and height for charts on a page (mm).
WIDTH, HEADING, ROOM = 170.0, 9.0, 248.0


@dataclass(frozen=True)
class PrintedTable:
    """A table in Russian: headings, and rows of a name with one or two figures."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Chart:
    """A chart as SVG with its title."""

    title: str
    drawing: str

    @property
    def height(self) -> float:
        """The height that it takes on the page (mm)."""
        found = re.search(r'viewBox="0 0 (\d+) (\d+)"', self.drawing)
        return HEADING + (WIDTH * int(found[2]) / int(found[1]) if found else HEADING)


@dataclass(frozen=True)
class Sheet:
    """Contents of the paper, in Russian; `period` is the day or the days of the figures."""

    title: str
    period: str
    notes: Sequence[str] = ()
    tables: Sequence[PrintedTable] = ()
    charts: Sequence[Chart] = field(default_factory=tuple)


def build(place: Organization, sheet: Sheet, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page: tables first, then charts."""
    rows = [row for table in sheet.tables for row in _rows(table)]
    common = {
        "organization": name_of(place), "title": sheet.title, "period": sheet.period, "notes": sheet.notes,
        "head": f"{sheet.title}, {sheet.period}: {place.short_name}", "made": day_text(batch.today),
    }  # fmt: skip
    pages = [dict(page) for page in divided(rows or [{"name": "Нет данных"}], COLUMNS, common, {}, LAYOUT)]
    charts = [{**common, "charts": part} for part in _on_pages(sheet.charts)]
    of = len(pages) + len(charts)
    return [{**page, "page": at, "of": of} for at, page in enumerate([*pages, *charts], 1)]


def _rows(table: PrintedTable) -> Iterable[Mapping[str, Any]]:
    """Return the rows below the title of the table; the headings of its columns are the first."""
    names = [name for name, _width, _align in COLUMNS]
    for at, texts in enumerate([table.headings, *table.rows] if table.headings else table.rows):
        row = dict(zip(names, texts, strict=False))
        yield {"heading": table.title, **row} if not at else row


def _on_pages(charts: Sequence[Chart]) -> list[list[Chart]]:
    """Return the charts of each page."""
    pages: list[list[Chart]] = []
    left = 0.0
    for chart in charts:
        if not pages or chart.height > left:
            pages.append([])
            left = ROOM
        pages[-1].append(chart)
        left -= chart.height
    return pages


#: Figures alone, of fields that the reader may read, and no person.
STATISTICS = Paper(
    code="statistics", title="Статистика", build=build, data_classes=frozenset(), stylesheet="dues_report"
)
