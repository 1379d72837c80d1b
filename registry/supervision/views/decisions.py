"""The queue of decisions that wait for the actor's organisation (N-H1, N-S2)."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from registry.enums import Permission
from registry.errors import NotAllowed
from registry.tasks import Matter, matters_of
from registry.views import ActorRequest, needs, page_of, use_time_zone_of

from ..forms import QueueForm

#: Maximum number of items of one kind, the earliest due first.
MAX_OF_KIND = 200


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def queue(request: ActorRequest) -> HttpResponse:
    """List what waits for a decision, the earliest term first; the number of queries is that of the kinds."""
    kinds = matters_of(request.actor)
    if not kinds:
        raise NotAllowed
    use_time_zone_of(request.actor.organization)
    form = QueueForm(kinds, request.GET)
    found: list[tuple[str, Matter]] = []
    more = []
    for kind in form.chosen():
        rows = kind.rows(request.actor, timezone.localdate()).filter(form.place_of(kind))
        some = [kind.matter(row) for row in rows.order_by(F(kind.day).asc(nulls_last=True), "pk")[: MAX_OF_KIND + 1]]
        found += [(str(kind.label), matter) for matter in some[:MAX_OF_KIND]]
        if len(some) > MAX_OF_KIND:
            more.append(str(kind.label))
    found.sort(key=lambda one: (one[1].due is None, one[1].due or one[1].came_on, one[1].came_on))
    context = {
        "form": form,
        "filtered": bool(form.asked),
        "page": page_of(request, found),
        "more": more,
        "most": MAX_OF_KIND,
    }
    return render(request, "registry/supervision/decisions.html", context)
