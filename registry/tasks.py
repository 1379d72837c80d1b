"""What somebody has to do now, with its term (N-S2): every app adds its providers, the start page shows them by term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.accounts.models import Appointment
from registry.organizations.queries import totals

from .access import Actor
from .enums import Permission
from .tallies import Tally, Tallying, count_all

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


class Waiting:
    """What waits for the actor: the tallies of a provider, and what several providers need."""

    def __init__(self, actor: Actor, today: dt.date) -> None:
        self.actor, self.today = actor, today
        self.asked: Mapping[str, Tallying] = {}
        self.counted: Mapping[str, Tally] | None = None

    def __getitem__(self, name: str) -> Tally:
        if self.counted is None:
            self.counted = count_all(self.actor, self.asked, self.today)
        return self.counted[name]

    def may_have(self, name: str) -> bool:
        """Are there rows of the tally? True as well while nothing is counted."""
        return self.counted is None or self.counted[name].count > 0

    @cached_property
    def sums(self) -> dict[str, int]:
        """Sums of the stored figures of everything that the actor oversees."""
        return totals(self.actor)


Provide = Callable[[Actor, Waiting], Iterable[Task]]
Alone = Callable[[Actor, dt.date], list[Task]]


@dataclass(frozen=True)
class Provider:
    """A source of tasks: who has such tasks, what is counted for them, and the tasks of what was counted."""

    concerns: Callable[[Actor], bool]
    tallies: Mapping[str, Tallying]
    provide: Provide


_PROVIDERS: list[Provider] = []


def provider(concerns: Callable[[Actor], bool], **tallies: Tallying) -> Callable[[Provide], Alone]:
    """Register a function that yields tasks for the actors whom `concerns` names.

    `tallies` are counted for all providers in one statement; the function queries only what they say is there. What is
    returned gives the tasks of this provider alone, for an actor and a day.
    """

    def register(function: Provide) -> Alone:
        one = Provider(concerns, tallies, function)
        _PROVIDERS.append(one)

        def alone(actor: Actor, today: dt.date) -> list[Task]:
            waiting = Waiting(actor, today)
            waiting.asked = tallies
            return list(function(actor, waiting)) if concerns(actor) else []

        return alone

    return register


def keeps(permission: Permission) -> Callable[[Actor], bool]:
    """Return a check for `provider`: does the actor work where the cards are kept, with this permission?"""

    def concerns(actor: Actor) -> bool:
        own = actor.organization
        return own is not None and own.keeps_cards and actor.may(permission, own)

    return concerns


def discover() -> None:
    """Import the `tasks` module of every app."""
    autodiscover_modules("tasks")


def tasks_for(actor: Actor, sums: Mapping[str, int] | None = None) -> list[Task]:
    """Return all tasks of the actor, those with the nearest term first; `sums` are those of `sums_for`, if known."""
    return tasks_beside(actor, sums)[0]


def tasks_beside(
    actor: Actor, sums: Mapping[str, int] | None = None, **more: Tallying
) -> tuple[list[Task], dict[str, Tally]]:
    """Return the tasks of the actor, and what `more` tallies find, counted in the same statement."""
    if actor.appointment is None:
        return [], {name: Tally() for name in more}
    waiting = Waiting(actor, timezone.localdate())
    if sums:
        waiting.sums = dict(sums)
    concerned = [one for one in _PROVIDERS if one.concerns(actor)]
    wanted = {f"{n}.{name}": t for n, one in enumerate(concerned) for name, t in one.tallies.items()}
    counted = count_all(actor, {**wanted, **more}, waiting.today)
    found: list[Task] = []
    for number, one in enumerate(concerned):
        waiting.counted = {name: counted[f"{number}.{name}"] for name in one.tallies}
        found += one.provide(actor, waiting)
    found.sort(key=lambda task: (task.due is None, task.due or waiting.today))
    return found, {name: counted[name] for name in more}


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
