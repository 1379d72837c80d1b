"""Views for correcting, reporting, deciding and changing names (U-3, N-H3)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.access import require
from registry.accounts.forms.session import AskRenameForm, CorrectNameForm
from registry.enums import Permission
from registry.errors import RuleViolation, StaleVersion
from registry.requests import VERSION_DIGITS, number_in
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation

from ..enums import RenameState
from ..forms.tree import DecideForm, RenameForm
from ..models import RenameRequest
from ..rules.names import check_may_ask
from ..transitions import renames
from .naming import breadcrumbs_to, visible_name_of
from .tree import visible

#: Maximum number of waiting requests on the page, the oldest first.
MAX_WAITING = 25


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_PASSPORT)
def name(request: ActorRequest, pk: int) -> HttpResponse:
    """Correct the spelling of the name, or report a wrong name to the superior (U-3)."""
    organization = load(visible(request.actor), pk)
    require(request.actor, Permission.EDIT_PASSPORT, organization)
    shown = {field: getattr(organization, field) for field in ("full_name", "short_name")}
    way = request.POST.get("way", "")
    correct = CorrectNameForm(request.POST if way == "mistake" else None, instance=organization)
    # Both forms have a full and a short name; each label belongs to its own field.
    ask = AskRenameForm(request.POST if way == "wrong" else None, initial=shown, auto_id="ask-%s")
    form = correct if way == "mistake" else ask
    version = request.POST.get("version", "")
    if way in {"mistake", "wrong"} and form.is_valid():
        try:
            if way == "mistake":
                known = number_in(version, VERSION_DIGITS)
                renames.correct_name(organization.pk, **form.cleaned_data, version=known, by=request.actor)
                messages.success(request, _("The name is corrected."))
            else:
                renames.ask_rename(organization.pk, **form.cleaned_data, by=request.actor)
                messages.success(request, _("The report is sent. The superior organisation will decide."))
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion:
            messages.warning(
                request, _("Somebody has changed the organisation in the meantime. Check the name once more.")
            )
            return redirect("organizations:name", organization.pk)
        else:
            return redirect("organizations:detail", organization.pk)
    context = {
        "organization": organization,
        "shown": shown,
        "way": breadcrumbs_to(organization, request.actor),
        "correct": correct,
        "ask": ask,
        "may_ask": allowed(check_may_ask, organization),
        "open": RenameRequest.objects.visible_to(request.actor)
        .filter(organization=organization, state=RenameState.ASKED)
        .first(),
    }
    return render(request, "registry/organizations/name.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.DECIDE_RENAMES)
def rename(request: ActorRequest, pk: int) -> HttpResponse:
    """Rename an organisation; an administrator renames the head (N-H3)."""
    organization = load(visible(request.actor), pk)
    require(request.actor, Permission.DECIDE_RENAMES if organization.parent_id else Permission.ADMINISTER, organization)
    former = organization.full_name
    form = RenameForm(request.POST if request.method == "POST" else None, instance=organization)
    if request.method == "POST" and form.is_valid():
        try:
            renames.rename_organization(organization.pk, **form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion:
            messages.warning(
                request, _("Somebody has changed the organisation in the meantime. Check the name once more.")
            )
            return redirect("organizations:rename", organization.pk)
        else:
            messages.success(request, _("The organisation has its new name."))
            return redirect("organizations:detail", organization.pk)
    context = {
        "organization": organization,
        "former": former,
        "form": form,
        "way": breadcrumbs_to(organization, request.actor),
    }
    return render(request, "registry/organizations/rename.html", context)


@require_GET
@needs(Permission.DECIDE_RENAMES)
def rename_list(request: ActorRequest) -> HttpResponse:
    """List rename requests of subordinates: open ones first, then decided ones."""
    own = request.actor.organization
    requests = (
        RenameRequest.objects.visible_to(request.actor)
        .exclude(organization=own)
        .select_related("organization")
        .order_by("-asked_at")
    )
    waiting = requests.filter(state=RenameState.ASKED).order_by("asked_at", "pk")
    context = {
        "waiting": list(waiting[:MAX_WAITING]),
        "more": max(waiting.count() - MAX_WAITING, 0),
        "page": page_of(request, requests.exclude(state=RenameState.ASKED)),
    }
    return render(request, "registry/organizations/renames.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.DECIDE_RENAMES)
def rename_decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Decide a rename request (U-3)."""
    asked = load(
        RenameRequest.objects.visible_to(request.actor).select_related("organization__federation", "asked_by__home"), pk
    )
    require(request.actor, Permission.DECIDE_RENAMES, asked.organization)
    if asked.state != RenameState.ASKED:
        if request.method == "POST":
            messages.warning(request, _("This report has been decided already."))
        return redirect("organizations:detail", asked.organization_id)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decided = renames.decide_rename(
                asked.pk,
                accept=form.cleaned_data["accept"] == "yes",
                reason=form.cleaned_data["reason"],
                by=request.actor,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            accepted = decided.state == RenameState.ACCEPTED
            messages.success(
                request,
                _("The name is changed.") if accepted else _("The report is declined; the chair will read why."),
            )
            return redirect("organizations:renames")
    context = {
        "asked": asked,
        "organization": asked.organization,
        "asker": visible_name_of(asked.asked_by, request.actor),
        "form": form,
        "way": breadcrumbs_to(asked.organization, request.actor),
    }
    return render(request, "registry/organizations/rename_decide.html", context)


@require_POST
@needs(Permission.EDIT_PASSPORT)
def rename_seen(request: ActorRequest, pk: int) -> HttpResponse:
    """Mark the superior's answer as read (U-3)."""
    answered = load(RenameRequest.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    try:
        renames.dismiss_answer(answered.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    return redirect("organizations:detail", answered.organization_id)
