"""Values in the address of a statistics page: the organisation, and the limits of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization
from registry.organizations.views.tree import visible
from registry.views import ActorRequest, load, use_time_zone_of

from .. import rules
from ..columns import Dimension, offered
from ..counting import Asked
from ..exports import Figure
from ..forms import DayForm
from ..suppression import Mark

#: Maximum number of people behind a figure that are listed; above it, a smaller organisation has to be chosen.
MAX_PEOPLE = 20_000
#: The same for figures of health data, which are encrypted and read person by person.
MAX_PEOPLE_BY_HEALTH = 2_000


def place_in(request: ActorRequest, pk: int) -> Organization:
    """Return the organisation, and switch to its time zone. Raises `Http404` outside the actor's scope."""
    at = load(visible(request.actor), pk)
    if not rules.shows_level(at, by=request.actor):
        raise Http404
    use_time_zone_of(at)
    request.stands_under = reverse("statistics:own")
    return at


def day_of(at: Organization, actor: Actor) -> str:
    """Return the default day of a page: today, or the first day of the year."""
    return day_text(at.today if rules.sees_persons(actor) else at.today.replace(month=1, day=1))


def day_form(data: Mapping[str, Any], at: Organization, actor: Actor) -> DayForm:
    """Return the form with the day in the address."""
    return DayForm(data if "day" in data else {"day": day_of(at, actor)}, place=at, actor=actor)


def tabs_of(at: Organization, actor: Actor, current: str, day: str) -> list[tuple[str, str, bool]]:
    """Return label and address of each page about the organisation, and whether it is the current one."""
    pages = [("composition", _("Composition"))]
    if any(one.of_health for one in offered(actor, at.charter).values()):
        pages.append(("health", _("Disability and needs")))
    pages += [("movement", _("Movement")), ("charts", _("Charts")), ("cross", _("Cross-tables"))]
    query = f"?day={day}" if day else ""
    return [
        (label, reverse(f"statistics:{name}", args=[at.pk]) + (query if name != "movement" else ""), name == current)
        for name, label in pages
    ]


class Figures:
    """Figures of a day with the addresses of the people behind them, if the actor may see people.

    `total` is the number of all people.
    """

    def __init__(self, asked: Asked, total: int, *, linked: bool = True) -> None:
        self._asked = asked
        self._page = reverse("statistics:people", args=[asked.at.pk])
        self._listed = linked and rules.sees_persons(asked.actor) and total <= MAX_PEOPLE
        self._listed_by_health = total <= MAX_PEOPLE_BY_HEALTH

    def of(self, value: int, chosen: Mapping[Dimension, str], mark: Mark = Mark.SHOWN, *, whole: int = 0) -> Figure:
        """Return the figure of people with the chosen values."""
        url = ""
        by_health = any(one.of_health for one in chosen)
        listed = self._listed and (self._listed_by_health or not by_health)
        if listed and all(one.has(of) for one, of in chosen.items()):
            query = {"day": day_text(self._asked.day), **{one.key: of for one, of in chosen.items()}}
            url = f"{self._page}?{urlencode(query)}"
        return Figure.of(value, mark, url=url, whole=whole)


def chosen_in(data: Mapping[str, Any], dimensions: Sequence[Dimension]) -> dict[Dimension, str]:
    """Return the values in the address. Raises `Http404` for unknown values, and if there are none."""
    found = {one: data[one.key] for one in dimensions if one.key in data}
    if not found or any(not one.has(value) for one, value in found.items()):
        raise Http404
    if set(data) - {one.key for one in dimensions} - {"day", "page"}:
        raise Http404
    return found
