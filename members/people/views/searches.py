"""Officers who have found many people of other organisations and ask their superior for more searches (N-A1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registry.enums import Permission
from registry.errors import RuleViolation
from registry.sizes import PAGE_ROWS
from registry.states import allowed
from registry.views import ActorRequest, load, needs, page_of, say_violation

from ..models import SearchRequest
from ..rules.searches import check_can_allow
from ..transitions.searches import allow_searches


@require_safe
@needs(Permission.MANAGE_ACCOUNTS)
def searches(request: ActorRequest) -> HttpResponse:
    """List the requests of organisations below, waiting ones first."""
    actor = request.actor
    found = SearchRequest.objects.visible_to(actor).exclude(organization=actor.organization)
    found = found.select_related("account", "organization").order_by("allowed_at", "-asked_at", "-pk")
    page = page_of(request, found, PAGE_ROWS)
    rows = [(row, allowed(check_can_allow, row, by=actor)) for row in page]
    return render(request, "members/searches.html", {"page": page, "rows": rows})


@require_POST
@needs(Permission.MANAGE_ACCOUNTS)
def allow(request: ActorRequest, pk: int) -> HttpResponse:
    """Allow the officer to see more people of other organisations."""
    asked = load(SearchRequest.objects.visible_to(request.actor), pk)
    try:
        allow_searches(asked.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The officer can go on, for a week."))
    return redirect("members:searches")
