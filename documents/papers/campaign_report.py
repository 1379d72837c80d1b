"""Report of an organisation in a reporting campaign: its lines with figures, reasons and checks (N-S3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from registry.days import day_text

from .blank_words import name_of
from .card import chair_of
from .list_pages import LIST, divided

if TYPE_CHECKING:
    from registry.organizations.models import Organization

LAYOUT = LIST._replace(first=26, others=31, ending=5)
#: Columns: name of the value, width (mm), alignment. Without reports below, a line has one figure.
COLUMNS = (("code", 14, ""), ("name", 76, ""), ("unit", 24, ""), ("own", 28, "n"), ("total", 28, "n"))
SINGLE = (("code", 14, ""), ("name", 104, ""), ("unit", 24, ""), ("total", 28, "n"))


@dataclass(frozen=True)
class PrintedLine:
    """A line in Russian: its figures, and the reason for one that differs from the counted figure."""

    section: str
    code: str
    title: str
    unit: str
    own: str
    total: str
    reason: str = ""


@dataclass(frozen=True)
class PrintedReport:
    """Contents of the paper, in Russian; `broken` are the sentences of the checks that the figures break."""

    title: str
    period: str
    state: str
    handed_in: str
    lines: Sequence[PrintedLine]
    broken: Sequence[str]
    has_checks: bool
    has_below: bool


def build(place: Organization, report: PrintedReport, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page; the last one has the signatures."""
    columns = COLUMNS if report.has_below else SINGLE
    common = {
        "organization": name_of(place), "title": report.title, "period": report.period,
        "head": f"{report.title}, {report.period}: {place.short_name}",
        "state": ", ".join(filter(None, (report.state, report.handed_in and f"дата сдачи {report.handed_in}"))),
        "has_below": report.has_below,
    }  # fmt: skip
    ending = {
        "chair": chair_of(place), "made": day_text(batch.today),
        "agrees": report.has_checks and not report.broken,
    }  # fmt: skip
    rows = [*_lines(report.lines), *_texts("Пояснения к показателям", _reasons(report.lines)),
            *_texts("Не выполнены сверки", (("", sentence) for sentence in report.broken))]  # fmt: skip
    return divided(rows or [{"name": "В форме нет показателей"}], columns, common, ending, LAYOUT)


def _lines(lines: Iterable[PrintedLine]) -> Iterable[Mapping[str, Any]]:
    """Return the rows of the lines; the first one of a section has its title as heading."""
    section = ""
    for line in lines:
        row = {"code": line.code, "name": line.title, "unit": line.unit, "own": line.own, "total": line.total}
        yield {"heading": line.section, **row} if line.section and line.section != section else row
        section = line.section


def _reasons(lines: Iterable[PrintedLine]) -> Iterable[tuple[str, str]]:
    return ((line.code, line.reason) for line in lines if line.reason)


def _texts(heading: str, rows: Iterable[tuple[str, str]]) -> Iterable[Mapping[str, Any]]:
    for at, (code, text) in enumerate(rows):
        row = {"code": code, "name": text}
        yield row if at else {"heading": heading, **row}


#: Contains only figures of lines that the reader may read, and no people.
REPORT = Paper(
    code="campaign_report",
    title="Отчёт организации",
    build=build,
    data_classes=frozenset(),
    stylesheet="dues_report",
)
