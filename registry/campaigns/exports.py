"""Figures of reports for showing: the table of the reports below, workbooks and the paper of a report (N-S3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.papers.campaign_report import PrintedLine, PrintedReport
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.spreadsheets.writing import Workbook

from .enums import Unit
from .indicators import indicators_for
from .models import CampaignReport, ReportFigure, ReportLine
from .queries import Sheet
from .queries import sheet as sheet_of
from .rules.figures import broken, shown_lines, small_lines

#: Shown for hidden figures, and for those that are not given.
HIDDEN, NOTHING = "…", "—"
#: Maximum number of lines side by side on one page of the table.
MAX_COLUMNS = 6
#: Maximum number of characters of a title at the head of a column.
MAX_HEADING = 70
Values = Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Part:
    """Lines of a form shown together: of one section, and at most a few."""

    key: str
    title: str
    lines: Sequence[ReportLine]


def parts_of(lines: Iterable[ReportLine], most: int = MAX_COLUMNS) -> list[Part]:
    """Return the parts of the form in order, at least one; a section with more than `most` lines has several."""
    sections: dict[str, list[ReportLine]] = {}
    for line in lines:
        sections.setdefault(line.section, []).append(line)
    found: list[Part] = []
    for section, some in sections.items():
        title = section or _("Lines without a section")
        for start in range(0, len(some), most):
            part = some[start : start + most]
            codes = part[0].code if len(part) == 1 else f"{part[0].code}–{part[-1].code}"
            named = title if len(some) <= most else _("%(section)s: %(codes)s") % {"section": title, "codes": codes}
            found.append(Part(str(len(found) + 1), named, part))
    return found or [Part("1", _("Lines without a section"), [])]


@dataclass(frozen=True)
class Row:
    """A row of the table: a report below, the organisation's own part, or the total. Hidden figures are left out."""

    name: str
    values: Values
    report: CampaignReport | None = None
    #: Whether to show figures; a report that is not handed in shows none.
    is_given: bool = True


class Table:
    """The figures of a report, of its own part and of the reports right below it, as far as the actor may see them.

    Actors who see no people see only the total of their own organisation, without small figures, because other rows
    would reveal them (N-S3).
    """

    def __init__(self, report: CampaignReport, actor: Actor) -> None:
        self.report = report
        self.actor = actor
        self.sees_rows = actor.may(Permission.VIEW_MEMBERS)

    @cached_property
    def sheet(self) -> Sheet:
        return sheet_of(self.report)

    @property
    def lines(self) -> Sequence[ReportLine]:
        return self.sheet.lines

    @cached_property
    def readable(self) -> set[str]:
        """The codes of the lines whose class of data the actor may read."""
        found = indicators_for(self.report.campaign.organization.charter)
        classes = {key: one.data_class for key, one in found.items()}
        return shown_lines(self.lines, classes, self.actor)

    def own(self) -> Row:
        """Return the organisation's own part."""
        return Row(_("Own part"), self._kept(self.sheet.own.values))

    def total(self) -> Row:
        """Return the total as the report has it."""
        values = self.sheet.total.values
        if self.sees_rows:
            return Row(_("Total"), self._kept(values))
        if self.report.organization_id != (self.actor.organization.pk if self.actor.organization else None):
            return Row(_("Total"), {})
        return Row(_("Total"), {code: values[code] for code in self.readable - self._small()})

    def _small(self) -> set[str]:
        """Return the codes of lines that the page of the report hides because of a small figure."""
        sheet = self.sheet
        computed = {code: one.computed for code, one in sheet.figures.items()}
        of_all = (sheet.own.values, sheet.below, sheet.total.values, computed)
        return set[str]().union(*(small_lines(self.lines, values, self.actor) for values in of_all))

    def below(self, reports: Iterable[CampaignReport]) -> list[Row]:
        """Return the rows of these reports; figures that are not handed in are not final and are not shown."""
        reports = list(reports)
        given = [one.pk for one in reports if one.is_received] if self.sees_rows else []
        by_report: dict[int, dict[int, Decimal | None]] = {pk: {} for pk in given}
        rows = ReportFigure.objects.filter(report__in=given).values_list("report", "line", "total")
        for report, line, total in rows:
            by_report[report][line] = total
        return [
            Row(
                one.organization.short_name,
                self._kept({line.code: by_report.get(one.pk, {}).get(line.pk) for line in self.lines}),
                one,
                one.is_received,
            )
            for one in reports
        ]

    def texts(self, row: Row, lines: Iterable[ReportLine]) -> list[str]:
        """Return the figures of the row as text."""
        if not row.is_given:
            return [NOTHING for _line in lines]
        return [figure_text(line, row.values[line.code]) if line.code in row.values else HIDDEN for line in lines]

    def _kept(self, values: Values) -> Values:
        return {code: values.get(code) for code in self.readable} if self.sees_rows else {}


def below_of(report: CampaignReport, actor: Actor) -> Any:
    """Return the reports right below the report that the actor may see, by the name of their organisation."""
    found = CampaignReport.objects.visible_to(actor).filter(parent=report).select_related("organization")
    return found.order_by("organization__sort_key", "pk")


def figure_text(line: ReportLine, value: Decimal | None) -> str:
    """Return the figure with its digits, or the sign for one that is not given."""
    if value is None:
        return NOTHING
    return number_format(value, 2 if line.unit == Unit.ROUBLES else line.decimals, force_grouping=True)


def figure_heading(line: ReportLine) -> str:
    """Return the heading of the line's column: its code and title, shortened, and its unit."""
    title = f"{line.code} {Truncator(line.title).chars(MAX_HEADING)}"
    return title if line.unit == Unit.PEOPLE else f"{title}, {line.get_unit_display()}"


def handed_in(report: CampaignReport) -> str:
    """Return the day on which the report was handed in, or an empty string."""
    return day_text(report.completed_on) if report.is_received else ""


def table_workbook(table: Table) -> bytes:
    """Return the table as a workbook: a sheet for each section, with all reports."""
    reports = table.below(below_of(table.report, table.actor))
    with Workbook() as book:
        for part in parts_of(table.lines, most=len(table.lines)):
            headings = [(_("Organisation"), 44), (_("State"), 20), (_("Handed in"), 14)]
            headings += [(f"{line.code} {line.title}", 20) for line in part.lines]
            page = book.add_page(_unique(book, part.title), headings, frozen=1)
            for at, row in enumerate([table.own(), *reports, table.total()], 1):
                state = [row.report.get_state_display(), handed_in(row.report)] if row.report is not None else ["", ""]
                for column, value in enumerate([row.name, *state, *_cells(row, part.lines)]):
                    book.write(page, at, column, value)
        _about(book, table)
    return book.data


def report_workbook(table: Table) -> bytes:
    """Return the report as a workbook: its lines with all figures and reasons, and the checks."""
    with Workbook() as book:
        headings = [
            (_("Code"), 8), (_("Line of the report"), 60), (_("Unit"), 14), (_("Counted by the registry"), 16),
            (_("Own part"), 16), (_("Organisations below"), 16), (_("Total"), 16), (_("Reason"), 50),
        ]  # fmt: skip
        page = book.add_page(_("Report"), headings, frozen=2)
        for at, row in enumerate(table.sheet, 1):
            line = row.line
            shown = table.sees_rows and line.code in table.readable
            figures = [row.computed, row.own, row.below, row.total] if shown else [HIDDEN] * 4
            values = [line.code, line.title, line.get_unit_display(), *figures, row.reason if shown else ""]
            for column, value in enumerate(values):
                book.write(page, at, column, value)
        page = book.add_page(_("Checks"), [(pgettext("report form", "Check"), 80), (_("Result"), 30)])
        against = {one.pk for one in broken_of(table)}
        for at, check in enumerate(table.sheet.checks, 1):
            book.write(page, at, 0, check.sentence)
            book.write(page, at, 1, _("The figures do not agree") if check.pk in against else _("The figures agree"))
        _about(book, table)
    return book.data


def broken_of(table: Table) -> list[Any]:
    """Return the checks that the report's own figures or its total break."""
    sheet = table.sheet
    found = {one.pk for values in (sheet.own.values, sheet.total.values) for one in broken(sheet.checks, values)}
    return [one for one in sheet.checks if one.pk in found]


def printed(table: Table) -> PrintedReport:
    """Return the report as its paper has it; the language is Russian."""
    report, below = table.report, table.report.below.expected().exists()
    lines = []
    for row in table.sheet:
        shown = table.sees_rows and row.line.code in table.readable
        own, total = (figure_text(row.line, value) if shown else HIDDEN for value in (row.own, row.total))
        lines.append(
            PrintedLine(
                row.line.section, row.line.code, row.line.title, row.line.get_unit_display(), own, total,
                row.reason if shown else "",
            )
        )  # fmt: skip
    return PrintedReport(
        title=report.campaign.form.title,
        period=report.campaign.period_label,
        state=report.get_state_display(),
        handed_in=handed_in(report),
        lines=lines,
        broken=[one.sentence for one in broken_of(table)],
        has_checks=bool(table.sheet.checks),
        has_below=below,
    )


def _cells(row: Row, lines: Iterable[ReportLine]) -> list[Any]:
    if not row.is_given:
        return [None for _line in lines]
    return [row.values.get(line.code, HIDDEN) for line in lines]


def _about(book: Workbook, table: Table) -> None:
    report = table.report
    page = book.add_page(_("About the report"), [(_("Organisation"), 30), (report.organization.short_name, 70)])
    rows = (
        (_("Report form"), report.campaign.form.title),
        (_("Period"), report.campaign.period_label),
        (_("State"), report.get_state_display()),
        (_("Handed in"), handed_in(report)),
        (_("Counted by the registry"), day_text(report.counted_on)),
    )
    for at, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            book.write(page, at, column, value)


def _unique(book: Workbook, title: str) -> str:
    """Return a unique name for a sheet, without characters that are not allowed."""
    plain = "".join(letter for letter in title if letter not in "[]:*?/\\'").strip() or _("Lines")
    taken = {page.get_name().casefold() for page in book.book.worksheets()}
    name, number = plain[:31], 2
    while name.casefold() in taken:
        name, number = f"{plain[:27]} {number}", number + 1
    return name
