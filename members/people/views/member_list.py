"""The member list: search, filters, columns, and choosing an organisation (N-A1, N-S1)."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from documents.printing.core import forms_for
from dues.notices.rules import check_reminds
from dues.payments.rules import check_collects
from members.admission.queries.belongings import wards_named
from registry.access import Actor
from registry.accounts.models import SavedFilter
from registry.accounts.transitions.screens import choose_columns
from registry.enums import Permission, Role
from registry.indexes import first_by_name, lookup_among
from registry.organizations.models import Organization
from registry.organizations.queries import recent_totals, recent_totals_under
from registry.organizations.rules.tree import check_takes_members, levels_below
from registry.requests import number_in
from registry.searches import LONG, WORDS, Asked
from registry.sizes import PAGE_ROWS
from registry.states import allowed
from registry.views import ActorRequest, addresses, load, needs, page_of

from ..columns import MAX_COLUMNS, SCREEN, Column, cells_by_member, chosen, offered
from ..filters import MAX_FOUND, MemberFilter
from ..models import Member
from ..rules.person import check_keeps_cards
from ..search import QUERY_LENGTH, matching

#: The parameter of a short address that names a filter to leave out.
WITHOUT = "without"
#: Maximum number of cards suggested for a search, and the fields shown.
MAX_SUGGESTED = 8
_SUGGESTED = ("surname", "given_name", "patronymic", "birth_date", "unit__short_name")
#: Maximum number of organisations shown; beyond it a name or code has to be typed.
MAX_PLACES = 50


@require_safe
@needs(Permission.VIEW_MEMBERS)
def member_list(request: ActorRequest) -> HttpResponse:
    """Show the list of members; a search request from htmx gets only the rows."""
    if (address := _in_full(request)) is not None:
        return redirect(address)
    actor = request.actor
    listing = MemberFilter(request.GET, actor=actor)
    count = listing.count()
    columns = chosen(actor)
    page = _page(request, listing, min(count, listing.limit))
    query = clean_query(request.GET)
    short = query.short()
    may, card = permissions(actor), addresses("members:detail")
    context = {
        "listing": listing,
        "form": listing.form,
        "beside_search": [name for name in listing.filters if name != "q"],
        "sorted_by": listing.sort if listing.sort != "name" else "",
        "page": page,
        "rows": [
            (m.pk, card(m.pk), m.full_name, cells)
            for m, cells in cells_by_member(list(page.object_list), columns, Member.objects.visible_to(actor))
        ],
        "labels": ["", *(capfirst(str(column.label)) for column in columns)],
        "chooses": may["print"] or may["export"] or may["change"] or may["collect"] or may["tickets"] or may["remark"],
        "heads": sortable_headings(columns, listing, query),
        "count": count,
        "shown_count": count_in_words(count, listing.limit),
        # Selecting all covers more than the pages do.
        "selectable": count_in_words(count, listing.limit) if listing.found_first else min(count, MAX_FOUND),
        # Among very many people only members are searched.
        "wards": wards_named(actor, request.GET.get("q", "")) if listing.reach <= MAX_FOUND else [],
        "query": short,
        "short_address": f"{reverse('members:list')}?{short}" if short else "",
        "chips": filter_chips(listing, query),
        "may": may,
        "print_forms": print_forms(actor),
        "errors": [
            (str(listing.form.fields[name].label) if name in listing.form.fields else "", str(error))
            for name, errors in listing.form.errors.items()
            for error in errors
        ],
        "places_url": f"{reverse('members:places')}?{query.urlencode()}" if listing.asks_for_place else "",
    }
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        response = render(request, "members/list/answer.html", context)
        if request.htmx.boosted:  # type: ignore[attr-defined]
            # A new page or sort order is a step in the browser's history; a typed letter is not.
            response["HX-Push-Url"] = _address(query, page.number if "page" in request.GET else 0)
        else:
            response["HX-Replace-Url"] = _address(query)
    else:
        context["saved"] = saved_of(actor)
        response = render(request, "members/list/list.html", context)
    return vary_by_htmx(response)


@require_safe
@needs(Permission.VIEW_MEMBERS)
def suggest(request: ActorRequest) -> HttpResponse:
    """Suggest cards while typing, in the search at the top of every page or, within an organisation, in a name
    field.
    """
    within = number_in(request.GET.get("within", ""))
    typed = request.GET.get("q" if within is None else "full_name", "")[:QUERY_LENGTH]
    condition = matching(typed, "holds")
    found: list[Member] = []
    if condition is not None:
        visible = Member.objects.visible_to(request.actor).registered()
        if within is None:
            reach = recent_totals(request.actor)
        else:
            organization = load(Organization.objects.visible_to(request.actor), within)
            visible = visible.filter(unit__path__startswith=organization.path)
            reach = recent_totals_under(organization)
        ids = first_by_name(
            visible.filter(matching(typed, lookup_among(reach["members"])) or condition), typed, MAX_SUGGESTED,
            beginning=visible.filter(condition),
        )  # fmt: skip
        cards = visible.select_related("unit").only(*_SUGGESTED).in_bulk(ids)
        found = [cards[pk] for pk in ids if pk in cards]
    template = "members/list/suggestions.html" if within is None else "members/list/suggested_names.html"
    return render(request, template, {"found": found, "asked": condition is not None})


def _in_full(request: ActorRequest) -> str | None:
    """Return the address with all filters, if the page was requested by a short one; a filter may be left out of it.

    Links of the page itself are short. The address that the browser shows and people bookmark is the long one, which
    the response tells htmx.
    """
    asked, left_out = QueryDict(request.META["QUERY_STRING"]), request.GET.get(WITHOUT)
    query = clean_query(request.GET)
    hidden = set(query) - set(asked) - set(WORDS)
    if left_out is None and (not hidden or request.htmx):  # type: ignore[attr-defined]
        return None
    for name in (WITHOUT, str(left_out)):
        query.pop(name, None)
    return _address(query)


def _address(query: Asked, page: int = 0) -> str:
    """Return the address of the list with the query and the page number, if any."""
    parts = [query.urlencode(), f"page={page}" if page else ""]
    asked = "&".join(part for part in parts if part)
    return reverse("members:list") + (f"?{asked}" if asked else "")


def _page(request: ActorRequest, listing: MemberFilter, count: int) -> Page:
    # Only ids are paginated, so the rows of earlier pages are never read.
    ids = listing.page_ids if listing.found_first else listing.found.values_list("pk", flat=True)
    return page_of(request, ids, PAGE_ROWS, count=count)


def vary_by_htmx(response: HttpResponse) -> HttpResponse:
    """Vary the response by htmx requests, so that caches never show a fragment instead of the page."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def print_forms(actor: Actor) -> list[dict[str, str]]:
    """Return the papers that the actor may print for many people, in the order of the charter's menu (U-6)."""
    if not actor.may(Permission.PRINT):
        return []
    return [{"title": f.title, "url": reverse("documents:print_many", args=[f.code])} for f in forms_for(actor)]


def saved_of(actor: Actor) -> list[dict[str, Any]]:
    """Return the account's saved filters with their addresses."""
    result = []
    for saved in SavedFilter.objects.filter(account=actor.account, screen=SCREEN):
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in saved.values.items()})
        result.append({"pk": saved.pk, "name": saved.name, "url": f"{reverse('members:list')}?{query.urlencode()}"})
    return result


def clean_query(data: QueryDict) -> Asked:
    """Return the query without empty values and the page number, for links to the same selection."""
    query = cast(Asked, data.copy())
    for name in list(query):
        value = str(query[name])
        if name != "page" and value.strip():
            query[name] = value
        else:
            del query[name]
    return query


def purpose_in(request: ActorRequest) -> str:
    """Return the purpose of consents from the query, by default processing. Raises `Http404` for an unknown one."""
    purpose = request.GET.get("purpose", "processing")
    federation = request.actor.federation
    if federation is None or purpose not in federation.charter.consents:
        raise Http404
    return purpose


def count_in_words(count: int, limit: int = MAX_FOUND) -> str:
    """Return the count as text; above the limit it is unknown."""
    if count > limit:
        return _("more than %(count)s") % {"count": number_format(limit, force_grouping=True)}
    return number_format(count, force_grouping=True)


def permissions(actor: Actor) -> dict[str, bool]:
    """Return the permissions for the buttons of the list."""
    own = actor.organization
    keeps = own is not None and allowed(check_keeps_cards, own)
    takes = keeps and own is not None and allowed(check_takes_members, own)
    return {
        "add": takes and actor.may(Permission.EDIT_MEMBERS, own),
        "load": takes and actor.may(Permission.IMPORT_MEMBERS, own),
        "print": actor.may(Permission.PRINT),
        "export": actor.may(Permission.EXPORT),
        "change": keeps and actor.may(Permission.EDIT_MEMBERS, own),
        "consents": keeps and actor.may(Permission.MARK_CONSENTS, own),
        "collect": own is not None and allowed(check_collects, own) and actor.may(Permission.RECORD_DUES, own),
        "remind": own is not None
        and allowed(check_reminds, own)
        and actor.may(Permission.RECORD_DUES, own)
        and actor.may(Permission.PRINT, own),
        # Reviewers make remarks on their own organisation too.
        "remark": actor.may(Permission.REMARK)
        and own is not None
        and (actor.role == Role.REVIEWER or bool(levels_below(own))),
        "tickets": keeps and own is not None and bool(own.charter.blanks) and actor.may(Permission.KEEP_BLANKS, own),
        "cards": keeps
        and own is not None
        and own.charter.electronic_cards is not None
        and actor.may(Permission.ORDER_CARDS, own),
        "cells": keeps and own is not None and own.charter.cell is not None and actor.may(Permission.EDIT_MEMBERS, own),
    }


def sortable_headings(columns: list[Column], listing: MemberFilter, query: Asked) -> list[dict[str, Any]]:
    """Return the headings with the address that sorts by them, or reverses the current order."""
    unsorted = cast(Asked, query.copy())
    unsorted.pop("sort", None)
    before = unsorted.short()
    result = []
    for key, label in [("name", _("Surname, name, patronymic")), *((c.key, c.label) for c in columns)]:
        direction = {key: "ascending", f"-{key}": "descending"}.get(listing.sort, "") if key else ""
        url = ""
        if key and not (key == "name" and listing.sort == "name") and not listing.form.wide:
            order = urlencode({"sort": f"-{key}" if direction == "ascending" else key})
            url = f"?{before}&{order}" if before else f"?{order}"
        arrow = {"ascending": "arrow-up", "descending": "arrow-down"}.get(direction, "")
        result.append({"label": label, "url": url, "direction": direction, "icon": arrow})
    return result


def filter_chips(listing: MemberFilter, query: Asked) -> list[dict[str, str]]:
    """Return the active filters, each with the address without it."""
    result, short = [], query.short()
    for name, label, value in listing.told:
        without = query.copy()
        del without[name]
        # A long query gets only one token, because a session keeps few.
        url = f"?{without.urlencode()}" if len(without.urlencode()) <= LONG else f"?{short}&{WITHOUT}={name}"
        result.append({"label": label, "value": value[:60], "url": url})
    return result


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_MEMBERS)
def columns(request: ActorRequest) -> HttpResponse:
    """Choose the columns of the account's list."""
    actor = request.actor
    offer = offered(actor)
    present = {column.key for column in chosen(actor)}
    too_many = 0
    if request.method == "POST":
        present = {column.key for column in offer} & set(request.POST.getlist("columns"))
        too_many = max(0, len(present) - MAX_COLUMNS)
        if not too_many:
            choose_columns(SCREEN, [column.key for column in offer if column.key in present], by=actor)
            return redirect(f"{reverse('members:list')}?{clean_query(request.GET).urlencode()}")
    context = {
        "too_many": too_many,
        "offer": [(column, column.key in present) for column in offer],
        "most": MAX_COLUMNS,
        "query": clean_query(request.GET).urlencode(),
    }
    return render(request, "members/list/columns.html", context)


@require_safe
@needs(Permission.VIEW_MEMBERS)
def places(request: ActorRequest) -> HttpResponse:
    """Choose the organisation whose members are listed, in the tree or by name or code."""
    actor = request.actor
    visible = Organization.objects.visible_to(actor).working()
    asked = request.GET.get("find", "")[:QUERY_LENGTH]
    condition = matching(asked)
    above = number_in(request.GET.get("up", ""))
    at = load(visible, above) if above is not None else actor.organization
    found = visible.filter(condition) if condition is not None else visible.filter(parent=at)
    some = list(found.order_by("sort_key", "pk")[: MAX_PLACES + 1])
    query = clean_query(request.GET)
    for name in ("find", "up", "organization"):
        query.pop(name, None)
    with_below = set(
        visible.filter(parent__in=[o.pk for o in some]).order_by().values_list("parent", flat=True).distinct()
    )
    context = {
        "at": at,
        "way": [o for o in at.ancestors() if actor.reaches(o)] if at is not None else [],
        "places": [(place, place.pk in with_below) for place in some[:MAX_PLACES]],
        "more": len(some) > MAX_PLACES,
        "asked": asked,
        "query": query.urlencode(),
        "further": f"&{query.urlencode()}" if query else "",
        "values": [(name, query[name]) for name in query],
    }
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "members/list/places_found.html" if fragment else "members/list/places.html", context)
    return vary_by_htmx(response)
