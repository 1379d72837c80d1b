"""Tasks of an officer with their due dates (N-S2); every app registers providers, the start page shows the tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.accounts.models import Appointment
from registry.organizations.queries import totals

from .access import Actor
from .enums import Permission

#: Seconds for which the counts in the navigation are fresh, and for which they are shown until refreshed.
COUNTS_FRESH_SECONDS, COUNTS_KEPT_SECONDS = 30, 600


@dataclass(frozen=True)
class Task:
    """One task: what to do, where and until when."""

    text: str
    detail: str = ""
    link: str = ""
    link_url: str = ""
    due: dt.date | None = None
    action: str = ""
    action_url: str = ""

    @property
    def term(self) -> str:
        """The time left in words, as the pill shows it."""
        if self.due is None:
            return _("no term")
        days = (self.due - timezone.localdate()).days
        if days < 0:
            return ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}
        if days == 0:
            return _("today")
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}

    @property
    def tone(self) -> str:
        """The tone of the pill."""
        if self.due is None:
            return ""
        days = (self.due - timezone.localdate()).days
        return "bad" if days <= 0 else "warn" if days <= 10 else "info"


Provider = Callable[[Actor, dt.date], Iterable[Task]]
_PROVIDERS: list[Provider] = []


def provider(function: Provider) -> Provider:
    """Register a function that yields the tasks of an actor in a constant number of queries."""
    _PROVIDERS.append(function)
    return function


def discover() -> None:
    """Import the `tasks` module of every app."""
    autodiscover_modules("tasks")


def tasks_for(actor: Actor) -> list[Task]:
    """Return all tasks of the actor, the earliest due first."""
    if actor.appointment is None:
        return []
    today = timezone.localdate()
    found = [task for provide in _PROVIDERS for task in provide(actor, today)]
    return sorted(found, key=lambda task: (task.due is None, task.due or today))


@dataclass(frozen=True)
class Counts:
    """Counts of the navigation's entries by their key, and whether they are fresh."""

    shown: Mapping[str, int]
    new: bool


def known_counts(actor: Actor) -> Counts:
    """Return the cached counts; pages do not wait for fresh ones, the browser requests them afterwards."""
    if actor.appointment is None:
        return Counts({}, new=True)
    key = _key(actor.appointment)
    found = cache.get_many([key, f"{key}:new"])
    return Counts(found.get(key, {}), new=f"{key}:new" in found)


def remember_counts(actor: Actor, tasks: int, sums: Mapping[str, int]) -> None:
    """Cache the number of tasks and the sums of stored figures for the navigation."""
    counts = {"tasks": tasks} | {name: sums.get(name, 0) for name in ("members", "applications")}
    if actor.appointment is not None:
        key = _key(actor.appointment)
        cache.set(key, counts, COUNTS_KEPT_SECONDS)
        cache.set(f"{key}:new", True, COUNTS_FRESH_SECONDS)


def outdate_counts(actor: Actor) -> None:
    """Mark the cached counts as outdated, after the actor has changed something."""
    if actor.appointment is not None:
        cache.delete(f"{_key(actor.appointment)}:new")


def _key(appointment: Appointment) -> str:
    return f"counts:{appointment.pk}"


def sums_for(actor: Actor) -> dict[str, int]:
    """Return the sums of stored figures in the actor's scope, or nothing if they may not see members."""
    return totals(actor) if actor.may(Permission.VIEW_MEMBERS) else {}
