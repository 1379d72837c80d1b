"""Tasks about blanks: tickets of those who left, the act of destruction, the stock-taking of the year (V-C1, V-B15)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .models import BlankStock
from .queries.writing_off import to_collect, uncounted, void_of, void_since

DECEMBER = 12


def _writes_off(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and bool(own.charter.blanks) and actor.may(Permission.WRITE_OFF_BLANKS, own)


def _to_collect(scope: Scope) -> QuerySet[Any, Any]:
    return tally(to_collect(scope.own), first=Min("member__ended_on"))


@provider(_writes_off, waiting=_to_collect)
def tickets_to_collect(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Tickets of those who left, died or were excluded, by the end of that year (V-B14, V-B15)."""
    if count := waiting["waiting"].count:
        since = waiting["waiting"].first or waiting.today
        text = ngettext("Collect and cancel %(n)s ticket", "Collect and cancel %(n)s tickets", count)
        yield Task(
            text=text % {"n": count},
            detail=_("Of members who left, died or were excluded."),
            due=_end_of(since.year),
            action=_("Look"),
            action_url=reverse("documents:move_issued"),
        )


def _void(scope: Scope) -> QuerySet[Any, Any]:
    return tally(void_since(void_of(scope.own)), first=Min("since"))


@provider(_writes_off, void=_void)
def blanks_to_destroy(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """The act of destruction at the end of the year, in December and as long as it is overdue (V-B15)."""
    found = waiting["void"]
    if not found.count:
        return
    due = _end_of((found.first or waiting.today).year)
    if waiting.today < due.replace(day=1):
        return
    text = ngettext(
        "Destroy %(n)s void blank by an act of the commission",
        "Destroy %(n)s void blanks by an act of the commission",
        found.count,
    )
    yield Task(
        text=text % {"n": found.count},
        detail=_("Once a year, everything that is spoiled, returned or cancelled."),
        due=due,
        action=_("Look"),
        action_url=reverse("documents:destroy_blanks"),
    )


def _in_stock(scope: Scope) -> QuerySet[Any, Any]:
    return tally(BlankStock.objects.visible_to(scope.actor).filter(organization=scope.own, in_stock__gt=0))


@provider(_writes_off, stocks=_in_stock)
def stock_to_count(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """The stock-taking of the year, from the first day of its month until it is posted (V-C1)."""
    own = actor.organization
    if own is None or not own.charter.blanks_counted_in or not waiting.may_have("stocks"):
        return
    month, today = own.charter.blanks_counted_in, waiting.today
    begins = dt.date(today.year if today.month >= month else today.year - 1, month, 1)
    due = begins.replace(day=calendar.monthrange(begins.year, month)[1])
    for stock in uncounted(own, begins, due):
        yield Task(
            text=_("Count the stock of blanks: %(kind)s") % {"kind": stock.get_kind_display()},
            detail=_("Once a year, by a commission."),
            due=due,
            action=_("Count"),
            action_url=reverse("documents:count_blanks") + f"?kind={stock.kind}",
        )


def _end_of(year: int) -> dt.date:
    return dt.date(year, DECEMBER, 31)
