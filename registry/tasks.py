"""Tasks of an officer with their due dates (N-S2); every app registers providers, the start page shows the tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.accounts.models import Appointment
from registry.organizations.models import Organization
from registry.organizations.queries import recent_totals

from .access import Actor, zone_of
from .enums import Permission
from .tallies import Asking, Tally, Tallying, count_all, count_for_each

#: Seconds for which the counts in the navigation are fresh, and for which they are shown until refreshed.
COUNTS_FRESH_SECONDS, COUNTS_KEPT_SECONDS = 30, 600


class Due:
    """The term of a task or decision: the time left in words, and the tone of its pill."""

    due: dt.date | None

    @property
    def term(self) -> str:
        """The time left in words for the pill; empty without a term."""
        if self.due is None:
            return ""
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


@dataclass(frozen=True)
class Task(Due):
    """One task: what to do, where and until when."""

    text: str
    detail: str = ""
    link: str = ""
    link_url: str = ""
    due: dt.date | None = None
    action: str = ""
    action_url: str = ""


@dataclass(frozen=True)
class Matter(Due):
    """An item that waits for a decision of the actor's organisation, with the organisation it came from."""

    place: Organization
    came_on: dt.date
    url: str
    detail: str = ""
    due: dt.date | None = None


@dataclass(frozen=True)
class Matters:
    """A kind of decisions; it uses the same rows as a task, so that both agree."""

    key: str
    label: Any
    concerns: Callable[[Actor], bool]
    #: The rows that wait for the actor on a day.
    rows: Callable[[Actor, dt.date], QuerySet[Any]]
    #: Lookups from a row to the organisation it comes from, and to the date that its term is counted from.
    place: str
    day: str
    matter: Callable[[Any], Matter]


_MATTERS: list[Matters] = []


def matters(
    key: str,
    label: Any,
    concerns: Callable[[Actor], bool],
    rows: Callable[[Actor, dt.date], QuerySet[Any]],
    *,
    place: str = "organization",
    day: str,
) -> Callable[[Callable[[Any], Matter]], Callable[[Any], Matter]]:
    """Register a kind of decisions; the decorated function makes a `Matter` from a row."""

    def register(matter: Callable[[Any], Matter]) -> Callable[[Any], Matter]:
        _MATTERS.append(Matters(key, label, concerns, rows, place, day, matter))
        return matter

    return register


def matters_of(actor: Actor) -> list[Matters]:
    """Return the kinds of decisions that the actor makes, by name."""
    return sorted((one for one in _MATTERS if one.concerns(actor)), key=lambda one: str(one.label))


@dataclass(frozen=True)
class TaskGroup:
    """Tasks of one part of the start page; `tone` is the tone of their number."""

    key: str
    label: str
    tone: str
    tasks: list[Task]
    #: Whether it is unfolded when the page opens.
    open: bool


def group_by_term(tasks: Iterable[Task], today: dt.date) -> list[TaskGroup]:
    """Return the tasks as overdue, due this month, later and without a term; groups without tasks are left out.

    Overdue tasks and tasks of this month are unfolded; without any, the first group is.
    """
    sorted_in: dict[str, list[Task]] = {"overdue": [], "month": [], "later": [], "undated": []}
    for task in tasks:
        due = task.due
        if due is None:
            key = "undated"
        elif due < today:
            key = "overdue"
        else:
            key = "month" if (due.year, due.month) == (today.year, today.month) else "later"
        sorted_in[key].append(task)
    labels = {
        "overdue": (_("Overdue"), "bad"),
        "month": (_("This month"), "warn"),
        "later": (_("Later"), "info"),
        "undated": (_("Without a term"), ""),
    }
    found = [key for key, group in sorted_in.items() if group]
    return [
        TaskGroup(key, *labels[key], sorted_in[key], open=key in ("overdue", "month") or key == found[0])
        for key in found
    ]


class Waiting:
    """Work that waits for the actor: the tallies of a provider, and data shared by several providers."""

    def __init__(self, actor: Actor, today: dt.date) -> None:
        self.actor, self.today = actor, today
        self.asked: Mapping[str, Tallying] = {}
        self.counted: Mapping[str, Tally] | None = None

    def __getitem__(self, name: str) -> Tally:
        if self.counted is None:
            self.counted = count_all(self.actor, self.asked, self.today)
        return self.counted[name]

    def may_have(self, name: str) -> bool:
        """Return whether the tally has rows; also True before anything is counted."""
        return self.counted is None or self.counted[name].count > 0

    @cached_property
    def sums(self) -> dict[str, int]:
        """Sums of the stored figures of everything in the actor's scope."""
        return recent_totals(self.actor)


Provide = Callable[[Actor, Waiting], Iterable[Task]]
Alone = Callable[[Actor, dt.date], list[Task]]


@dataclass(frozen=True)
class Provider:
    """A source of tasks: the roles that have them, the counts that they need, and the function that makes tasks from
    the counts.
    """

    concerns: Callable[[Actor], bool]
    tallies: Mapping[str, Tallying]
    provide: Provide
    #: Its tasks have no term, or one that cannot pass.
    never_late: bool = False


_PROVIDERS: list[Provider] = []


def provider(
    concerns: Callable[[Actor], bool], *, never_late: bool = False, **tallies: Tallying
) -> Callable[[Provide], Alone]:
    """Register a function that yields tasks for the actors that `concerns` accepts.

    `tallies` are counted for all providers in one statement; the function queries only what they report. With
    `never_late` none of its tasks is ever overdue, so that it is skipped when overdue tasks are counted. Return a
    function that gives the tasks of this provider alone, for an actor and a day.
    """

    def register(function: Provide) -> Alone:
        one = Provider(concerns, tallies, function, never_late)
        _PROVIDERS.append(one)

        def alone(actor: Actor, today: dt.date) -> list[Task]:
            waiting = Waiting(actor, today)
            waiting.asked = tallies
            return list(function(actor, waiting)) if concerns(actor) else []

        return alone

    return register


def keeps(permission: Permission) -> Callable[[Actor], bool]:
    """Return a condition for `provider`: whether the actor works where the cards are kept and has this permission."""

    def concerns(actor: Actor) -> bool:
        own = actor.organization
        return own is not None and own.keeps_cards and actor.may(permission, own)

    return concerns


def discover() -> None:
    """Import the `tasks` module of every app."""
    autodiscover_modules("tasks")


def tasks_for(actor: Actor, sums: Mapping[str, int] | None = None) -> list[Task]:
    """Return all tasks of the actor, the earliest due first."""
    return tasks_beside(actor, sums)[0]


def tasks_beside(
    actor: Actor, sums: Mapping[str, int] | None = None, **more: Tallying
) -> tuple[list[Task], dict[str, Tally]]:
    """Return the tasks of the actor, and the results of `more` tallies, counted in the same statement."""
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


def overdue_of(asking: Sequence[Asking]) -> list[int]:
    """Return the number of overdue tasks of each actor, as `tasks_for` has them on their dates.

    The tallies are counted for all of them together.
    """
    providers = [one for one in _PROVIDERS if not one.never_late]
    concerned = [{n for n, one in enumerate(providers) if one.concerns(asked.actor)} for asked in asking]
    wanted = {
        f"{n}.{name}": tallying
        for n in sorted(set().union(*concerned))
        for name, tallying in providers[n].tallies.items()
    }
    found = []
    for asked, own, counted in zip(asking, concerned, count_for_each(asking, wanted), strict=True):
        waiting = Waiting(asked.actor, asked.today)
        late = 0
        with timezone.override(zone_of(asked.actor)):
            for n in own:
                waiting.counted = {name: counted[f"{n}.{name}"] for name in providers[n].tallies}
                tasks = providers[n].provide(asked.actor, waiting)
                late += sum(1 for task in tasks if task.due is not None and task.due < asked.today)
        found.append(late)
    return found


@dataclass(frozen=True)
class Counts:
    """Counts of the navigation's entries by their key, and whether they are fresh."""

    shown: Mapping[str, int]
    new: bool


def known_counts(actor: Actor) -> Counts:
    """Return the cached counts; pages do not wait for fresh ones, which the browser requests afterwards."""
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
    """Mark the cached counts as outdated after a change by the actor."""
    if actor.appointment is not None:
        cache.delete(f"{_key(actor.appointment)}:new")


def _key(appointment: Appointment) -> str:
    return f"counts:{appointment.pk}"


def sums_for(actor: Actor) -> dict[str, int]:
    """Return the sums of stored figures in the actor's scope; empty if they may not see members."""
    return recent_totals(actor) if actor.may(Permission.VIEW_MEMBERS) else {}
