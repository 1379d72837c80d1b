"""Opening a campaign: choose the form, then period and term, then confirm with the number of organisations (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from registry.access import Actor, require
from registry.days import day_text
from registry.enums import Level, Permission
from registry.errors import RuleViolation
from registry.states import refusal
from registry.views import ActorRequest, add_violation, load, needs, posted, say_violation, use_time_zone_of

from .. import queries
from ..enums import CampaignState, PeriodKind
from ..forms.reports import DAYS_PROPOSED, ChooseForm, OpenForm, periods_for, proposed_period
from ..models import Campaign, ReportForm, ReportFormQuerySet
from ..rules import reports as rules
from ..transitions.campaigns import open_campaign


def _forms(actor: Actor) -> ReportFormQuerySet:
    return ReportForm.objects.visible_to(actor).issued().filter(organization=actor.organization)


@require_GET
@needs(Permission.RUN_CAMPAIGNS)
def choose(request: ActorRequest) -> HttpResponse:
    """Choose the form of a new campaign."""
    request.stands_under = reverse("campaigns:list")
    found = list(_forms(request.actor).order_by("title", "-edition"))
    form = ChooseForm(found, request.GET if "form" in request.GET else None)
    if form.is_valid():
        return redirect("campaigns:open_by", form.cleaned_data["form"])
    own = request.actor.organization
    refused = refusal(rules.check_runs, own) if own is not None else None
    context = {"form": form, "has_forms": bool(found), "refused": refused}
    return render(request, "registry/campaigns/choose.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RUN_CAMPAIGNS)
def open_by(request: ActorRequest, pk: int) -> HttpResponse:
    """Open a campaign with the form, after showing the number of organisations that report."""
    of = load(ReportForm.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    use_time_zone_of(of.organization)
    request.stands_under = reverse("campaigns:list")
    require(request.actor, Permission.RUN_CAMPAIGNS, of.organization)
    if refused := refusal(rules.check_form_is_issued, of):
        say_violation(request, refused)
        return redirect("campaigns:open")
    today = timezone.localdate()
    kind = PeriodKind(of.period_kind)
    taken = Campaign.objects.visible_to(request.actor).filter(form__organization=of.organization, form__key=of.key)
    taken_keys = set(taken.exclude(state=CampaignState.CANCELLED).values_list("period", flat=True))
    periods = [one for one in periods_for(kind, today) if one.key not in taken_keys]
    proposed = proposed_period(kind, today)
    term = max(today, proposed.last) + dt.timedelta(days=DAYS_PROPOSED)
    form = OpenForm(periods, {"period": proposed.key, "term": term}, posted(request))
    context = {"form": form, "of": of}
    if request.method == "POST" and form.is_valid():
        try:
            if "sure" in request.POST:
                campaign = open_campaign(of.pk, **form.cleaned_data, by=request.actor)
                messages.success(request, _("The campaign is open. Each organisation has the report among its tasks."))
                return redirect("campaigns:detail", campaign.pk)
            return render(request, "registry/campaigns/sure.html", {**context, **_counted(of, form, today)})
        except RuleViolation as violation:
            add_violation(form, violation)
    return render(request, "registry/campaigns/open.html", context)


def _counted(of: ReportForm, form: OpenForm, today: dt.date) -> dict[str, object]:
    """Return the organisations that would report, by level. Raises `RuleViolation`."""
    period = rules.check_period(form.cleaned_data["period"], of)
    rules.check_term(form.cleaned_data["term"], period.last, today)
    found = queries.expected(of, period.last)
    rules.check_expected(len(found) - 1)
    names = of.organization.charter.levels
    levels = Counter(one.level for one in found)
    return {
        "expected": len(found),
        "facts": [
            (_("Period"), period.label),
            (_("Reports are due by"), day_text(form.cleaned_data["term"])),
            *((capfirst(str(names[Level(level)])), number) for level, number in levels.items()),
        ],
    }
