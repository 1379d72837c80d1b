"""Registering members by ticket and code, and requesting transfers (V-B9, V-B11, U-5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from members.people.models import Member
from registry.access import require
from registry.enums import Permission
from registry.errors import Blocked, NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.requests import id_in
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs

from ..forms import ArriveForm, AskForm, OfferForm, TargetSearchForm
from ..rules.leaving import check_can_go_elsewhere
from ..rules.transfers import receivers
from ..transitions import transfers as transitions


def _own(request: ActorRequest) -> Organization:
    """Return the actor's own organisation, which has to keep cards."""
    own = request.actor.organization
    if own is None or not own.keeps_cards:
        raise NotAllowed
    require(request.actor, Permission.MOVE_MEMBERS, own)
    return own


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@needs(Permission.MOVE_MEMBERS)
def arrive(request: ActorRequest) -> HttpResponse:
    """Open the card here by ticket number and code."""
    own = _own(request)
    form = ArriveForm(own, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            member = transitions.arrive(organization=own, by=request.actor, **form.cleaned_data)
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            messages.success(request, _("The member is registered here. Check the card and print it again."))
            return redirect("members:detail", member.pk)
    return render(request, "members/moves/arrive.html", {"form": form})


@require_http_methods(["GET", "POST"])
@needs(Permission.MOVE_MEMBERS)
def ask(request: ActorRequest) -> HttpResponse:
    """Request a member of another organisation, identified exactly."""
    own = _own(request)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            transfer = transitions.request_arrival(organization=own, by=request.actor, **form.cleaned_data)
        except Blocked:
            form.add_error(None, _("The other organisation has to settle something with this member first. Ask it."))
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            messages.success(request, _("The request was sent to the organisation that keeps the card."))
            return redirect("moves:detail", transfer.pk)
    return render(request, "members/moves/ask.html", {"form": form})


@require_http_methods(["GET", "POST"])
@needs(Permission.MOVE_MEMBERS)
def offer(request: ActorRequest, pk: int) -> HttpResponse:
    """Select the receiving organisation and request that it takes the member."""
    members = Member.objects.visible_to(request.actor).select_related("organization__federation", "unit")
    member = load(members, pk)
    require(request.actor, Permission.MOVE_MEMBERS, member.organization)
    target = _target(request, member)
    context: dict[str, Any] = {
        "member": member,
        "target": target,
        "can_go": allowed(check_can_go_elsewhere, member),
    }
    if target is None:
        search = TargetSearchForm(request.GET)
        words = search.cleaned_data["q"] if search.is_valid() else ""
        context |= {"search": search, "words": words, "offered": receivers(member, words)}
        return render(request, "members/moves/offer.html", context)
    form = OfferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            transfer = transitions.request_departure(member.pk, target=target, by=request.actor, **form.cleaned_data)
        except Blocked as refusal:
            context["blockers"] = refusal.blockers
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            messages.success(request, _("The request has gone to the receiving organisation."))
            return redirect("moves:detail", transfer.pk)
    return render(request, "members/moves/offer.html", context | {"form": form})


def _target(request: ActorRequest, member: Member) -> Organization | None:
    asked = request.POST.get("target") or request.GET.get("target") or ""
    if not asked:
        return None
    return load(receivers(member), id_in(asked))
