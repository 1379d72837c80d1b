"""Views of the overview: figures of the organisations below, and the lists behind them (N-S1, N-H1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.views.decorators.http import require_GET

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.organizations.views.naming import breadcrumbs_to
from registry.organizations.views.tree import visible
from registry.views import ActorRequest, go_by, load, needs, page_of

from .columns import Column, Topic, topics_for, with_derived
from .queries.counting import MAX_DAYS_AWAY
from .queries.overview import Row, last_visits, overview_of, own_figures

#: Maximum number of people of an organisation whose list is opened at once; above it, the organisations are listed.
MAX_PEOPLE = 20_000


@dataclass(frozen=True)
class Cell:
    """A figure as it is shown, with the address of the list behind it and the per cent that it is of a whole."""

    text: str
    url: str = ""
    share: int | None = None


@require_GET
@needs(Permission.VIEW_MEMBERS)
def own(request: ActorRequest) -> HttpResponse:
    """Redirect to the overview of the actor's own organisation."""
    page = reverse("supervision:overview", args=[request.actor.organization.pk])  # type: ignore[union-attr]
    return redirect(f"{page}?{request.GET.urlencode()}" if request.GET else page)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def overview(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the figures of the organisations right below one; each leads further down or to the list behind it."""
    at = load(visible(request.actor), pk)
    go_by(at)
    request.stands_under = reverse("supervision:own")
    topics, topic = _chosen(request, at)
    found = overview_of(at, request.actor)
    rows = _sorted(found.rows, topic, request.GET.get("sort", ""))
    page = page_of(request, rows)
    visits = last_visits([row.organization.pk for row in page.object_list]) if topic.key == "work" else {}
    context = {
        "at": at,
        "way": breadcrumbs_to(at, request.actor, "supervision:overview"),
        "tabs": [(one.label, f"?topic={one.key}", one is topic) for one in topics],
        "topic": topic,
        "page": page,
        "headings": _headings(topic, request.GET.get("sort", "")),
        "rows": [_shown(row, topic, request.actor, visits.get(row.organization.pk)) for row in page.object_list],
        "shows_visits": topic.key == "work",
        "total": [_cell(column, found.total, at, request.actor) for column in topic.columns],
        "waiting": found.waiting,
        "labels": ["", *(column.label for column in topic.columns)],
        "days_away": MAX_DAYS_AWAY,
    }
    return render(request, "registry/supervision/overview.html", context)


def _chosen(request: ActorRequest, at: Organization) -> tuple[list[Topic], Topic]:
    topics = topics_for(request.actor, at.charter)
    wanted = request.GET.get("topic", "")
    return topics, next((topic for topic in topics if topic.key == wanted), topics[0])


def _sorted(rows: list[Row], topic: Topic, wanted: str) -> list[Row]:
    """Return the rows in the order asked for, by name otherwise; the organisation's own row stays first."""
    column = next((one for one in topic.columns if one.key == wanted.removeprefix("-")), None)
    if column is None:
        return rows
    own_rows, others = [row for row in rows if row.own_only], [row for row in rows if not row.own_only]
    others.sort(key=lambda row: column.value(with_derived(row.sums)), reverse=wanted.startswith("-"))
    return own_rows + others


def _headings(topic: Topic, wanted: str) -> list[dict[str, Any]]:
    """Return the heads of the columns with the order that a click gives: the largest first, then the smallest."""
    return [
        {
            "label": column.label,
            "sort": column.key if wanted == f"-{column.key}" else f"-{column.key}",
            "order": {f"-{column.key}": "descending", column.key: "ascending"}.get(wanted, ""),
        }
        for column in topic.columns
    ]


def _shown(row: Row, topic: Topic, actor: Actor, visit: Any) -> dict[str, Any]:
    place = row.organization
    goes_down = not row.own_only and row.sums["organizations"] > 1
    return {
        "name": place.short_name,
        "own_only": row.own_only,
        "url": reverse("supervision:overview", args=[place.pk]) + f"?topic={topic.key}"
        if goes_down
        else reverse("organizations:detail", args=[place.pk]),
        "cells": [_cell(column, row.sums, place, actor, own_only=row.own_only) for column in topic.columns],
        "visit": visit,
    }


def _cell(column: Column, sums: dict[str, Any], place: Organization, actor: Actor, *, own_only: bool = False) -> Cell:
    sums = with_derived(sums)
    value = column.value(sums)
    text = number_format(value, 2 if column.is_money else None, use_l10n=True, force_grouping=True)
    return Cell(text, _behind(column, sums, place, actor, own_only) if value else "", column.share(sums))


def _behind(column: Column, sums: dict[str, Any], place: Organization, actor: Actor, own_only: bool) -> str:
    """Return the address of the list behind the figure: people, if there are not too many, or organisations."""
    if (column.people or column.key == "members") and sums["members"] <= MAX_PEOPLE and not own_only:
        return people_url(column, place, actor)
    return reverse("supervision:behind", args=[place.pk, column.key])


def people_url(column: Column, place: Organization, actor: Actor, *, alone: bool = False) -> str:
    """Return the address of the people behind the figure; `alone` leaves out those of cells below the keeper."""
    own_place = actor.organization
    words = [column.people] if column.people else []
    if own_place is not None and own_place.keeps_cards:
        if place != own_place:
            words.append(f"cell={place.pk}")
        elif alone and place.charter.cell is not None:
            words.append("cell=none")
    elif own_place != place:
        words.append(f"organization={place.pk}")
    return reverse("members:list") + (f"?{'&'.join(words)}" if words else "")


@require_GET
@needs(Permission.VIEW_MEMBERS)
def behind(request: ActorRequest, pk: int, figure: str) -> HttpResponse:
    """List the organisations of a subtree that a figure comes from, the largest first; their sum is the figure."""
    at = load(visible(request.actor), pk)
    go_by(at)
    request.stands_under = reverse("supervision:own")
    found = [
        (topic, column) for topic in topics_for(request.actor, at.charter) for column in topic.columns
        if column.key == figure
    ]  # fmt: skip
    if not found:
        raise Http404
    topic, column = found[0]
    figures = {
        place: value
        for place, sums in own_figures(at, request.actor, column.parts).items()
        if (value := column.value(with_derived(sums)))
    }
    page = page_of(request, sorted(figures, key=lambda one: (-figures[one], one)))
    places = visible(request.actor).in_bulk(list(page.object_list))
    context = {
        "at": at,
        "way": breadcrumbs_to(at, request.actor, "supervision:overview"),
        "topic": topic,
        "column": column,
        "page": page,
        "rows": [
            {
                "place": place,
                "text": number_format(figures[place.pk], 2 if column.is_money else None, force_grouping=True),
                "url": page_of_figure(column, place, request.actor),
            }
            for place in (places[one] for one in page.object_list)
        ],
        "total": number_format(sum(figures.values()), 2 if column.is_money else None, force_grouping=True),
    }
    return render(request, "registry/supervision/behind.html", context)


def page_of_figure(column: Column, place: Organization, actor: Actor) -> str:
    """Return the address of what the organisation's own figure consists of."""
    if column.people or column.key == "members":
        return people_url(column, place, actor, alone=True)
    if column.key in {"came", "left"}:
        return reverse("cells:book", args=[place.pk])
    if column.key == "passport_complete":
        return reverse("organizations:passport", args=[place.pk])
    return reverse("organizations:detail", args=[place.pk])
