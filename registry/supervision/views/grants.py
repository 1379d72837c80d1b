"""The report of risky rights (N-H2, N-S1)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from registry.enums import Permission
from registry.views import ActorRequest, needs, use_time_zone_of

from ..queries.grants import MAX_OF_RISK, risks_of


@require_GET
@needs(Permission.VIEW_JOURNAL)
def grants(request: ActorRequest) -> HttpResponse:
    """List rights that a superior should check, each with a link to where it can be changed."""
    use_time_zone_of(request.actor.organization)
    request.stands_under = reverse("organizations:journal")
    context = {
        "risks": risks_of(request.actor),
        "most": MAX_OF_RISK,
        "may_manage": request.actor.may(Permission.MANAGE_ACCOUNTS),
    }
    return render(request, "registry/supervision/grants.html", context)
