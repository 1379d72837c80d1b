"""Counting reports with health data of many people, which takes too long for a page (N-S3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry.access import Actor, require
from registry.enums import Permission
from registry.jobs.kinds import job
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.jobs.work import Work

from .counting import count_report
from .models import CampaignReport
from .transitions.reports import fill_report

COUNT = "campaign.count"


def start_counting(report: CampaignReport, *, by: Actor) -> Job:
    """Queue a job of the actor that counts and fills the report. Raises `NotAllowed`."""
    require(by, Permission.FILL_REPORTS, report.organization)
    return start_job(COUNT, {"report": report.pk}, by=by, organization=report.organization)


def _page(row: Job) -> str:
    return reverse("campaigns:report", args=[row.params["report"]])


def _outcome(summary: Mapping[str, Any]) -> str:
    return gettext("Figures counted: %(count)s.") % {"count": summary.get("figures", 0)}


@job(
    COUNT,
    _("Counting of a report"),
    page=_page,
    outcome=_outcome,
    remains=_("The report has the figures that it had before."),
    meanwhile=_("You may leave this page and go on working; the figures will be in the report."),
    rereads=True,
)
def count_figures(work: Work) -> None:
    """Count the figures of the report `params["report"]` and fill it in, as an officer would by hand."""
    reports = CampaignReport.objects.visible_to(work.actor).select_related("campaign__form", "organization__federation")
    report = reports.get(pk=work.params["report"])
    require(work.actor, Permission.FILL_REPORTS, report.organization)
    counted = count_report(report)
    fill_report(report.pk, counted=counted, by=work.actor)
    work.finish(figures=len(counted))
