"""The organisations behind a figure of statistics (N-S3, N-H1)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from registry.days import day_text
from registry.enums import Permission
from registry.organizations.views.tree import visible
from registry.views import ActorRequest, needs, page_of

from ..counting import Asked, by_level, levels_below, those_on
from .asking import day_form, place_in


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def organizations(request: ActorRequest, pk: int) -> HttpResponse:
    """List the organisations of a level that were below on a day and are in the actor's scope now."""
    at, actor = place_in(request, pk), request.actor
    form, level = day_form(request.GET, at, actor), request.GET.get("level", "")
    names = {str(one): name for one, name in levels_below(at).items()}
    if not form.is_valid() or level not in names:
        raise Http404
    asked = Asked(at, form.cleaned_data["day"], actor)
    found = those_on(visible(actor), at, asked.day, asked.moved).filter(level=level)
    page = page_of(request, found.order_by("sort_key", "pk"))
    context = {
        "at": at,
        "title": capfirst(str(names[level])),
        "day": day_text(asked.day),
        "page": page,
        "rows": list(page),
        "undated": found.filter(founded_on__isnull=True).count(),
        "elsewhere": by_level(at, asked.day, asked.moved)[level] - page.paginator.count,
        "back": f"{reverse('statistics:composition', args=[at.pk])}?{urlencode({'day': day_text(asked.day)})}",
    }
    return render(request, "registry/statistics/organizations.html", context)
