"""A page of statistics: its figures and tables, as a workbook and on paper (N-S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from documents.papers.screen_list import Listed
from documents.papers.statistics import Chart, PrintedTable, Sheet
from documents.printing.russian import people_in_words
from members.book.enums import EndReason, RegistrationReason
from registry.jobs.models import Job
from registry.organizations.models import Organization
from registry.spreadsheets.writing import Workbook

from .counting import OTHER_CELL, UNKNOWN, Question
from .suppression import LEAST, Mark


@dataclass(frozen=True)
class Figure:
    """A figure with the address of the people behind it and its percentage of a whole; hidden ones have neither.

    `value` is None if the figure is hidden.
    """

    value: int | None
    text: str
    url: str = ""
    share: int | None = None

    @classmethod
    def of(cls, value: int, mark: Mark = Mark.SHOWN, *, url: str = "", whole: int = 0) -> Figure:
        """Return the figure with what may be shown of it; without people there is no address."""
        if mark == Mark.SMALL:
            return cls(None, f"<{LEAST}")
        if mark != Mark.SHOWN:
            return cls(None, "…")
        text = number_format(value, force_grouping=True)
        return cls(value, text, url if value else "", per_cent(value, whole) if whole else None)


def per_cent(value: int, whole: int) -> int:
    """Return the percentage, rounded half up."""
    return (200 * value + whole) // (2 * whole)


@dataclass(frozen=True)
class Table:
    """Rows of figures with their names, addresses of those names, and the sums in the last row.

    With `has_shares`, the only figure of a row is shown with its percentage of the whole.
    """

    key: str
    title: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[Figure]]]
    total: Sequence[Figure] = ()
    note: str = ""
    has_shares: bool = False

    @property
    def labels(self) -> list[str]:
        """Labels of the cells on a narrow page."""
        return ["", *self.columns]


def too_few(key: str, title: str, columns: Sequence[str]) -> Table:
    """Return a table without figures, with a note that there are too few people to show them."""
    return Table(key, title, title, columns, [], note=_("Too few people to show their figures."))


@dataclass(frozen=True)
class Counting:
    """Numbers that a job has to count, and the actor's own job, if any.

    `asked` means that somebody's job is running; `has_numbers` that numbers of an earlier one are shown meanwhile.
    """

    question: Question
    asked: bool
    job: Job | None
    has_numbers: bool = False
    #: Whether they can be requested now.
    offered: bool = True


@dataclass
class Report:
    """Contents of a page: its form, figures, tables, charts, and explanations.

    `counting` describes missing numbers, `again` numbers that a job has counted and may count again.
    """

    key: str
    at: Organization
    title: str
    form: Any
    period: str = ""
    tiles: list[tuple[str, Figure]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    #: Key of the table with the numbers, title, drawing function.
    charts: list[tuple[str, str, SafeString]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hides: bool = False
    counting: Counting | None = None
    again: Counting | None = None


def reason_name(way: str, reason: str) -> str:
    """Return the reason in words; `way` is «came» or «left»."""
    if reason == UNKNOWN:
        return _("the card was destroyed")
    if way == "came" and reason == OTHER_CELL:
        return _("came from another primary cell")
    return str((RegistrationReason if way == "came" else EndReason)(reason).label)


def workbook(report: Report) -> bytes:
    """Return the tables as a workbook, one sheet each; figures are numbers, hidden ones text."""
    with Workbook() as book:
        for table in report.tables:
            headings = [(capfirst(table.heading), 40), *((capfirst(name), 18) for name in table.columns)]
            if table.has_shares:
                headings.append(("%", 8))
            page = book.add_page(_sheet_name(table.title), headings, frozen=1)
            rows = [(name, figures) for name, _url, figures in table.rows]
            if table.total:
                rows.append((_("Total"), table.total))
            for at, (name, figures) in enumerate(rows, 1):
                book.write(page, at, 0, capfirst(name))
                for column, figure in enumerate(figures, 1):
                    book.write(page, at, column, figure.value if figure.value is not None else figure.text)
                if table.has_shares and figures:
                    book.write(page, at, 2, figures[0].share)
        page = book.add_page(_("About the report"), [(_("Organisation"), 30), (report.at.short_name, 70)])
        about = [(report.title, report.period), *((capfirst(label), figure.text) for label, figure in report.tiles)]
        for at, (name, value) in enumerate([*about, *(("", note) for note in report.notes)], 1):
            book.write(page, at, 0, name)
            book.write(page, at, 1, value)
    return book.data


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31]


def listed(report: Report) -> Listed:
    """Return the only table of the page as a list for paper, which fits many columns."""
    (table,) = report.tables
    rows = [[capfirst(name), *(figure.text for figure in figures)] for name, _url, figures in table.rows]
    rows.append([_("Total"), *(figure.text for figure in table.total)])
    headings = [capfirst(table.heading), *(capfirst(name) for name in table.columns)]
    total = table.total[-1] if table.total else Figure.of(0)
    ending = people_in_words(total.value) if total.value is not None else total.text
    return Listed(f"{report.title}: {table.title}", [report.period], headings, rows, ending=ending, has_total=True)


def sheet(report: Report) -> Sheet:
    """Return the figures, tables and charts of the page in the form for its paper."""
    charts = {key: Chart(title, drawing) for key, title, drawing in report.charts}
    tables = []
    for table in report.tables:
        rows = [_printed(name, figures, table) for name, _url, figures in table.rows]
        if table.total:
            rows.append(_printed(_("Total"), table.total, table))
        headings = [capfirst(table.heading), *(capfirst(name) for name in table.columns)]
        headings += ["%"] if table.has_shares else []
        tables.append(PrintedTable(table.title, headings, rows, charts.get(table.key), table.note))
    summary = [(capfirst(label), figure.text) for label, figure in report.tiles]
    return Sheet(report.title, report.period, report.notes, tables, summary)


def _printed(name: str, figures: Sequence[Figure], table: Table) -> list[str]:
    texts = [capfirst(name), *(figure.text for figure in figures)]
    if table.has_shares:
        texts.append(f"{figures[0].share}" if figures[0].share is not None else "")
    return texts
