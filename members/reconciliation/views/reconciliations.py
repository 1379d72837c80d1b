"""The year-end reconciliation: progress of every cell, check-list, report (V-B8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people.models import Member
from members.people.rules.fields import PARTS, label_of, values_of
from members.people.transitions.cards import note_fields_shown
from registry.access import require
from registry.drafts.views import delete_draft, draft_for, fill_from_draft, keep_draft
from registry.enums import DataClass, Permission
from registry.errors import Blocked, RuleViolation
from registry.sizes import PAGE_LONG_ROWS
from registry.states import allowed
from registry.views import ActorRequest, load, needs, page_of, say_violation

from ..enums import CheckResult, ProposalState, ReconciliationState
from ..forms import CheckForm, ReportForm
from ..models import ChangeProposal, Reconciliation, ReconciliationLine
from ..rules import check_is_open, check_stands_on_no_agenda, proposable
from ..transitions import reconciliation as transitions


@require_GET
@needs(Permission.VIEW_MEMBERS)
def reconciliation_list(request: ActorRequest) -> HttpResponse:
    """List reconciliations in the scope, newest year first; late ones on a separate tab."""
    found = Reconciliation.objects.visible_to(request.actor).select_related("unit__parent")
    lagging = request.GET.get("show") == "lagging"
    if lagging:
        found = found.filter(state=ReconciliationState.OPEN, due_on__lt=timezone.localdate())
    page = page_of(request, found.order_by("-year", "unit__sort_key", "pk"))
    progress = _progress(request, page)
    rows = [(item, *progress.get(item.pk, (0, 0))) for item in page]
    return render(request, "members/reconciliation/list.html", {"page": page, "rows": rows, "lagging": lagging})


def _progress(request: ActorRequest, page: Iterable[Reconciliation]) -> dict[int, tuple[int, int]]:
    """Return the numbers of checked and of all people, by reconciliation."""
    lines = ReconciliationLine.objects.filter(
        reconciliation__in=Reconciliation.objects.visible_to(request.actor).filter(pk__in=[item.pk for item in page])
    )
    counted = (
        lines.order_by()
        .values_list("reconciliation")
        .annotate(checked=Count("pk", filter=~Q(result=CheckResult.UNCHECKED)), all=Count("pk"))
    )
    return {pk: (checked, every) for pk, checked, every in counted}


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_MEMBERS)
def check(request: ActorRequest, pk: int) -> HttpResponse:
    """Show and save the check-list page by page."""
    reconciliation = _load(request, pk)
    actor = request.actor
    if request.method == "POST":
        require(actor, Permission.RECONCILE, reconciliation.unit)
    may_reconcile = actor.may(Permission.RECONCILE, reconciliation.unit)
    may_check = may_reconcile and allowed(check_is_open, reconciliation)
    people, left = _people(request, reconciliation), request.GET.get("show") == "unchecked"
    page = page_of(request, people.filter(result=CheckResult.UNCHECKED) if left else people, PAGE_LONG_ROWS)
    forms = _forms(request, reconciliation, list(page), closed=not may_check)
    if request.method == "POST" and may_check and sum(not form.is_valid() for form in forms) == 0:
        answers = {form.line.member_id: form.answer for form in forms}
        if request.POST.get("action") == "unchanged":
            answers = {pk: answer if answer is not None else CheckResult.UNCHANGED for pk, answer in answers.items()}
        try:
            transitions.check(reconciliation.pk, {pk: a for pk, a in answers.items() if a is not None}, by=actor)
        except RuleViolation as refusal:
            for form in forms:
                if refusal.field in form.fields and form.changed_data:
                    form.add_error(refusal.field, str(refusal.message))
                    break
            else:
                say_violation(request, refusal)
        else:
            messages.success(request, _("The page is saved."))
            # A checked member is no longer on the list of unchecked ones.
            following = page.number + 1 if page.has_next() and not left else page.number
            tail = "&show=unchecked" if left else ""
            return redirect(f"{reverse('cells:reconcile', args=[reconciliation.pk])}?page={following}{tail}")
    report_form, draft = ReportForm(), draft_for(request, _draft_key(reconciliation))
    fill_from_draft(report_form, draft)
    names = _names(request, reconciliation)
    note_fields_shown([line.member for line in page], names, by=actor)
    charter = reconciliation.unit.charter
    context = {
        "reconciliation": reconciliation,
        "page": page,
        "forms": forms,
        "labels": [capfirst(str(label_of(name, charter))) for name in names],
        "may_check": may_check,
        "may_take_back": may_reconcile
        and reconciliation.state == ReconciliationState.REPORTED
        and allowed(check_stands_on_no_agenda, reconciliation),
        "may_print": actor.may(Permission.PRINT, reconciliation.unit) and actor.reads(DataClass.HEALTH),
        "results": _results(reconciliation),
        "left": left,
        "unchecked": people.filter(result=CheckResult.UNCHECKED).count() if may_check else 0,
        "report_form": report_form,
        "draft_key": _draft_key(reconciliation),
        "counts": reconciliation.counts or transitions.counts_of(reconciliation, timezone.localdate()),
    }
    return render(request, "members/reconciliation/check.html", context)


@require_POST
@needs(Permission.RECONCILE)
def report(request: ActorRequest, pk: int) -> HttpResponse:
    """Send the report to the collegial body; the note of a refused one stays in the form as a draft."""
    reconciliation = _load(request, pk)
    form, tail, key = ReportForm(request.POST), "", _draft_key(reconciliation)
    if form.is_valid():
        try:
            transitions.report(reconciliation.pk, note=form.cleaned_data["note"], by=request.actor)
        except RuleViolation as refusal:
            say_violation(request, refusal)
            tail = "?show=unchecked" if isinstance(refusal, Blocked) else ""
        else:
            delete_draft(request.actor.account, key)
            messages.success(request, _("The report is sent. The collegial body decides on it at its next meeting."))
            return redirect("cells:reconcile", reconciliation.pk)
    else:
        messages.error(request, f"{form.fields['note'].label}: {' '.join(map(str, form.errors['note']))}")
    keep_draft(request, key)
    return redirect(f"{reverse('cells:reconcile', args=[reconciliation.pk])}{tail}")


def _draft_key(reconciliation: Reconciliation) -> str:
    return f"cells-report-{reconciliation.pk}"


@require_POST
@needs(Permission.RECONCILE)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Take the report back before it is on an agenda."""
    reconciliation = _load(request, pk)
    try:
        transitions.take_back(reconciliation.pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, _("The report is taken back; the check-list is open again."))
    return redirect("cells:reconcile", reconciliation.pk)


def _load(request: ActorRequest, pk: int) -> Reconciliation:
    return load(Reconciliation.objects.visible_to(request.actor).select_related("unit__federation"), pk)


def _people(request: ActorRequest, reconciliation: Reconciliation) -> Any:
    """Return the lines with their cards in the order of the list, without people that the actor no longer sees."""
    lines = ReconciliationLine.objects.filter(
        reconciliation=reconciliation,
        member__in=Member.objects.visible_to(request.actor).filter(unit=reconciliation.unit),
    )
    related = ("member__unit", "member__identity", "member__health", "member__questionnaire")
    return lines.select_related(*related).order_by("place", "pk")


def _names(request: ActorRequest, reconciliation: Reconciliation) -> list[str]:
    charter = reconciliation.unit.charter
    allowed = proposable(charter, request.actor)
    return [name for name in charter.reconciled if name in allowed]


def _forms(
    request: ActorRequest, reconciliation: Reconciliation, lines: list[ReconciliationLine], *, closed: bool
) -> list[CheckForm]:
    names = _names(request, reconciliation)
    proposed: dict[int, dict[str, ChangeProposal]] = {}
    waiting = ChangeProposal.objects.visible_to(request.actor).filter(
        member__in=[line.member_id for line in lines], state=ProposalState.OPEN
    )
    for proposal in waiting:
        proposed.setdefault(proposal.member_id, {})[proposal.field] = proposal
    data = request.POST if request.method == "POST" and not closed else None
    charter = reconciliation.unit.charter
    return [
        CheckForm(
            line,
            values_of(line.member, _records(line.member)),
            names,
            proposed.get(line.member_id, {}),
            charter,
            data,
            closed=closed,
        )
        for line in lines
    ]


def _records(member: Member) -> dict[str, Any]:
    """Return the loaded records that belong to the card; the registration is not checked here."""
    return {**{part: getattr(member, part, None) for part in PARTS}, "registration": None}


def _results(reconciliation: Reconciliation) -> list[tuple[Any, int]]:
    counted = transitions.results_of(reconciliation)
    return [(capfirst(str(result.label)), counted.get(result, 0)) for result in CheckResult]
