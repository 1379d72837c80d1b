"""The registration book of a unit, and who was registered on a past day (V-B7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from members.movement.rules.leaving import REVERSIBLE
from members.people.models import Member
from registry.days import day_text
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Figures, Organization
from registry.sizes import PAGE_ROWS
from registry.text import sort_prefix
from registry.views import ActorRequest, load, needs, page_of

from ..forms import BookForm, DayForm
from ..models import BookLine
from ..queries.moved_since import Moved, moved_since
from ..queries.on_day import came_under_since, count_on, counts_of_children, left_since, names_on, stands_in

#: Maximum number of organisations whose counts are shown on one page: enough for the regions of a federation.
MAX_PLACES = 150
#: Maximum number of people that pages and copies cover; beyond it a smaller organisation has to be chosen.
MAX_PEOPLE = 20_000


@require_GET
@needs(Permission.VIEW_MEMBERS)
def own_book(request: ActorRequest) -> HttpResponse:
    """Redirect to the organisation's book; organisations without one see the people below them on a day."""
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    keeps = own.keeps_cards or own.level == own.charter.cell
    return redirect("cells:book" if keeps else "cells:on_day", own.pk)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def book(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the lines of one unit in order, with links to the books of its cells."""
    unit = load(Organization.objects.visible_to(request.actor).select_related("federation", "parent"), pk)
    request.stands_under = reverse("cells:own_book")
    form = BookForm(request.GET)
    lines = BookLine.objects.visible_to(request.actor).filter(unit=unit)
    filtered = form.is_valid() and any(form.cleaned_data.values())
    if filtered:
        found = form.cleaned_data
        if found["q"]:
            begins = sort_prefix(found["q"])
            lines = lines.filter(sort_key__startswith=begins) if begins else lines.none()
        if found["show"]:
            lines = lines.filter(left_on__isnull=found["show"] == "here")
    written = Figures.objects.filter(organization=unit).values_list("last_book_line", flat=True).first() or 0
    page = page_of(request, lines.order_by("number"), count=None if filtered else written)
    readable = Member.objects.visible_to(request.actor).filter(pk__in=[line.member_id for line in page])
    context = {
        "unit": unit,
        "form": form,
        "page": page,
        "filtered": filtered,
        "readable": set(readable.values_list("pk", flat=True)),
        "reopenable": _reopenable(request, unit, list(page)),
        "cells": _cells(request, unit),
        "may_print": request.actor.may(Permission.PRINT, unit),
        "may_erase": unit.keeps_cards and request.actor.may(Permission.ERASE, unit),
    }
    return render(request, "members/book/book.html", context)


def _reopenable(request: ActorRequest, unit: Organization, lines: list[BookLine]) -> set[int]:
    """Return the lines whose leaving this actor may ask to take back; the next page checks whether it is possible."""
    keeper = unit.card_keeper
    if keeper is None or not request.actor.may(Permission.MOVE_MEMBERS, keeper):
        return set()
    return {line.pk for line in lines if line.left_on is not None and line.reason in REVERSIBLE}


def _cells(request: ActorRequest, unit: Organization) -> list[Organization]:
    if unit.charter.cell is None or not unit.keeps_cards:
        return []
    below = Organization.objects.visible_to(request.actor).filter(parent=unit, level=unit.charter.cell)
    return list(below.order_by("sort_key", "pk"))


@require_GET
@needs(Permission.VIEW_MEMBERS)
def on_day(request: ActorRequest, pk: int) -> HttpResponse:
    """Show counts and people of a past day: by parts below an organisation, by name in a unit."""
    place = load(Organization.objects.visible_to(request.actor).select_related("federation", "parent"), pk)
    request.stands_under = reverse("cells:own_book")
    form = DayForm(request.GET if "day" in request.GET else {"day": _new_year()})
    context: dict[str, Any] = {"place": place, "form": form}
    if form.is_valid():
        day = form.cleaned_data["day"]
        moved = moved_since(place.federation_id, day)
        total = count_on(place, day, moved)
        context |= {"day": day, "day_text": day_text(day), "total": total, **_parts(request, place, day, moved)}
        many = total.now > MAX_PEOPLE
        page = page_of(
            request, names_on(place, day, moved, request.actor), PAGE_ROWS, count=MAX_PEOPLE if many else None
        )
        context |= {
            "page": page,
            "lines": [(line, stands_in(line, place)) for line in page],
            "many": many,
            "may_print": request.actor.may(Permission.PRINT, place),
            "may_export": request.actor.may(Permission.EXPORT, place),
        }
    return render(request, "members/book/on_day.html", context)


def _new_year() -> dt.date:
    return timezone.localdate().replace(month=1, day=1)


def has_parts(request: ActorRequest, place: Organization, day: dt.date, moved: list[Moved]) -> bool:
    """Return whether organisations were directly below on the day."""
    below = Organization.objects.visible_to(request.actor).filter(parent=place)
    return below.exclude(pk__in=came_under_since(place, moved)).exists()


def _parts(request: ActorRequest, place: Organization, day: dt.date, moved: list[Moved]) -> dict[str, Any]:
    """Return the organisations that were directly below on the day, with their counts."""
    below = Organization.objects.visible_to(request.actor).filter(parent=place).order_by("sort_key", "pk")
    children = list(below.exclude(pk__in=came_under_since(place, moved))[: MAX_PLACES + 1])
    counts = counts_of_children(place, children, day, moved)
    return {
        "parts": [(child, counts[child.pk]) for child in children[:MAX_PLACES]],
        "more_parts": len(children) > MAX_PLACES,
        "moved_parts": left_since(place, moved, day),
    }
