"""The pages of statistics (N-S3)."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from registry.days import day_text
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.organizations.views.naming import breadcrumbs_to
from registry.views import ActorRequest, may_lag, needs

from .. import rules
from ..exports import Report
from ..transitions import COUNT, ask_for_count
from .asking import place_in, tabs_of
from .reports import REPORTS


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def own(request: ActorRequest) -> HttpResponse:
    """Redirect to the statistics of the actor's own organisation."""
    return redirect("statistics:composition", request.actor.organization.pk)  # type: ignore[union-attr]


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
@may_lag
def composition(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the members on a day by general data of their cards."""
    return _page(request, pk, "composition")


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
@may_lag
def health(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the members on a day by health data."""
    return _page(request, pk, "health")


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
@may_lag
def movement(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the people who came and left in a period, by reason."""
    return _page(request, pk, "movement")


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
@may_lag
def charts(request: ActorRequest, pk: int) -> HttpResponse:
    """Show ages, organisations and years as charts with their tables."""
    return _page(request, pk, "charts")


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
@may_lag
def cross(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a table of two fields that the officer chooses."""
    return _page(request, pk, "cross")


def _page(request: ActorRequest, pk: int, name: str) -> HttpResponse:
    at, actor = place_in(request, pk), request.actor
    report = REPORTS[name](actor, at, request.GET)
    day = report.form.cleaned_data.get("day") if report.form.is_valid() else None
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    tables = {table.key: table for table in report.tables}
    drawings = [(title, drawing, tables.pop(key, None)) for key, title, drawing in report.charts]
    counting = report.counting or report.again
    context = {
        "at": at,
        "way": [step for step in breadcrumbs_to(at, actor, "statistics:composition") if rules.sees_persons(actor)],
        "report": report,
        "tabs": tabs_of(at, actor, report.key, day_text(day)),
        "drawings": drawings,
        "tables": list(tables.values()),
        "counting": counting,
        "count_url": _count_url(request, at, report),
        "print_url": reverse("statistics:print", args=[at.pk, report.key]) + query
        if report.tables and actor.may(Permission.PRINT, at)
        else "",
        "download_url": reverse("statistics:download", args=[at.pk, report.key]) + query
        if report.tables and actor.may(Permission.EXPORT, at)
        else "",
    }
    answer = render(request, "registry/statistics/page.html", context)
    if "HX-Request" in request.headers and not (counting is not None and counting.asked):
        # The page polls until the figures exist, and is then loaded again.
        answer["HX-Refresh"] = "true"
    return answer


def _count_url(request: ActorRequest, at: Organization, report: Report) -> str:
    """Return the address that starts a job for the page's numbers, or for counting them again."""
    if report.counting is None and report.again is None:
        return ""
    query = request.GET.copy()
    if report.counting is None:
        query["again"] = "1"
    return f"{reverse('statistics:count', args=[at.pk, report.key])}?{query.urlencode()}"


@require_POST
@needs(Permission.VIEW_ORGANIZATIONS)
def count(request: ActorRequest, pk: int, report: str) -> HttpResponse:
    """Start the job that counts the page's numbers, with `again` also those already counted.

    Raises `Http404` if there is nothing to count.
    """
    at = place_in(request, pk)
    built = REPORTS[report](request.actor, at, request.GET) if report in REPORTS else None
    again = request.GET.get("again") == "1"
    counting = (built.again if again else built.counting) if built is not None else None
    if counting is None:
        raise Http404
    question, asked = counting.question, request.GET.copy()
    asked.pop("again", None)
    query = asked.urlencode()
    back = f"{reverse(f'statistics:{report}', args=[at.pk])}?{query}"
    try:
        with transaction.atomic():
            row = ask_for_count(
                at.pk, question.code, question.first, question.asked.day, data_class=question.data_class,
                again=again, by=request.actor,
            )  # fmt: skip
            if row is not None:
                seconds = question.cost // 1_000_000
                params = {"count": row.pk, "place": at.pk, "report": report, "query": query, "seconds": seconds}
                start_job(COUNT, params, by=request.actor, organization=at)
    except RuleViolation as violation:
        messages.error(request, str(violation.message))
    return redirect(back)
