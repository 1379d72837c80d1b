"""Reports and their table as workbooks, and a report on paper (N-S3, V-C5)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import override
from django.views.decorators.http import require_POST

from documents.papers import campaign_report
from documents.printing.core import batch_for, render
from documents.printing.transitions import record_other_print
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, may_lag, needs, say_violation

from ..exports import Table, below_of, printed, report_workbook, table_workbook
from ..rules import reports as rules
from ..transitions.exports import record_download
from .tables import table_in


@require_POST
@needs(Permission.EXPORT)
@may_lag
def table_xlsx(request: ActorRequest, pk: int) -> HttpResponse:
    """Download the table of the reports directly below an organisation, with all lines, as a workbook."""
    table = _exported(request, pk)
    try:
        rules.check_table_size(below_of(table.report, request.actor).count(), len(table.lines))
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("campaigns:table", pk)
    data = table_workbook(table)
    record_download(table.report, table=True, by=request.actor)
    return answers.workbook(data, f"reports-{table.report.campaign.period}.xlsx")


@require_POST
@needs(Permission.EXPORT)
@may_lag
def report_xlsx(request: ActorRequest, pk: int) -> HttpResponse:
    """Download a report as a workbook."""
    table = _exported(request, pk)
    data = report_workbook(table)
    record_download(table.report, table=False, by=request.actor)
    return answers.workbook(data, f"report-{table.report.campaign.period}.xlsx")


def _exported(request: ActorRequest, pk: int) -> Table:
    table = table_in(request, pk)
    require(request.actor, Permission.EXPORT, table.report.organization)
    return table


@require_POST
@needs(Permission.PRINT)
def report_pdf(request: ActorRequest, pk: int) -> HttpResponse:
    """Print a report with its figures, reasons and checks."""
    table = table_in(request, pk)
    place, paper = table.report.organization, campaign_report.REPORT
    require(request.actor, Permission.PRINT, place)
    batch = batch_for(request.actor, place)
    with override("ru"):
        sheets = campaign_report.build(place, printed(table), batch)
    data = render(paper, sheets, batch)
    record_other_print(paper.code, table.report, organization=place, code=batch.code, by=request.actor, rule="N-S3")
    return answers.paper(data, paper.code)
