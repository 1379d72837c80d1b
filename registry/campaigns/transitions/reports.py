"""Transitions of reports: filling, entering, handing in, taking back, accepting, returning, releasing, reminding
(N-S1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from django.db.models import Q

from registry.access import Actor
from registry.enums import Permission
from registry.errors import RuleViolation, StaleVersion
from registry.transitions import Act, change, write_event

from .. import queries
from ..enums import ADDED_STATES, ReportState, ReportStepKind
from ..models import Campaign, CampaignReport, ReportFigure
from ..rules import figures as figure_rules
from ..rules import reports as rules
from . import tree
from .trail import add_steps


def fill_report(report_id: int, *, counted: Mapping[str, Decimal | None], by: Actor) -> CampaignReport:
    """Fill the lines that the registry counts; values that differ for a stated reason are kept (N-S3).

    `counted` has the own figures by line code. Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`.
    """
    with _changed(report_id, "report.filled", Permission.FILL_REPORTS, by) as (act, report):
        rules.check_can_fill(report, by)
        sheet = queries.sheet(report)
        for line in sheet.lines:
            if line.is_computed and line.code in counted:
                figure = _figure(sheet, report, line.code)
                former, figure.computed = figure.computed, figure_rules.check_value(line, counted[line.code])
                if not figure.reason or figure.value == former or figure.value == figure.computed:
                    figure.value, figure.reason = figure.computed, ""
        report.counted_on = act.today
        _store(act, report, sheet)
        _begin(act, report, ReportStepKind.FILLED, always=True)
    return report


def enter_figures(
    report_id: int,
    *,
    values: Mapping[str, Decimal | None],
    reasons: Mapping[str, str],
    version: int | None = None,
    by: Actor,
) -> CampaignReport:
    """Enter the own figures of the report by line code (N-S3).

    Raises `RuleViolation` with the code of the line for a wrong value, or one that differs from the counted figure
    without a reason; `StaleVersion` if the report was saved since; `NotAllowed`, `DoesNotExist`.
    """
    with _changed(report_id, "report.entered", Permission.FILL_REPORTS, by) as (act, report):
        rules.check_can_fill(report, by)
        if version is not None and version != report.version:
            raise StaleVersion(report)
        sheet = queries.sheet(report)
        for line in sheet.lines:
            if not line.is_formula and line.code in values:
                figure = _figure(sheet, report, line.code)
                figure.value = figure_rules.check_value(line, values[line.code])
                figure.reason = figure_rules.check_reason(
                    line, figure.computed, figure.value, reasons.get(line.code, "")
                )
        _store(act, report, sheet)
        _begin(act, report, ReportStepKind.BEGUN)
    return report


def complete_report(report_id: int, *, note: str = "", by: Actor) -> CampaignReport:
    """Hand the report in: store its total with the list of the reports included in it (N-S3).

    Raises `RuleViolation` if reports below are not accepted, before the end of the period, and for missing or
    inconsistent figures; `NotAllowed`, `DoesNotExist`.
    """
    with _changed(report_id, "report.completed", Permission.FILL_REPORTS, by) as (act, report):
        below = act.lock_many(CampaignReport.objects.filter(parent=report))
        waiting = sum(one.state not in (*ADDED_STATES, ReportState.RELEASED) for one in below)
        rules.check_can_complete(report, waiting, act.today, by)
        note = figure_rules.check_text(note, "note", required=False)
        sheet = queries.sheet(report)
        figure_rules.check_figures(sheet.lines, sheet.checks, sheet.own.values, sheet.total.values, note)
        for line in sheet.lines:
            figure = _figure(sheet, report, line.code)
            figure.value, figure.total = sheet.own.values[line.code], sheet.total.values[line.code]
        _store(act, report, sheet)
        report.state, report.completed_on = ReportState.COMPLETE, act.today
        report.first_completed_on = report.first_completed_on or act.today
        report.sums = [one.pk for one in below if one.state in ADDED_STATES]
        add_steps(act, [report], ReportStepKind.COMPLETED, text=note)
    return report


def take_report_back(report_id: int, *, by: Actor) -> CampaignReport:
    """Take back a report that was handed in and is not accepted, to change it (N-S1).

    Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`.
    """
    with _changed(report_id, "report.taken_back", Permission.FILL_REPORTS, by) as (act, report):
        rules.check_can_take_back(report, by)
        report.state, report.sums = ReportState.IN_WORK, []
        add_steps(act, [report], ReportStepKind.TAKEN_BACK)
    return report


def accept_report(report_id: int, *, by: Actor) -> CampaignReport:
    """Accept a report for the superior organisation; from now on its total is added to the superior's own report
    (N-S1).

    Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`.
    """
    with _changed(report_id, "report.accepted", Permission.REVIEW_REPORTS, by) as (act, report):
        rules.check_can_accept(report, by)
        report.state = ReportState.ACCEPTED
        add_steps(act, [report], ReportStepKind.ACCEPTED)
    return report


def accept_reports(ids: Collection[int], *, by: Actor) -> int:
    """Accept several reports at once; return their number (N-S1).

    Raises `RuleViolation` if one of them cannot be accepted, and for too many; `NotAllowed`.
    """
    with change(by=by, rule=rules.RULE, event="report.accepted_many") as act:
        act.require(Permission.REVIEW_REPORTS)
        rules.check_at_once(ids)
        related = ("campaign", "organization__federation", "parent__organization")
        reports = act.lock_many(CampaignReport.objects.visible_to(by).filter(pk__in=ids).select_related(*related))
        rules.check_at_once(reports)
        for one in reports:
            act.require(Permission.REVIEW_REPORTS, one.organization)
            rules.check_can_accept(one, by)
        act.set_all(CampaignReport, reports, state=ReportState.ACCEPTED)
        add_steps(act, reports, ReportStepKind.ACCEPTED)
        for one in reports:
            write_event("report.accepted", by=by, rule=rules.RULE, about=one, organization=one.organization)
        act.about(None, organization=by.organization, reports=len(reports))
    return len(reports)


def return_report(report_id: int, *, text: str, term: dt.date | None, by: Actor) -> CampaignReport:
    """Return a report that is handed in or accepted, with a reason and a term (N-S1).

    Raises `RuleViolation`, also while the superior's own report is handed in; `NotAllowed`, `DoesNotExist`.
    """
    with _changed(report_id, "report.returned", Permission.REVIEW_REPORTS, by) as (act, report):
        rules.check_can_return(report, by)
        text = figure_rules.check_text(text)
        report.term = rules.check_term(term, report.campaign.last, act.today)
        report.state, report.sums = ReportState.RETURNED, []
        add_steps(act, [report], ReportStepKind.RETURNED, text=text, term=report.term)
    return report


def release_report(report_id: int, *, text: str, by: Actor) -> CampaignReport:
    """Release an organisation from its report; its people are counted by the superior (N-S1).

    Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="report.released") as act:
        report = _lock(act, report_id, Permission.REVIEW_REPORTS)
        rules.check_can_release(report, by)
        tree.leave_out(act, report, figure_rules.check_text(text))
        act.about(report, organization=report.organization)
    return report


def remind_reports(ids: Collection[int], *, by: Actor) -> int:
    """Remind the organisations of their reports; return how many were reminded (N-S1).

    Organisations that were reminded today or have handed in their report are skipped. Raises `RuleViolation` if none is
    left, and for too many; `NotAllowed`.
    """
    with change(by=by, rule=rules.RULE, event="report.reminded") as act:
        act.require(Permission.REVIEW_REPORTS)
        rules.check_at_once(ids)
        found = act.lock_many(CampaignReport.objects.visible_to(by).filter(pk__in=ids))
        campaigns = {one.pk: one for one in Campaign.objects.filter(pk__in={one.campaign_id for one in found})}
        reminded = []
        for one in found:
            one.campaign = campaigns[one.campaign_id]
            try:
                rules.check_can_remind(one, act.today, by)
            except RuleViolation:
                continue
            reminded.append(one)
        rules.check_at_once(reminded)
        act.set_all(CampaignReport, reminded, counts=False, reminded_on=act.today)
        add_steps(act, reminded, ReportStepKind.REMINDED)
        act.about(None, organization=by.organization, reports=len(reminded))
    return len(reminded)


@contextmanager
def _changed(report_id: int, event: str, permission: Permission, by: Actor) -> Iterator[tuple[Act, CampaignReport]]:
    """Lock the report for a step, and save it afterwards."""
    with change(by=by, rule=rules.RULE, event=event) as act:
        report = _lock(act, report_id, permission)
        yield act, report
        act.save(report)
        act.about(report, organization=report.organization)


def _lock(act: Act, report_id: int, permission: Permission) -> CampaignReport:
    """Lock the report and its superior report, which must not be handed in meanwhile."""
    visible = CampaignReport.objects.visible_to(act.by)
    rows = act.lock_many(CampaignReport.objects.filter(Q(pk=report_id) | Q(below=report_id)))
    report = next((one for one in rows if one.pk == report_id), None)
    if report is None or not visible.filter(pk=report_id).exists():
        raise CampaignReport.DoesNotExist
    act.require(permission, report.organization)
    return report


def _figure(sheet: queries.Sheet, report: CampaignReport, code: str) -> ReportFigure:
    """Return the figure of the line, or a new one if none is stored."""
    if code not in sheet.figures:
        line = next(one for one in sheet.lines if one.code == code)
        sheet.figures[code] = ReportFigure(report=report, line=line)
    return sheet.figures[code]


def _store(act: Act, report: CampaignReport, sheet: queries.Sheet) -> None:
    """Save the figures that are new or have changed."""
    fields = ["computed", "value", "total", "reason"]
    stored = ReportFigure.objects.filter(report=report).in_bulk()
    figures = list(sheet.figures.values())
    act.create_many(ReportFigure, [one for one in figures if one.pk is None])
    known = [one for one in figures if one.pk in stored]
    changed = [one for one in known if any(getattr(one, name) != getattr(stored[one.pk], name) for name in fields)]
    act.update_many(ReportFigure, changed, fields)


def _begin(act: Act, report: CampaignReport, kind: ReportStepKind, *, always: bool = False) -> None:
    """Change the state of the report to «in work»."""
    if always or report.state != ReportState.IN_WORK:
        add_steps(act, [report], kind)
    report.state = ReportState.IN_WORK
