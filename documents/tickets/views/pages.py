"""Common parts of the pages of blanks: the actor's organisation, and a page with the form of one paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst

from registry.organizations.models import Organization
from registry.views import ActorRequest, ask

from ..enums import BlankKind
from ..models import BlankPaper
from ..queries.counting import stock_of
from ..ranges import listed

#: Maximum number of ranges shown for one stock.
MAX_SHOWN = 100


def own_organization(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` if it keeps no blanks: cells never do."""
    organization = request.actor.organization
    if organization is None or not organization.charter.blanks or organization.level == organization.charter.cell:
        raise Http404
    return organization


def shown_kind(request: ActorRequest, organization: Organization) -> str:
    """Return the kind of blank that the page is about: the one in the form or address, by default the first."""
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    return asked if asked in organization.charter.blanks else organization.charter.blanks[0]


def kinds_of(organization: Organization, kind: str) -> list[tuple[str, Any, bool]]:
    """Return the kinds with a label and a flag for the shown one; empty if there is only one kind."""
    kinds = organization.charter.blanks
    return [(one, BlankKind(one).label, one == kind) for one in kinds] if len(kinds) > 1 else []


def numbers_in_stock(organization: Organization) -> list[str]:
    """Return a line about the stock of each kind of blank, for forms that ask for numbers of any kind."""
    kinds = [(BlankKind(kind), listed(stock_of(organization, kind), MAX_SHOWN)) for kind in organization.charter.blanks]
    return [f"{capfirst(str(kind.label))}: № {numbers}" for kind, numbers in kinds if numbers]


def ask_paper(
    request: ActorRequest,
    form: forms.Form,
    post: Callable[..., BlankPaper],
    *,
    template: str = "documents/tickets/form.html",
    **shown: Any,
) -> HttpResponse:
    """Show the form; if valid data are submitted, post the paper and show it; see `registry.views.ask`.

    `beside` are lines above the form, such as numbers in stock.
    """
    return ask(request, form, post, to=_page_of, back=reverse("documents:blanks"), template=template, **shown)


def _page_of(paper: BlankPaper) -> str:
    return reverse("documents:blank_paper", args=[paper.pk])
