"""Views of the overview: figures of the organisations below, and the lists behind them (N-S1, N-H1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from documents.papers import screen_list
from documents.printing.core import batch_for
from documents.printing.transitions import record_other_print
from registry import answers
from registry.access import Actor, require
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.organizations.views.naming import breadcrumbs_to
from registry.organizations.views.tree import visible
from registry.searches import query_for
from registry.sizes import LIST_ROWS
from registry.views import ActorRequest, load, may_lag, needs, page_of, use_time_zone_of

from .. import exports
from ..columns import Column, Topic, behind_figure, topics_for, with_derived
from ..exports import Table, chart_of, figure_text
from ..forms import FilterForm, total_of
from ..queries.overview import Row, last_visits, overview_of
from ..transitions import record_download

#: Maximum number of people of an organisation whose list is linked directly; above it, the organisations are listed.
MAX_PEOPLE = 20_000


@dataclass(frozen=True)
class Cell:
    """A figure as shown, with the address of the list behind it and its percentage of a whole."""

    text: str
    url: str = ""
    share: int | None = None


@require_GET
@needs(Permission.VIEW_FIGURES)
def own(request: ActorRequest) -> HttpResponse:
    """Redirect to the overview of the actor's own organisation."""
    page = reverse("supervision:overview", args=[request.actor.organization.pk])  # type: ignore[union-attr]
    return redirect(f"{page}?{request.GET.urlencode()}" if request.GET else page)


@dataclass(frozen=True)
class Asked:
    """The requested table with its filters, and how many organisations are shown as last counted."""

    request: ActorRequest
    table: Table
    topics: list[Topic]
    form: FilterForm
    waiting: int
    #: Whether the organisation has others below it.
    has_rows: bool

    def query(self, **changed: str) -> str:
        """Return the query of the page with the topic, the filters and the changed values."""
        asked = {"topic": self.table.topic.key, **self.form.asked, **changed}
        return f"?{query_for(self.request, {name: value for name, value in asked.items() if value}).urlencode()}"


def _asked(request: ActorRequest, pk: int) -> Asked:
    at = load(visible(request.actor), pk)
    use_time_zone_of(at)
    request.stands_under = reverse("supervision:own")
    topics = topics_for(request.actor, at.charter)
    topic = next((one for one in topics if one.key == request.GET.get("topic")), topics[0])
    found = overview_of(at, request.actor)
    form = FilterForm(at, request.GET)
    rows = _sorted(form.kept(found.rows), topic, request.GET.get("sort", ""))
    table = Table(at, topic, rows, total_of(rows) if form.asked else found.total, form.notes())
    return Asked(request, table, topics, form, found.waiting, bool(found.rows))


@require_GET
@needs(Permission.VIEW_FIGURES)
@may_lag
def overview(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the figures of the organisations directly below one; each leads further down or to the list behind it."""
    asked = _asked(request, pk)
    table, form = asked.table, asked.form
    at, topic = table.at, table.topic
    page = page_of(request, table.rows)
    shows_visits = topic.key == "work"
    visits = last_visits([row.organization.pk for row in page.object_list]) if shows_visits else {}
    context = {
        "at": at,
        "way": breadcrumbs_to(at, request.actor, "supervision:overview"),
        "tabs": [(one.label, asked.query(topic=one.key), one is topic) for one in asked.topics],
        "form": form,
        "filtered": bool(form.asked),
        "by_name": asked.query(),
        "has_rows": asked.has_rows,
        "topic": topic,
        "page": page,
        "headings": _headings(asked, request.GET.get("sort", "")),
        "rows": [_shown(row, asked, request.actor, _visit(row, visits)) for row in page.object_list],
        "shows_visits": shows_visits,
        "total": [_cell(column, table.total, None if form.asked else at, request.actor) for column in topic.columns],
        "chart": chart_of(table, request.actor),
        "waiting": asked.waiting,
        "labels": ["", *(column.label for column in topic.columns), *([_("last sign-in of the chair")] * shows_visits)],
        "may_search": request.actor.may(Permission.VIEW_ORGANIZATIONS),
        "may_export": request.actor.may(Permission.EXPORT),
        "may_print": request.actor.may(Permission.PRINT, at),
    }
    return render(request, "registry/supervision/overview.html", context)


@require_POST
@needs(Permission.EXPORT)
@may_lag
def download(request: ActorRequest, pk: int) -> HttpResponse:
    """Download the figures on the screen as a workbook."""
    table = _asked(request, pk).table
    record_download(table.at, table.topic.key, by=request.actor)
    return answers.workbook(exports.workbook(table), f"overview-{table.at.today:%Y-%m-%d}.xlsx")


@require_POST
@needs(Permission.PRINT)
@may_lag
def print_overview(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the figures on the screen."""
    table = _asked(request, pk).table
    require(request.actor, Permission.PRINT, table.at)
    if len(table.rows) > LIST_ROWS:
        text = _("A list has at most %(count)s rows. Open an organisation further down, then print.")
        messages.error(request, text % {"count": number_format(LIST_ROWS, force_grouping=True)})
        return redirect("supervision:overview", pk)
    batch = batch_for(request.actor, table.at)
    data = screen_list.render_list(screen_list.build(table.at, exports.paper(table, request.actor), batch), batch)
    code = screen_list.LIST.code
    record_other_print(code, table.at, organization=table.at, code=batch.code, by=request.actor, rule="N-S1")
    return answers.paper(data, code)


def _sorted(rows: list[Row], topic: Topic, wanted: str) -> list[Row]:
    """Return the rows in the requested order, by name otherwise; the organisation's own row stays first."""
    column = next((one for one in topic.columns if one.key == wanted.removeprefix("-")), None)
    if column is None:
        return rows
    own_rows, others = [row for row in rows if row.own_only], [row for row in rows if not row.own_only]
    others.sort(key=lambda row: column.value(with_derived(row.sums)), reverse=wanted.startswith("-"))
    return own_rows + others


def _headings(asked: Asked, wanted: str) -> list[dict[str, Any]]:
    """Return the column headings with the order after a click: the largest first, then the smallest."""
    return [
        {
            "label": column.label,
            "url": asked.query(sort=column.key if wanted == f"-{column.key}" else f"-{column.key}"),
            "order": {f"-{column.key}": "descending", column.key: "ascending"}.get(wanted, ""),
        }
        for column in asked.table.topic.columns
    ]


def _visit(row: Row, visits: Mapping[int, dt.datetime | None]) -> str:
    """Return the day of the chair's last sign-in, or the reason why there is none."""
    if row.organization.pk not in visits:
        return _("no chair")
    moment = visits[row.organization.pk]
    return day_text(timezone.localdate(moment)) if moment is not None else _("never")


def _shown(row: Row, asked: Asked, actor: Actor, visit: str) -> dict[str, Any]:
    place, topic = row.organization, asked.table.topic
    goes_down = not row.own_only and row.sums["organizations"] > 1
    return {
        "name": place.short_name,
        "own_only": row.own_only,
        "url": reverse("supervision:overview", args=[place.pk]) + asked.query(q="", level="")
        if goes_down
        else reverse("organizations:detail", args=[place.pk]),
        "cells": [_cell(column, row.sums, place, actor, own_only=row.own_only) for column in topic.columns],
        "visit": visit,
    }


def _cell(
    column: Column, given: Mapping[str, Any], place: Organization | None, actor: Actor, *, own_only: bool = False
) -> Cell:
    """Return the figure; without an organisation it has no link, as in the total of filtered rows."""
    sums = with_derived(given)
    value = column.value(sums)
    url = _behind(column, sums, place, actor, own_only) if value and place is not None else ""
    return Cell(figure_text(column, value), url, column.share(sums))


def _behind(column: Column, sums: dict[str, Any], place: Organization, actor: Actor, own_only: bool) -> str:
    """Return the address of the list behind the figure: people, if there are not too many, or organisations."""
    shows_people = (column.people or column.key == "members") and actor.may(Permission.VIEW_MEMBERS)
    if shows_people and sums["members"] <= MAX_PEOPLE and not own_only:
        return people_url(column, place, actor)
    return reverse("supervision:behind", args=[place.pk, column.key])


def people_url(column: Column, place: Organization, actor: Actor, *, alone: bool = False) -> str:
    """Return the address of the people behind the figure; `alone` excludes those of cells below the keeper."""
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
@needs(Permission.VIEW_FIGURES)
@may_lag
def behind(request: ActorRequest, pk: int, figure: str) -> HttpResponse:
    """List the organisations of a subtree that contribute to a figure, the largest first; their sum is the figure."""
    at = load(visible(request.actor), pk)
    use_time_zone_of(at)
    request.stands_under = reverse("supervision:own")
    found = behind_figure(at, request.actor, figure)
    if found is None:
        raise Http404
    topic, column, figures = found
    own = request.actor.organization
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
                "text": figure_text(column, figures[place.pk]),
                "url": page_of_figure(column, place, request.actor),
            }
            for place in (places[one] for one in page.object_list)
        ],
        "total": figure_text(column, sum(figures.values())),
        # Its page explains why there are too many of them.
        "remark_url": reverse("remarks:add_many", args=[at.pk, figure])
        if request.actor.may(Permission.REMARK) and figures.keys() - {own.pk if own is not None else None}
        else "",
    }
    return render(request, "registry/supervision/behind.html", context)


def page_of_figure(column: Column, place: Organization, actor: Actor) -> str:
    """Return the address of the records that make up the organisation's own figure."""
    if actor.may(Permission.VIEW_MEMBERS):
        if column.people or column.key == "members":
            return people_url(column, place, actor, alone=True)
        if column.key in {"came", "left"}:
            return reverse("cells:book", args=[place.pk])
    if column.key in {"passport_complete", "passport_incomplete"}:
        return reverse("organizations:passport", args=[place.pk])
    return reverse("organizations:detail", args=[place.pk])
