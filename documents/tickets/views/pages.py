"""What the pages of blanks share: whose blanks they are, and a page that asks for one paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst

from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.views import ActorRequest, add_violation

from ..enums import BlankKind
from ..models import BlankPaper


def own_organization(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` if it keeps no blanks: cells never do."""
    organization = request.actor.organization
    if organization is None or not organization.charter.blanks or organization.level == organization.charter.cell:
        raise Http404
    return organization


def kind_tabs(request: ActorRequest, organization: Organization) -> tuple[list[dict[str, Any]], str]:
    """Return the tabs of the kinds of blanks, none where there is one alone, and the kind that `?kind=` asks for."""
    kinds = organization.charter.blanks
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds else kinds[0]
    tabs = [
        {"label": capfirst(str(BlankKind(one).label)), "url": f"?kind={one}", "current": one == kind} for one in kinds
    ]
    return (tabs if len(kinds) > 1 else []), kind


def ask_paper(
    request: ActorRequest,
    form: forms.Form,
    post: Callable[..., BlankPaper],
    *,
    title: Any,
    button: Any,
    done: Any,
    lead: Any = "",
    beside: Any = None,
) -> HttpResponse:
    """Show the form; when it is sent and valid, post the paper of its values and show that.

    `beside` is what stands above the form: ranges in stock, for example.
    """
    if request.method == "POST" and form.is_valid():
        try:
            paper = post(**form.cleaned_data)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, done)
            return redirect("documents:blank_paper", paper.pk)
    context = {
        "form": form, "title": title, "lead": lead, "button": button, "beside": beside,
        "back": reverse("documents:blanks"),
    }  # fmt: skip
    return render(request, "documents/tickets/form.html", context)
