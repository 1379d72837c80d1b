"""Pages of employers and their statements of deduction (U-D1)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from dues.payments.forms import SearchForm
from members.people.search import matching
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.requests import ids_in, say_missing
from registry.states import allowed, refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, page_of, posted

from ..enums import OPEN_DEDUCTIONS, DeductionState
from ..forms import EmployerForm, EndDeductionForm, HandOverForm, StatementsForm
from ..models import Deduction, Employer
from ..queries.statements import counts_by_state, proposed_employer, usual_percent, without_statement
from ..rules.employers import (
    MAX_STATEMENTS,
    check_can_be_ended,
    check_can_be_handed_over,
    check_deducts,
    check_room,
    check_works,
)
from ..transitions.employers import add_employer, change_employer, end_deduction, hand_over, prepare_statements


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Employers"), reverse("dues:employers")


def own_organization(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless dues are deducted for it, `NotAllowed`."""
    organization = request.actor.organization
    if organization is None or not allowed(check_deducts, organization):
        raise Http404
    require(request.actor, Permission.RECORD_DUES, organization)
    return organization


def load_employer(request: ActorRequest, pk: Any, permission: Permission | None = None) -> Employer:
    """Return the employer in the actor's scope. Raises `Http404`, `NotAllowed` without the permission there."""
    found = load(Employer.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    if permission is not None:
        require(request.actor, permission, found.organization)
    return found


@require_GET
@needs(Permission.VIEW_DUES)
def employers(request: ActorRequest) -> HttpResponse:
    """List the employers with the number of their statements."""
    open_ones = Count("deductions", filter=Q(deductions__state__in=OPEN_DEDUCTIONS))
    found = Employer.objects.visible_to(request.actor).select_related("organization").annotate(statements=open_ones)
    own = request.actor.organization
    deducts = own is not None and allowed(check_deducts, own) and request.actor.may(Permission.RECORD_DUES, own)
    may_add = deducts and own is not None and allowed(check_works, own) and allowed(check_room, own)
    context = {"page": page_of(request, found.order_by("name", "pk")), "may_add": may_add, "own": own}
    return render(request, "dues/payroll/employers.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def add(request: ActorRequest) -> HttpResponse:
    """Add an employer; the first one is suggested from the organisation's passport."""
    organization = own_organization(request)
    return ask(
        request,
        EmployerForm(posted(request), initial=proposed_employer(organization)),
        partial(add_employer, organization.pk, by=request.actor),
        section=section(),
        title=_("Add an employer"),
        lead=_("Statements of deduction go to this employer, and its payroll lists are compared with them."),
        button=_("Add"),
        done=_("The employer is added. Now prepare the statements of the members."),
        to=lambda employer: reverse("dues:employer", args=[employer.pk]),
        back=reverse("dues:employers"),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def change(request: ActorRequest, pk: int) -> HttpResponse:
    """Change the name and the contacts of an employer."""
    found = load_employer(request, pk, Permission.RECORD_DUES)
    names = ("name", "addressee", "inn", "address", "contact")
    return ask(
        request,
        EmployerForm(posted(request), initial={name: getattr(found, name) for name in names}),
        partial(change_employer, found.pk, by=request.actor),
        section=section(),
        title=_("Change the employer"),
        lead=found.name,
        button=_("Save"),
        done=_("The employer is changed."),
        to=reverse("dues:employer", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_DUES)
def employer(request: ActorRequest, pk: int) -> HttpResponse:
    """Show an employer with its statements in one state; a POST records that the ticked ones were handed over."""
    found = load_employer(request, pk)
    may_record = request.actor.may(Permission.RECORD_DUES, found.organization)
    counts = counts_by_state(found, request.actor)
    first = next((state for state in DeductionState.values if counts[state]), DeductionState.PREPARED)
    state = request.GET.get("state", "")
    state = state if state in DeductionState.values else first
    form = HandOverForm(posted(request))
    if request.method == "POST":
        require(request.actor, Permission.RECORD_DUES, found.organization)
        if form.is_valid():
            try:
                asked = ids_in(request.POST)
                here = Deduction.objects.visible_to(request.actor).filter(employer=found, pk__in=asked)
                say_missing(request, asked, here.values_list("pk", flat=True))
                count = hand_over(found.pk, asked, **form.cleaned_data, by=request.actor)
            except RuleViolation as violation:
                add_violation(form, violation)
            else:
                text = ngettext(
                    "%(n)s statement is with the employer.", "%(n)s statements are with the employer.", count
                )
                messages.success(request, text % {"n": count})
                return redirect("dues:employer", pk)
    shown = Deduction.objects.visible_to(request.actor).filter(employer=found, state=state).select_related("member")
    page = page_of(request, shown.order_by("member__sort_key", "pk"), MAX_STATEMENTS)
    context = {
        "employer": found, "form": form, "state": state, "may_record": may_record, "page": page,
        "states": [(one.label, f"?state={one}", counts[one], one == state) for one in DeductionState],
        "may_print": request.actor.may(Permission.PRINT, found.organization),
        "may_hand_over": may_record and all(allowed(check_can_be_handed_over, one) for one in page),
        "prepared": state == DeductionState.PREPARED, "ended": state == DeductionState.ENDED,
    }  # fmt: skip
    return render(request, "dues/payroll/employer.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def prepare(request: ActorRequest, pk: int) -> HttpResponse:
    """List the members without a statement to the employer, and prepare statements for the ticked ones."""
    found = load_employer(request, pk, Permission.RECORD_DUES)
    search = SearchForm(request.GET, cells=[])
    condition = matching(search.cleaned_data.get("q")) if search.is_valid() else None
    people = without_statement(found, request.actor)
    people = people.filter(condition) if condition is not None else people
    form = StatementsForm(posted(request), percent=usual_percent(found.organization))
    chosen = ids_in(request.POST)
    if form.is_valid():
        seen = list(people.filter(pk__in=chosen).values_list("pk", flat=True)) if chosen else []
        say_missing(request, chosen, seen)
        try:
            made = prepare_statements(found.pk, seen, **form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            text = ngettext("%(n)s statement is prepared.", "%(n)s statements are prepared.", len(made))
            messages.success(request, text % {"n": len(made)} + " " + _("Print them for the signatures."))
            return redirect(f"{reverse('dues:employer', args=[pk])}?state={DeductionState.PREPARED}")
    context = {
        "employer": found, "form": form, "search": search, "chosen": set(chosen),
        "page": page_of(request, people.order_by("sort_key", "pk"), MAX_STATEMENTS),
    }  # fmt: skip
    return render(request, "dues/payroll/prepare.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """End a statement of deduction."""
    visible = Deduction.objects.visible_to(request.actor)
    found = load(visible.select_related("employer__organization__federation", "member"), pk)
    require(request.actor, Permission.RECORD_DUES, found.employer.organization)
    with_employer = found.handed_over_on is not None
    lead = _("The member pays in cash from the next day on.") if with_employer else _("It was not handed over.")
    return ask(
        request,
        EndDeductionForm(posted(request), initial={"ends_on": max(found.begins_on, found.employer.organization.today)}),
        partial(end_deduction, found.pk, by=request.actor),
        section=(found.employer.name, reverse("dues:employer", args=[found.employer_id])),
        title=_("End the deduction"),
        lead=f"{found.member.full_name if found.member else ''}. {lead}",
        button=_("End the deduction"),
        refused=refusal(check_can_be_ended, found),
        done=_("The deduction is ended. Print the statement for the employer."),
        to=f"{reverse('dues:employer', args=[found.employer_id])}?state={DeductionState.ENDED}",
    )
