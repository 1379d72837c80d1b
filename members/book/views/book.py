"""The registration book of a unit, and who was registered on a past day (V-B7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from members.movement.rules.leaving import REVERSIBLE
from members.people.filters import MAX_SEARCHED
from members.people.models import Member
from members.people.search import matching
from registry.days import day_text
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.indexes import first_by_name, lookup_among
from registry.organizations.models import Figures, Organization
from registry.organizations.queries import ids_of_few, recent_totals_under
from registry.sizes import PAGE_ROWS
from registry.views import ActorRequest, load, needs, page_of

from ..forms import BOOK_FILTERS, BookForm, DayForm
from ..models import BookLine, BookLineQuerySet
from ..queries.moved_since import Moved, moved_since
from ..queries.on_day import came_under_since, count_on, counts_of_children, left_since, names_on, stands_in

#: Maximum number of organisations whose counts are shown on one page: enough for the regions of a federation.
MAX_PLACES = 150
#: Maximum number of people that pages and copies cover; beyond it a smaller organisation has to be chosen.
MAX_PEOPLE = 20_000


@require_GET
@needs(Permission.VIEW_MEMBERS)
def own_book(request: ActorRequest) -> HttpResponse:
    """Redirect to the organisation's books; superiors search in all of them."""
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    return redirect("cells:book", own.pk)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def book(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the book of a unit, or all books of an organisation; above the keepers of cards, only a search."""
    place = load(Organization.objects.visible_to(request.actor).select_related("federation", "parent"), pk)
    request.stands_under = reverse("cells:own_book")
    units = _units(request, place)
    searched = not units
    count: int | None = None
    form = BookForm(request.GET, units=units)
    asked = form.cleaned_data if form.is_valid() else {}
    filtered = any(asked.values())
    unit = next((one for one in units if one.pk == asked.get("of")), place if len(units) == 1 else None)
    lines = _found(BookLine.objects.visible_to(request.actor).below(place).select_related("unit"), asked)
    if searched:
        typed = asked.get("q", "")
        some = _first(request, place, asked) if typed else []
        lines, count = BookLine.objects.visible_to(request.actor).filter(pk__in=some).select_related("unit"), len(some)
    else:
        lines = lines.filter(unit=unit) if unit else lines
        count = None if filtered else _written(units)
    page = page_of(request, lines.order_by(*(("number",) if unit else ("sort_key", "pk"))), count=count)
    readable = Member.objects.visible_to(request.actor).filter(pk__in=[line.member_id for line in page])
    context = {
        "place": place,
        "unit": unit,
        "units": units,
        "form": form,
        "page": page,
        "filtered": filtered,
        "searched": searched,
        "readable": set(readable.values_list("pk", flat=True)),
        "reopenable": _reopenable(request, page),
        "printable": ([unit] if unit else units) if request.actor.may(Permission.PRINT, place) else [],
        "may_erase": place.keeps_cards and request.actor.may(Permission.ERASE, place),
    }
    return render(request, "members/book/book.html", context)


def _first(request: ActorRequest, place: Organization, asked: Mapping[str, Any]) -> list[int]:
    """Return the ids of lines in many books that match, by name."""
    lines = BookLine.objects.visible_to(request.actor).below(place)
    people = recent_totals_under(place)["members"]
    if (units := ids_of_few(place, request.actor, people)) is not None:
        lines = lines.filter(unit__among=units)
    lookup = lookup_among(people)
    named = _found(lines, asked, "holds")
    return first_by_name(
        _found(lines, asked, lookup), asked["q"], MAX_SEARCHED, beginning=named, near=units is not None
    )


def _found(lines: BookLineQuerySet, asked: Mapping[str, Any], lookup: str = "contains") -> BookLineQuerySet:
    """Return the lines that match the search and the filter."""
    condition = matching(asked.get("q"), lookup)
    if condition is not None:
        lines = lines.filter(condition)
    return lines.filter(BOOK_FILTERS[asked["show"]]) if asked.get("show") else lines


def _units(request: ActorRequest, place: Organization) -> list[Organization]:
    """Return the organisations whose books the page shows: the organisation and its cells.

    None above the organisations that keep cards.
    """
    cell = place.charter.cell
    if not place.keeps_cards:
        return [place] if place.level == cell else []
    below = Organization.objects.visible_to(request.actor).filter(parent=place, level=cell)
    return [place, *below.order_by("sort_key", "pk")] if cell is not None else [place]


def _written(units: list[Organization]) -> int:
    """Return the number of lines in the units' books, from the stored figures."""
    return Figures.objects.filter(organization__in=units).aggregate(lines=Sum("last_book_line"))["lines"] or 0


def _reopenable(request: ActorRequest, page: Iterable[BookLine]) -> set[int]:
    """Return the lines whose leaving this actor may ask to undo; the next page checks whether it is possible."""
    found = set()
    for line in page:
        if line.left_on is not None and line.reason in REVERSIBLE:
            keeper = line.unit.card_keeper
            if keeper is not None and request.actor.may(Permission.MOVE_MEMBERS, keeper):
                found.add(line.pk)
    return found


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
    """Return whether any organisations were directly below on the day."""
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
