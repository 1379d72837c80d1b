"""The people behind figures of statistics (N-S3, N-H1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from members.book.models import BookLine
from members.book.queries.on_day import stands_in
from members.people.models import Member
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.views import ActorRequest, addresses, may_lag, needs, page_of, seen_among

from .. import counting
from ..columns import ORGANIZATION, Dimension, groups, offered
from ..counting import CAME, LEFT, Asked
from ..exports import reason_name
from ..transitions import note_people_listed
from .asking import MAX_PEOPLE, MAX_PEOPLE_BY_HEALTH, chosen_in, day_form, place_in
from .charts import names_of
from .cross import crossed
from .movement import period_form


@require_GET
@needs(Permission.VIEW_MEMBERS)
@may_lag
def people(request: ActorRequest, pk: int) -> HttpResponse:
    """List the people of a day with the values in the address whose cards the actor can open.

    Raises `Http404` if there are too many: no figure links here.
    """
    at, actor = place_in(request, pk), request.actor
    form = day_form(request.GET, at, actor)
    if not form.is_valid():
        raise Http404
    asked = Asked(at, form.cleaned_data["day"], actor)
    if asked.total > MAX_PEOPLE:
        raise Http404
    fields = offered(actor, at.charter)
    dimensions = fields | groups(fields) | crossed(actor, at)
    chosen = chosen_in(request.GET, list(dimensions.values()))
    of_health = [one.key for one in chosen if one.of_health]
    if of_health:
        if asked.total > MAX_PEOPLE_BY_HEALTH:
            raise Http404
        note_people_listed(at, ",".join(of_health), by=actor)
    lines = counting.people(asked, chosen)
    page = page_of(request, lines)
    figure = counting.counts(asked, list(chosen))[tuple(chosen.values())]
    facts = [(_("Day"), day_text(asked.day)), *_facts(asked, chosen.items())]
    context = {
        **_context(request, at, page, _("People behind a figure"), facts),
        "unlisted": figure - page.paginator.count,
        "day_heading": _("Registered since"),
        "rows": _rows(request, at, page, "entered_on"),
        "back": f"{reverse('statistics:composition', args=[at.pk])}?{urlencode({'day': day_text(asked.day)})}",
    }
    return render(request, "registry/statistics/people.html", context)


@require_GET
@needs(Permission.VIEW_MEMBERS)
@may_lag
def moves(request: ActorRequest, pk: int) -> HttpResponse:
    """List the people who came or left in a period for the reason in the address."""
    at = place_in(request, pk)
    form = period_form(request.GET, at, request.actor)
    way = "came" if "came" in request.GET else "left"
    reason = request.GET.get(way, "")
    if not form.is_valid() or reason not in {"came": CAME, "left": LEFT}[way]:
        raise Http404
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    came = way == "came"
    page = page_of(request, counting.moves(at, first, last, request.actor, came=came, reason=reason))
    period = {"first": day_text(first), "last": day_text(last)}
    facts = [
        (_("Period"), f"{period['first']} – {period['last']}"),
        (_("Came") if came else _("Left"), reason_name(way, reason)),
    ]
    context = {
        **_context(request, at, page, _("Came in a period") if came else _("Left in a period"), facts),
        "day_heading": _("Registered since") if came else _("Left on"),
        "rows": _rows(request, at, page, "entered_on" if came else "left_on"),
        "back": f"{reverse('statistics:movement', args=[at.pk])}?{urlencode(period)}",
    }
    return render(request, "registry/statistics/people.html", context)


def _facts(asked: Asked, chosen: Iterable[tuple[Dimension, str]]) -> Iterable[tuple[str, str]]:
    for one, value in chosen:
        if one.key == ORGANIZATION:
            name = names_of(asked, Counter([value])).get(value)
            if name is None:
                raise Http404
            yield str(capfirst(str(one.label))), name
        else:
            yield str(capfirst(str(one.label))), one.label_of(value)


def _context(
    request: ActorRequest, at: Organization, page: Any, title: str, facts: list[tuple[str, str]]
) -> dict[str, Any]:
    return {"at": at, "page": page, "title": title, "facts": facts, "count": page.paginator.count}


def _rows(request: ActorRequest, at: Organization, page: Iterable[BookLine], day: str) -> list[dict[str, Any]]:
    lines = list(page)
    seen = seen_among(Member.objects.visible_to(request.actor), [line.member_id for line in lines])
    card = addresses("members:detail")
    return [
        {
            "name": line.full_name,
            "url": card(line.member_id) if line.member_id in seen else "",
            "unit": stands_in(line, at),
            "ticket": line.ticket_number,
            "day": day_text(getattr(line, day)),
        }
        for line in lines
    ]
