"""Tasks about reports: to fill in, to accept, late ones below (N-S1, N-S2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.access import Actor
from registry.days import day_text
from registry.enums import Level, Permission
from registry.tallies import Scope, tally
from registry.tasks import Matter, Task, Waiting, matters, provider

from .enums import CampaignState, ReportState
from .models import CampaignReport, CampaignReportQuerySet

#: Maximum number of reports shown as separate tasks, the earliest due first; the others form one task.
MAX_SHOWN = 5


def _asked(actor: Actor, own: Any) -> CampaignReportQuerySet:
    return CampaignReport.objects.visible_to(actor).to_fill().filter(organization=own)


def _handed_in(actor: Actor, own: Any) -> CampaignReportQuerySet:
    found = CampaignReport.objects.visible_to(actor).filter(parent__organization=own, state=ReportState.COMPLETE)
    return found.filter(campaign__state=CampaignState.OPEN)


def _to_fill(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_asked(scope.actor, scope.own), first=Min("term"))


def _to_accept(scope: Scope) -> QuerySet[Any, Any]:
    # The superior's own report waits for these and is due by the campaign's term.
    return tally(_handed_in(scope.actor, scope.own), first=Min("campaign__term"), one=Min("campaign"))


def _late(scope: Scope) -> QuerySet[Any, Any]:
    found = CampaignReport.objects.visible_to(scope.actor).late(scope.today).filter(parent__organization=scope.own)
    return tally(found, first=Min("term"), one=Min("campaign"))


def _fills(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.FILL_REPORTS, actor.organization)


def _reviews(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and own.level != Level.PRIMARY and actor.may(Permission.REVIEW_REPORTS)


@provider(_fills, asked=_to_fill)
def reports_to_fill(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the reports that the organisation has to fill in."""
    tally_of = waiting["asked"]
    if not tally_of.count:
        return
    found = _asked(actor, actor.organization).select_related("campaign__form").order_by("term", "pk")
    for report in found[:MAX_SHOWN]:
        yield Task(
            text=_("Fill in the report:"),
            link=str(report.campaign),
            link_url=reverse("campaigns:report", args=[report.pk]),
            detail=_detail(report),
            due=report.term,
            action=_("Fill in"),
            action_url=reverse("campaigns:report", args=[report.pk]),
        )
    if tally_of.count > MAX_SHOWN:
        more = tally_of.count - MAX_SHOWN
        yield Task(
            text=ngettext("Fill in %(n)s more report", "Fill in %(n)s more reports", more) % {"n": more},
            action=_("Show"),
            action_url=reverse("campaigns:list"),
        )


def _detail(report: CampaignReport) -> str:
    if report.state == ReportState.RETURNED:
        return _("The superior organisation has returned it.")
    if report.reminded_on is not None:
        return _("The superior organisation reminded of it on %(day)s.") % {"day": day_text(report.reminded_on)}
    return ""


@provider(_reviews, handed_in=_to_accept, late=_late)
def reports_to_review(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the reports directly below that wait for acceptance, and late ones."""
    handed_in, late = waiting["handed_in"], waiting["late"]
    if handed_in.count:
        yield Task(
            text=ngettext("Accept %(n)s report", "Accept %(n)s reports", handed_in.count) % {"n": handed_in.count},
            detail=_("Look at the figures; a report with mistakes is returned with a reason."),
            due=handed_in.first,
            action=_("Show"),
            action_url=f"{reverse('campaigns:detail', args=[handed_in.one])}?state={ReportState.COMPLETE}",
        )
    if late.count:
        yield Task(
            text=ngettext(
                "%(n)s organisation is late with its report",
                "%(n)s organisations are late with their reports",
                late.count,
            )
            % {"n": late.count},
            detail=_("Remind them, or do without the report of one that cannot make it."),
            due=late.first,
            action=_("Show"),
            action_url=f"{reverse('campaigns:detail', args=[late.one])}?late=on",
        )


def _waiting(actor: Actor, today: dt.date) -> QuerySet[Any]:
    found = _handed_in(actor, actor.organization)
    return found.select_related("campaign__form", "organization")


@matters("reports", gettext_lazy("Reports to be accepted"), _reviews, _waiting, day="campaign__term")
def _report(report: CampaignReport) -> Matter:
    return Matter(
        place=report.organization,
        came_on=report.completed_on or report.campaign.opened_on,
        url=reverse("campaigns:report", args=[report.pk]),
        detail=str(report.campaign),
        due=report.campaign.term,
    )
