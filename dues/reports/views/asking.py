"""The parameters in the address of a report page: the organisation, the period, and the limits of a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.utils.dateparse import parse_date

from dues.collecting.models import CollectorOrder
from dues.ledger.enums import Fee
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.requests import number_in
from registry.views import ActorRequest, load, use_time_zone_of

from ..enums import Figure, Part
from ..forms import ReportForm, part_of
from ..queries.asked import WAYS, Asked
from ..rules import check_period


def place_in(request: ActorRequest) -> Organization:
    """Return the organisation in `?organization=`, by default the actor's own, and switch to its time zone.

    Raises `NotAllowed` for collectors, who read only the sums of their registers (V-D4), `Http404` outside the scope.
    """
    actor = request.actor
    if actor.organization is None or actor.role == Role.COLLECTOR:
        raise NotAllowed
    place = actor.organization
    wanted = request.GET.get("organization", "")
    if wanted and wanted != str(place.pk):
        found = Organization.objects.visible_to(actor).select_related("federation", "parent__federation")
        place = load(found, wanted if number_in(wanted) is not None else None)
    use_time_zone_of(place)
    return place


def form_in(request: ActorRequest, place: Organization) -> ReportForm:
    """Return the form with the period in the address, by default this year."""
    data = request.GET if "part" in request.GET else {"part": Part.YEAR.value, "year": place.today.year}
    return ReportForm(data, organization=place)


def period_query(place: Organization, first: dt.date, last: dt.date) -> dict[str, Any]:
    """Return the query of the report of these days."""
    values = part_of(first, last)
    days = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
    return {"organization": place.pk, **days}


def query_of(asked: Asked) -> str:
    """Return the limits of the lines behind a figure as a query."""
    values = {"organization": asked.place.pk, "first": asked.first.isoformat(), "last": asked.last.isoformat()}
    limits: Mapping[str, Any] = {
        "fee": asked.fee or None,
        "year": asked.year,
        "others": 1 if asked.others else None,
        "way": asked.way or None,
        "collector": asked.collector,
    }
    return urlencode(values | {name: value for name, value in limits.items() if value is not None})


def asked_in(request: ActorRequest) -> tuple[str, Asked]:
    """Return the figure and its limits. Raises `Http404` for values that none of our pages links to."""
    data, place = request.GET, place_in(request)
    figure, first, last = data.get("figure", ""), _day(data.get("first", "")), _day(data.get("last", ""))
    fee, way = data.get("fee", ""), data.get("way", "")
    try:
        check_period(first, last)
    except RuleViolation as violation:
        raise Http404 from violation
    if figure not in Figure.values or fee not in {"", *Fee.values} or way not in {"", *WAYS}:
        raise Http404
    asked = Asked(place, first, last, fee=fee, way=way, others=data.get("others") == "1")
    return figure, replace(
        asked, year=_number(data.get("year", ""), 4), collector=_collector(data.get("collector", ""), request.actor)
    )


def _day(text: str) -> dt.date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Http404
    return day


def _number(text: str, digits: int) -> int | None:
    if text and number_in(text, digits) is None:
        raise Http404
    return number_in(text, digits)


def _collector(text: str, actor: Actor) -> int | None:
    return load(CollectorOrder.objects.visible_to(actor), text).pk if text else None
