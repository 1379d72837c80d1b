"""Pages of statistics as a workbook and on paper (N-S3, V-C5)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_POST

from documents.papers import screen_list, statistics
from documents.printing.core import batch_for, render
from documents.printing.transitions import record_other_print
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.views import ActorRequest, may_lag, needs

from ..exports import Report, listed, sheet, workbook
from ..transitions import record_download
from .asking import place_in
from .reports import REPORTS


def _report(request: ActorRequest, at: Organization, name: str) -> Report:
    """Return the report of the page. Raises `Http404` if it has no tables: no page links to its files."""
    if name not in REPORTS:
        raise Http404
    report = REPORTS[name](request.actor, at, request.GET)
    if not report.tables:
        raise Http404
    return report


@require_POST
@needs(Permission.EXPORT)
@may_lag
def download(request: ActorRequest, pk: int, report: str) -> HttpResponse:
    """Download the tables on the screen as a workbook."""
    at = place_in(request, pk)
    require(request.actor, Permission.EXPORT, at)
    data = workbook(_report(request, at, report))
    record_download(at, report, by=request.actor)
    return answers.workbook(data, f"statistics-{report}-{at.today:%Y-%m-%d}.xlsx")


@require_POST
@needs(Permission.PRINT)
@may_lag
def print_report(request: ActorRequest, pk: int, report: str) -> HttpResponse:
    """Print the figures, tables and charts on the screen; a cross-table is printed as a list with many columns."""
    at = place_in(request, pk)
    require(request.actor, Permission.PRINT, at)
    batch = batch_for(request.actor, at)
    with override("ru"):
        shown = _report(request, at, report)
        if report == "cross":
            paper = screen_list.LIST
            data = screen_list.render_list(screen_list.build(at, listed(shown), batch), batch)
        else:
            paper = statistics.STATISTICS
            data = render(paper, statistics.build(at, sheet(shown), batch), batch)
    record_other_print(paper.code, at, organization=at, code=batch.code, by=request.actor, rule="N-S3")
    return answers.paper(data, paper.code)
