"""Pages of one report: its sheet, and the steps of its author and of the superior organisation (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from registry.access import Actor, require
from registry.days import day_text
from registry.enums import Permission
from registry.errors import RuleViolation, StaleVersion
from registry.requests import number_in
from registry.states import allowed, refusal
from registry.views import (
    MAX_PAGE,
    MAX_PAGE_DIGITS,
    ActorRequest,
    CountedPaginator,
    load,
    needs,
    page_number,
    run_action,
    take_step,
    use_time_zone_of,
)

from .. import queries
from ..counting import count_report, needs_job
from ..enums import ReportState, ReportStepKind
from ..forms.reports import DAYS_PROPOSED, FiguresForm, ReleaseForm, ReturnForm
from ..jobs import start_counting
from ..models import CampaignReport, ReportStep
from ..rules import reports as rules
from ..rules.figures import MAX_TEXT
from ..transitions.reports import (
    accept_report,
    complete_report,
    enter_figures,
    fill_report,
    release_report,
    return_report,
    take_report_back,
)
from .sheets import SHEET_ROWS, SheetPage, turns

#: Maximum number of listed reports that a total consists of.
MAX_SUMMED = 100


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_FIGURES)
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a report; save the typed figures, then fill it from the registry or hand it in, depending on the button."""
    report = load_report(request, pk)
    if request.method == "GET":
        return _page(request, report)
    require(request.actor, Permission.FILL_REPORTS, report.organization)
    sheet = queries.sheet(report)
    form = FiguresForm(sheet, SheetPage(report, sheet, request.actor, None), request.POST)
    step = request.POST.get("do", "save")
    # Another page of the sheet is a submit button, so that the figures on this one are saved.
    turned = number_in(request.POST.get("turn", ""), MAX_PAGE_DIGITS)
    try:
        if form.is_valid and (form.is_changed or (step == "save" and not turned)):
            enter_figures(pk, values=form.values, reasons=form.reasons, version=form.version, by=request.actor)
        if form.is_valid:
            return _turn(request, pk, turned, form) if turned else _next(request, report, step, form)
    except RuleViolation as violation:
        form.add(violation)
    except StaleVersion:
        form.is_stale = True
    return _page(request, load_report(request, pk), form)


def _turn(request: ActorRequest, pk: int, number: int, form: FiguresForm) -> HttpResponse:
    """Show this page of the sheet; a typed note is personal, so it is sent with the page and not in the address."""
    if form.is_changed:
        messages.success(request, _("The figures are saved."))
    if not form.note:
        return redirect(f"{reverse('campaigns:report', args=[pk])}?page={number}#figures")
    return _page(request, load_report(request, pk), note=form.note, number=number)


def _next(request: ActorRequest, report: CampaignReport, step: str, form: FiguresForm) -> HttpResponse:
    """Take the step of the clicked button with the saved figures. Raises `RuleViolation`."""
    if step == "fill":
        rules.check_can_fill(report, request.actor)
        if needs_job(report):
            return redirect("jobs:detail", start_counting(report, by=request.actor).pk)
        fill_report(report.pk, counted=count_report(report), by=request.actor)
        messages.success(request, _("The registry has counted its lines. Look at them and add the others."))
    elif step == "complete":
        complete_report(report.pk, note=form.note, by=request.actor)
        messages.success(request, _("The report is handed in."))
    else:
        messages.success(request, _("The figures are saved."))
    if form.note and step != "complete":
        return _page(request, load_report(request, report.pk), note=form.note)
    number = page_number(request, MAX_PAGE)
    page = f"?page={number}" if number > 1 else ""
    return redirect(f"{reverse('campaigns:report', args=[report.pk])}{page}")


def load_report(request: ActorRequest, pk: int) -> CampaignReport:
    """Return a report in the actor's scope. Raises `Http404`."""
    related = (
        "campaign__form__organization__federation",
        "campaign__organization",
        "organization__federation",
        "parent__organization",
    )
    found = load(CampaignReport.objects.visible_to(request.actor).select_related(*related), pk)
    use_time_zone_of(found.organization)
    request.stands_under = reverse("campaigns:list")
    return found


def _page(
    request: ActorRequest,
    report: CampaignReport,
    form: FiguresForm | None = None,
    shown: Mapping[str, forms.Form] | None = None,
    *,
    note: str = "",
    number: int | None = None,
) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    sheet = queries.sheet(report)
    page = SheetPage(report, sheet, actor, queries.previous_of(report))
    form = form or FiguresForm(sheet, page, note=note)
    # Typed figures are shown beside the present stored ones.
    form.sheet = sheet
    below = queries.below_of([report]).get(report.pk)
    can_fill = actor.may(Permission.FILL_REPORTS, report.organization) and allowed(rules.check_can_fill, report, actor)
    steps = ReportStep.objects.visible_to(actor).filter(report=report).select_related("organization")
    waiting = below.unsettled if below is not None else 0
    trail = list(steps.order_by("pk"))
    rows = CountedPaginator(sheet.lines, SHEET_ROWS).get_page(number or page_number(request, MAX_PAGE))
    found = page.broken()
    has_computed = any(line.is_computed for line in sheet.lines)
    own_heading = _("Own part") if below is not None else _("Figure of the report")
    context = {
        **_possible_steps(report, actor, today),
        "report": report,
        "campaign": report.campaign,
        "form": form,
        "sections": page.sections(form, list(rows.object_list), can_fill=can_fill, covers_all=below is None),
        "page": rows,
        "turns": turns(sheet) if rows.paginator.num_pages > 1 else [],
        "shows_figures": page.shows_figures,
        "hides_small": bool(page.small & page.seen),
        "has_computed": has_computed,
        "has_previous": page.previous is not None,
        "labels": _labels(own_heading, has_computed, below is not None, page.previous is not None),
        "own_heading": own_heading,
        "line_errors": [(line.pk, f"{line.code}. {line.title}", form.errors[line.code])
                        for line in sheet.lines if line.code in form.errors],
        "broken": found,
        "broken_tone": "bad" if any(one.blocks for one in found) else "warn",
        "below": below,
        "can_fill": can_fill,
        "cannot_complete": refusal(rules.check_can_complete, report, waiting, today, actor) if can_fill else None,
        "may_print": actor.may(Permission.PRINT, report.organization),
        "may_export": actor.may(Permission.EXPORT, report.organization),
        "late": report.is_late(today) and report.campaign.is_open,
        "trail": trail,
        "returned": next((one for one in reversed(trail) if one.kind == ReportStepKind.RETURNED), None)
        if report.state == ReportState.RETURNED else None,
        "facts": _facts(report),
        "max_text": MAX_TEXT,
        "summed": _summed(request, report),
        "summed_count": len(report.sums),
        "at_url": f"{reverse('campaigns:detail', args=[report.campaign_id])}?at={report.organization_id}",
    }  # fmt: skip
    return render(request, "registry/campaigns/report.html", {**context, **(shown or {})})


def _possible_steps(report: CampaignReport, actor: Actor, today: dt.date) -> dict[str, Any]:
    """Return the steps that the actor may take with the report, and their forms."""
    fills = actor.may(Permission.FILL_REPORTS, report.organization)
    reviews = actor.may(Permission.REVIEW_REPORTS, report.organization)
    context: dict[str, Any] = {
        "can_take_back": fills and allowed(rules.check_can_take_back, report, actor),
        "can_accept": reviews and allowed(rules.check_can_accept, report, actor),
    }
    if reviews and allowed(rules.check_can_return, report, actor):
        proposed = max(today + dt.timedelta(days=DAYS_PROPOSED), report.campaign.last)
        context["return_form"] = ReturnForm(initial={"term": proposed})
    if reviews and allowed(rules.check_can_release, report, actor):
        context["release_form"] = ReleaseForm()
    return context


def _labels(own: str, has_computed: bool, has_below: bool, has_previous: bool) -> list[str]:
    found = ["", *([_("Counted by the registry")] if has_computed else []), own]
    if has_below:
        found += [_("Reports below"), _("Total")]
    return [*found, _("Period before")] if has_previous else found


def _facts(report: CampaignReport) -> list[tuple[str, str]]:
    """Return the terms and dates of the report."""
    parent = report.parent
    facts = [
        (_("Due by"), report.term),
        (_("Handed in"), report.completed_on if report.is_received else None),
        (_("Counted by the registry"), report.counted_on),
        (_("Reminded"), report.reminded_on),
    ]
    found = [(label, day_text(day)) for label, day in facts if day is not None]
    return [*found, (_("Goes to"), parent.organization.short_name)] if parent is not None else found


def _summed(request: ActorRequest, report: CampaignReport) -> list[CampaignReport]:
    """Return the first reports whose totals were included when the report was handed in."""
    found = CampaignReport.objects.visible_to(request.actor).filter(pk__in=report.sums[:MAX_SUMMED])
    return list(found.select_related("organization").order_by("pk"))


@require_POST
@needs(Permission.FILL_REPORTS)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back a report that was handed in."""
    report = load_report(request, pk)
    require(request.actor, Permission.FILL_REPORTS, report.organization)
    to = reverse("campaigns:report", args=[pk])
    done = _("You can go on with the report.")
    return run_action(request, lambda: take_report_back(pk, by=request.actor), done, to)


@require_POST
@needs(Permission.REVIEW_REPORTS)
def accept(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept the report."""
    report = load_report(request, pk)
    require(request.actor, Permission.REVIEW_REPORTS, report.organization)
    to = reverse("campaigns:report", args=[pk])
    return run_action(request, lambda: accept_report(pk, by=request.actor), _("The report is accepted."), to)


@require_POST
@needs(Permission.REVIEW_REPORTS)
def return_it(request: ActorRequest, pk: int) -> HttpResponse:
    """Return the report with a sentence and a new term."""
    form = ReturnForm(request.POST)
    return _run(request, pk, "return_form", form, return_report, _("The report is returned with the new term."))


@require_POST
@needs(Permission.REVIEW_REPORTS)
def release(request: ActorRequest, pk: int) -> HttpResponse:
    """Release the organisation from the report."""
    form = ReleaseForm(request.POST)
    return _run(request, pk, "release_form", form, release_report, _("The report is not expected any more."))


def _run(
    request: ActorRequest, pk: int, name: str, form: forms.Form, step: Callable[..., object], said: str
) -> HttpResponse:
    """Call the transition with the form's values, or show the page again with the typed text."""
    report = load_report(request, pk)
    require(request.actor, Permission.REVIEW_REPORTS, report.organization)
    to = reverse("campaigns:report", args=[pk])
    taken = take_step(request, form, partial(step, pk, by=request.actor), said, to)
    return taken or _page(request, report, shown={name: form})
