"""The table of a campaign: the reports directly below an organisation, its own part and their total (N-S3, N-H1)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.views import ActorRequest, addresses, load, needs, page_of, use_time_zone_of

from ..exports import Table, below_of, figure_heading, handed_in, parts_of
from ..filters import PartForm
from ..models import CampaignReport


def table_in(request: ActorRequest, pk: int) -> Table:
    """Return the table of the report, and switch to the time zone of its organisation. Raises `Http404` outside the
    scope.
    """
    reports = CampaignReport.objects.visible_to(request.actor).select_related(
        "campaign__form", "campaign__organization__federation", "organization__federation"
    )
    report = load(reports, pk)
    use_time_zone_of(report.organization)
    return Table(report, request.actor)


@require_GET
@needs(Permission.VIEW_FIGURES)
def table(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the figures of the reports directly below an organisation, some of the form's lines at a time."""
    shown = table_in(request, pk)
    report, actor = shown.report, request.actor
    form = PartForm(parts_of(shown.lines), request.GET)
    part = form.chosen
    further = CampaignReport.objects.visible_to(actor).filter(parent=OuterRef("pk"))
    page = page_of(request, below_of(report, actor).annotate(goes_down=Exists(further)))
    for one in page.object_list:
        one.campaign = report.campaign
    today = report.organization.today
    down, alone = addresses("campaigns:table"), addresses("campaigns:report")
    rows = [
        {
            "name": row.name,
            "report": one,
            "url": (down if one.goes_down else alone)(one.pk) + _query(part.key if one.goes_down else ""),
            "report_url": alone(one.pk),
            "note": _note(one, today),
            "texts": shown.texts(row, part.lines),
        }
        for one, row in zip(page.object_list, shown.below(page.object_list), strict=True)
    ]
    headings = [figure_heading(line) for line in part.lines]
    context = {
        "report": report,
        "campaign": report.campaign,
        "way": _way(report, actor, part.key),
        "form": form,
        "part": part,
        "headings": headings,
        "labels": ["", _("State"), *headings],
        "page": page,
        "rows": rows,
        "own": shown.texts(shown.own(), part.lines),
        "total": shown.texts(shown.total(), part.lines),
        "waiting": below_of(report, actor).unsettled().count() if report.is_open else 0,
        "hides": not shown.sees_rows,
        "report_url": alone(report.pk),
        "may_export": actor.may(Permission.EXPORT, report.organization),
    }
    return render(request, "registry/campaigns/table.html", context)


def _query(part: str) -> str:
    return f"?part={part}" if part else ""


def _note(report: CampaignReport, today: dt.date) -> str:
    """Return the day on which the report was handed in and whether it was on time, or that it is late."""
    if report.is_late(today):
        return _("late: due by %(day)s") % {"day": day_text(report.term)}
    if not report.is_received:
        return ""
    day = handed_in(report)
    return day if report.came_on_time else _("%(day)s, not on time") % {"day": day}


def _way(report: CampaignReport, actor: Actor, part: str) -> list[tuple[str, str]]:
    """Return the name and the table of each report above this one that the actor may see."""
    above = CampaignReport.objects.visible_to(actor).filter(
        campaign=report.campaign_id, organization__in=report.organization.ancestor_ids
    )
    rows = above.order_by("organization__path").values_list("organization__short_name", "pk")
    return [(name, reverse("campaigns:table", args=[pk]) + _query(part)) for name, pk in rows]
