"""Helpers for the pages of electronic cards: the actor's organisation, pages that run one transition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, add_violation, say_violation

from ..rules import check_can_order, check_consolidates


def own_organization(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` if its federation has no electronic cards."""
    organization = request.actor.organization
    if organization is None or organization.charter.electronic_cards is None:
        raise Http404
    if organization.level == organization.charter.cell:
        raise Http404
    return organization


def own_keeper(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it orders cards for its members, `NotAllowed`."""
    organization = own_organization(request)
    if not allowed(check_can_order, organization):
        raise Http404
    require(request.actor, Permission.ORDER_CARDS, organization)
    return organization


def own_consolidator(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it consolidates orders, `NotAllowed`."""
    organization = own_organization(request)
    if not allowed(check_consolidates, organization):
        raise Http404
    require(request.actor, Permission.ORDER_CARDS, organization)
    return organization


def posted(request: ActorRequest) -> Any:
    """Return the submitted data, or None for a GET request."""
    return request.POST if request.method == "POST" else None


def run_action(request: ActorRequest, step: Callable[[], object], done: Any, to: str) -> HttpResponse:
    """Run the transition, add a message about success or refusal, and redirect to `to`."""
    try:
        step()
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, done)
    return redirect(to)


def ask(
    request: ActorRequest,
    form: forms.Form,
    step: Callable[..., object],
    *,
    title: Any,
    button: Any,
    done: Any,
    to: str,
    refused: RuleViolation | None = None,
    lead: Any = "",
    template: str = "documents/ecards/form.html",
    **shown: Any,
) -> HttpResponse:
    """Show the form; if valid data are submitted, run the transition with them and redirect to `to`.

    `refused` says why the step is not possible, because it was done already, for example: redirect to `to` with that.
    """
    if refused is not None:
        say_violation(request, refused)
        return redirect(to)
    if request.method == "POST" and form.is_valid():
        try:
            step(**form.cleaned_data)
        except RuleViolation as violation:
            if violation.field in form.fields:
                add_violation(form, violation)
            else:
                say_violation(request, violation)
        else:
            messages.success(request, done)
            return redirect(to)
    context = {
        "form": form, "title": title, "lead": lead, "button": button, "back": to,
        "overview": reverse("documents:cards"), **shown,
    }  # fmt: skip
    return render(request, template, context)
