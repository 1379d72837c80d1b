"""Pages of campaigns: the list, one campaign at an organisation, opening, term, closing, cancelling (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.access import Actor, require
from registry.days import day_text
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.organizations.views.tree import visible
from registry.requests import ids_in, number_in, say_missing
from registry.states import allowed, refusal
from registry.views import (
    ActorRequest,
    ask,
    load,
    needs,
    page_of,
    posted,
    say_violation,
    use_time_zone_of,
)

from .. import queries
from ..enums import OPEN_STATES, CampaignState, ReportState
from ..forms.reports import NOT_RECEIVED, CancelForm, ListFilter, TermForm
from ..models import Campaign, CampaignReport, CampaignReportQuerySet
from ..queries import Below, Progress
from ..rules import reports as rules
from ..transitions.campaigns import cancel_campaign, change_term, close_campaign
from ..transitions.reports import accept_reports, remind_reports

#: Rows of a page, each with several pills, and the maximum number of open campaigns listed.
ROWS, MAX_OPEN = 30, 15


@dataclass(frozen=True)
class Listed:
    """A listed campaign, with the report of the actor's own organisation and the progress in their scope."""

    campaign: Campaign
    own: CampaignReport | None
    progress: Progress


@require_GET
@needs(Permission.VIEW_FIGURES)
def campaigns(request: ActorRequest) -> HttpResponse:
    """List the reports that the actor's organisation has to make, open campaigns, and past ones."""
    actor = request.actor
    use_time_zone_of(actor.organization)
    today = timezone.localdate()
    mine = queries.reports_of(actor).to_fill().select_related("campaign__form", "organization").order_by("term", "pk")
    # Those of the actor's own organisation come first, because a federation has many campaigns below it.
    theirs = Case(When(organization=actor.organization, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = Campaign.objects.visible_to(actor).select_related("form", "organization")
    opened = list(found.open().order_by(theirs, "term", "pk")[: MAX_OPEN + 1])
    page = page_of(request, found.exclude(state=CampaignState.OPEN).order_by("-last", "-pk"), ROWS)
    context = {
        "to_fill": [(one, one.is_late(today)) for one in mine[:MAX_OPEN]] if actor.may(Permission.FILL_REPORTS) else [],
        "open": _listed(actor, opened[:MAX_OPEN], today),
        "most": MAX_OPEN if len(opened) > MAX_OPEN else 0,
        "over": _listed(actor, list(page.object_list), today),
        "page": page,
        "is_above": _runs(actor) or not (actor.organization is not None and actor.organization.keeps_cards),
        "may_run": actor.may(Permission.RUN_CAMPAIGNS) and _runs(actor),
    }
    return render(request, "registry/campaigns/list.html", context)


def _runs(actor: Actor) -> bool:
    return actor.organization is not None and allowed(rules.check_runs, actor.organization)


def _listed(actor: Actor, found: list[Campaign], today: dt.date) -> list[Listed]:
    reports = CampaignReport.objects.visible_to(actor).filter(campaign__in=[one.pk for one in found])
    progress = queries.progress(reports, today)
    own = {one.campaign_id: one for one in reports.filter(organization=actor.organization)}
    return [Listed(one, own.get(one.pk), progress.get(one.pk, Progress())) for one in found]


@dataclass(frozen=True)
class Row:
    """A report in the table, with the numbers of those directly below it and the address of their table."""

    report: CampaignReport
    late: bool
    below: Below | None
    below_url: str

    @property
    def on_time(self) -> bool:
        return self.report.is_received and self.report.came_on_time is True

    @property
    def too_late(self) -> bool:
        return self.report.is_received and self.report.came_on_time is False


@dataclass(frozen=True)
class Place:
    """A campaign at an organisation: the report there, if any, and the filtered reports of the table."""

    campaign: Campaign
    at: Organization
    root: CampaignReport | None
    form: ListFilter
    #: All visible reports at and below the organisation, and those in the table.
    under: CampaignReportQuerySet
    rows: CampaignReportQuerySet

    def url(self, **changed: Any) -> str:
        """Return the address of the page at the organisation with the filters."""
        query = {"at": self.at.pk, **self.form.chosen, **changed}
        return f"{reverse('campaigns:detail', args=[self.campaign.pk])}?{urlencode(query)}"


def _place(request: ActorRequest, pk: int) -> Place:
    """Return the campaign and organisation of the address. Raises `Http404` outside the actor's scope."""
    actor = request.actor
    campaign = load(Campaign.objects.visible_to(actor).select_related("form", "organization__federation"), pk)
    at_pk = number_in(request.GET.get("at", ""))
    own = actor.organization
    at = load(visible(actor), at_pk if "at" in request.GET else own.pk if own is not None else None)
    use_time_zone_of(at)
    request.stands_under = reverse("campaigns:list")
    reports = CampaignReport.objects.visible_to(actor).filter(campaign=campaign)
    under = reports.filter(organization__federation=at.federation_id, organization__path__startswith=at.path)
    root = under.filter(organization=at).select_related("organization").first()
    inner = under.filter(parent__organization__path__startswith=at.path)
    rows = reports.filter(parent=root) if root is not None else under.exclude(pk__in=inner.order_by().values("pk"))
    form = ListFilter(request.GET)
    return Place(campaign, at, root, form, under, _filtered(rows, form.chosen))


def _filtered(rows: CampaignReportQuerySet, chosen: dict[str, Any]) -> CampaignReportQuerySet:
    if state := chosen.get("state"):
        rows = rows.filter(state__in=OPEN_STATES if state == NOT_RECEIVED else [state])
    return rows.late(timezone.localdate()) if chosen.get("late") else rows


@require_GET
@needs(Permission.VIEW_FIGURES)
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a campaign at an organisation: its progress and the reports directly below, unfinished ones first."""
    place, actor, today = _place(request, pk), request.actor, timezone.localdate()
    rank = Case(
        When(state__in=OPEN_STATES, then=Value(0)),
        When(state=ReportState.COMPLETE, then=Value(1)),
        When(state=ReportState.RELEASED, then=Value(3)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ordered = place.rows.select_related("organization").order_by(rank, "term", "organization__short_name", "pk")
    page = page_of(request, ordered, ROWS)
    reports = list(page.object_list)
    below = queries.below_of(reports)
    campaign, root = place.campaign, place.root
    for one in reports:
        one.campaign = campaign
    runs = actor.may(Permission.RUN_CAMPAIGNS, campaign.organization)
    reviews = actor.may(Permission.REVIEW_REPORTS) and campaign.is_open
    may_remind = reviews and any(allowed(rules.check_can_remind, one, today, actor) for one in reports)
    may_accept = reviews and root is not None and root.is_open and rules.stands_in(place.at, actor)
    context = {
        "campaign": campaign,
        "at": place.at,
        "way": _way(place, actor),
        "root": root,
        "progress": queries.progress(place.under, today).get(campaign.pk, Progress()),
        "page": page,
        "rows": [
            Row(one, campaign.is_open and one.is_late(today), below.get(one.pk), _below_url(place, one, below))
            for one in reports
        ],
        "labels": [
            "", _("State"), _("Due by"), _("Handed in"), _("Reminded"), _("Below it"),
        ],
        "form": place.form,
        "filtered": bool(place.form.chosen),
        "plain_url": f"?at={place.at.pk}",
        "chosen_url": f"{reverse('campaigns:chosen', args=[pk])}?{urlencode({'at': place.at.pk, **place.form.chosen})}",
        "selectable": may_remind or may_accept,
        "may_remind": may_remind,
        "may_accept": may_accept,
        "may_remind_late": reviews,
        "may_change": runs and campaign.is_open,
        "may_close": runs and place.at == campaign.organization and root is not None
        and allowed(rules.check_can_close, campaign, root),
    }  # fmt: skip
    return render(request, "registry/campaigns/detail.html", context)


def _way(place: Place, actor: Actor) -> list[tuple[str, str]]:
    """Return the superiors of the organisation within the actor's scope, from the top, each with the address of its
    page.
    """
    base = reverse("campaigns:detail", args=[place.campaign.pk])
    return [(one.short_name, f"{base}?at={one.pk}") for one in place.at.ancestors() if actor.reaches(one)]


def _below_url(place: Place, report: CampaignReport, below: dict[int, Below]) -> str:
    if report.pk not in below:
        return ""
    return f"{reverse('campaigns:detail', args=[place.campaign.pk])}?at={report.organization_id}"


@require_POST
@needs(Permission.REVIEW_REPORTS)
def chosen(request: ActorRequest, pk: int) -> HttpResponse:
    """Remind or accept the chosen reports, or remind all late ones at the organisation and below it."""
    place, actor = _place(request, pk), request.actor
    action = request.POST.get("action")
    try:
        if action == "remind_late":
            late = _late(place, actor)
            _said_reminded(request, remind_reports(late, by=actor) if late else 0)
        elif action == "remind":
            _said_reminded(request, remind_reports(_ids(request, place), by=actor))
        elif action == "accept":
            _accept(request, _ids(request, place))
    except RuleViolation as violation:
        say_violation(request, violation)
    return redirect(place.url())


def _late(place: Place, actor: Actor) -> list[int]:
    """Return the first late reports below the actor's organisation without a reminder today."""
    today = timezone.localdate()
    found = place.under.late(today).exclude(organization=actor.organization).exclude(reminded_on=today)
    return list(found.order_by("term", "pk").values_list("pk", flat=True)[: rules.MAX_AT_ONCE])


def _ids(request: ActorRequest, place: Place) -> list[int]:
    """Return the chosen reports of the table, or all filtered ones, at most one above the limit."""
    most = rules.MAX_AT_ONCE + 1
    if request.POST.get("all"):
        return list(place.rows.order_by("pk").values_list("pk", flat=True)[:most])
    asked = ids_in(request.POST, most=most)
    found = list(place.rows.filter(pk__in=asked).values_list("pk", flat=True))
    say_missing(request, asked, found)
    return found


def _accept(request: ActorRequest, ids: list[int]) -> None:
    """Accept those of the reports that are handed in."""
    waiting = CampaignReport.objects.visible_to(request.actor).filter(pk__in=ids, state=ReportState.COMPLETE)
    done = accept_reports(list(waiting.values_list("pk", flat=True)), by=request.actor)
    said = ngettext("%(n)s report is accepted.", "%(n)s reports are accepted.", done) % {"n": done}
    if len(ids) > done:
        left = len(ids) - done
        said = f"{said} " + ngettext(
            "%(n)s that is not handed in is left out.", "%(n)s that are not handed in are left out.", left
        ) % {"n": left}
    messages.success(request, said)


def _said_reminded(request: ActorRequest, done: int) -> None:
    said = ngettext("%(n)s organisation is reminded.", "%(n)s organisations are reminded.", done) % {"n": done}
    if done:
        messages.success(request, said)
    else:
        messages.info(request, _("Nobody is reminded: the reports are handed in, or were reminded of today already."))


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_CAMPAIGNS)
def term(request: ActorRequest, pk: int) -> HttpResponse:
    """Change the term of a campaign."""
    campaign = _own(request, pk)
    return ask(
        request,
        TermForm(posted(request), initial={"term": campaign.term}),
        lambda **values: change_term(pk, **values, by=request.actor),
        title=_("Change the term"),
        lead=str(campaign),
        done=_("The term is changed."),
        to=reverse("campaigns:detail", args=[pk]),
        button=_("Change the term"),
        section=_section(campaign),
        refused=refusal(rules.check_campaign_is_open, campaign),
        facts=[(_("Reports are due by"), day_text(campaign.term))],
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_CAMPAIGNS)
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """Close a campaign; its figures can no longer change."""
    campaign = _own(request, pk)
    reports = CampaignReport.objects.visible_to(request.actor).filter(campaign=campaign)
    root = load(reports, reports.filter(parent=None).values_list("pk", flat=True).first())
    counted = queries.progress(reports, timezone.localdate())[campaign.pk]
    return ask(
        request,
        forms.Form(posted(request)),
        lambda: close_campaign(pk, by=request.actor),
        title=_("Close the campaign"),
        lead=_("The figures of all reports are frozen. A closed campaign is not opened again."),
        done=_("The campaign is closed, and its figures are frozen."),
        to=reverse("campaigns:detail", args=[pk]),
        button=_("Close the campaign"),
        icon="lock",
        section=_section(campaign),
        refused=refusal(rules.check_can_close, campaign, root),
        facts=[(_("Expected"), counted.expected), (_("Received"), counted.received), (_("On time"), counted.on_time)],
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_CAMPAIGNS)
def cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Cancel a campaign with a reason."""
    campaign = _own(request, pk)
    return ask(
        request,
        CancelForm(posted(request)),
        lambda **values: cancel_campaign(pk, **values, by=request.actor),
        title=_("Cancel the campaign"),
        lead=_("Nobody has to report any more. What was entered stays to be read."),
        done=_("The campaign is cancelled."),
        to=reverse("campaigns:detail", args=[pk]),
        button=_("Cancel the campaign"),
        icon="x",
        section=_section(campaign),
        refused=refusal(rules.check_can_cancel, campaign),
    )


def _own(request: ActorRequest, pk: int) -> Campaign:
    """Return a campaign opened by the actor's organisation. Raises `Http404`, `NotAllowed`."""
    campaign = load(Campaign.objects.visible_to(request.actor).select_related("form", "organization__federation"), pk)
    use_time_zone_of(campaign.organization)
    request.stands_under = reverse("campaigns:list")
    require(request.actor, Permission.RUN_CAMPAIGNS, campaign.organization)
    return campaign


def _section(campaign: Campaign) -> tuple[str, str]:
    return str(campaign), reverse("campaigns:detail", args=[campaign.pk])
