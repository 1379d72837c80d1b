"""What somebody has to do now, with its term (N-S2): every app adds its providers, the start page shows them by term."""

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

#: Counts beside the navigation pass for new so long, and are shown until newer ones have come, seconds.
COUNTS_NEW, COUNTS_KEPT = 30, 600


@dataclass(frozen=True)
class Task:
    """One thing to do: what, where, until when."""

    text: str
    detail: str = ""
    link: str = ""
    link_url: str = ""
    due: dt.date | None = None
    action: str = ""
    action_url: str = ""

    @property
    def term(self) -> str:
        """The term in words, as the pill shows it."""
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
        """Tone of the pill."""
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
    """All tasks of the actor, those with the nearest term first."""
    if actor.appointment is None:
        return []
    today = timezone.localdate()
    found = [task for provide in _PROVIDERS for task in provide(actor, today)]
    return sorted(found, key=lambda task: (task.due is None, task.due or today))


@dataclass(frozen=True)
class Counts:
    """Figures beside the entries of the navigation, by their key, and whether they pass for new."""

    shown: Mapping[str, int]
    new: bool


def known_counts(actor: Actor) -> Counts:
    """What is remembered of the counts: a page does not wait for new ones, the browser asks for them after it."""
    if actor.appointment is None:
        return Counts({}, new=True)
    key = _key(actor.appointment)
    found = cache.get_many([key, f"{key}:new"])
    return Counts(found.get(key, {}), new=f"{key}:new" in found)


def remember_counts(actor: Actor, tasks: int, sums: Mapping[str, int]) -> None:
    """From now on pages show the counts of so many tasks and of these sums of stored figures."""
    counts = {"tasks": tasks} | {name: sums.get(name, 0) for name in ("members", "applications")}
    if actor.appointment is not None:
        key = _key(actor.appointment)
        cache.set(key, counts, COUNTS_KEPT)
        cache.set(f"{key}:new", True, COUNTS_NEW)


def outdate_counts(actor: Actor) -> None:
    """The actor has done something: what is remembered no longer passes for new."""
    if actor.appointment is not None:
        cache.delete(f"{_key(actor.appointment)}:new")


def _key(appointment: Appointment) -> str:
    return f"counts:{appointment.pk}"


def sums_for(actor: Actor) -> dict[str, int]:
    """Sums of the stored figures of everything the actor oversees, if he may see people."""
    return totals(actor) if actor.may(Permission.VIEW_MEMBERS) else {}
