"""What somebody has to do now, with its term (N-S2): every app adds its providers, the start page shows them by term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .access import Actor
from .enums import OrganizationStatus, Permission, RenameState, Role
from .models import Appointment, GoverningBody, Organization, RenameRequest
from .rules.figures import totals
from .tallies import Scope, Tally, Tallying, count_all, tally

#: A rename request waits no longer than this for the superior's answer, calendar days.
RENAME_DAYS = 10
#: The end of an appointment is announced so many days before.
APPOINTMENT_DAYS = 30
#: The end of the terms in a governing body is announced earlier: an election takes its time.
SEATS_DAYS = 60
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
        self.tallies: Mapping[str, Tally] = {}

    def __getitem__(self, name: str) -> Tally:
        return self.tallies[name]

    @cached_property
    def sums(self) -> dict[str, int]:
        """Sums of the stored figures of everything that the actor oversees."""
        return totals(self.actor)


Provide = Callable[[Actor, Waiting], Iterable[Task]]


@dataclass(frozen=True)
class Provider:
    """A source of tasks: who has such tasks, what is counted for them, and the tasks of what was counted."""

    concerns: Callable[[Actor], bool]
    tallies: Mapping[str, Tallying]
    provide: Provide


_PROVIDERS: list[Provider] = []


def provider(concerns: Callable[[Actor], bool], **tallies: Tallying) -> Callable[[Provide], Provide]:
    """Register a function that yields tasks for the actors whom `concerns` names.

    `tallies` are counted for all providers in one statement; the function queries only what they say is there.
    """

    def register(function: Provide) -> Provide:
        _PROVIDERS.append(Provider(concerns, tallies, function))
        return function

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
    counted = count_all(actor, wanted | more)
    found: list[Task] = []
    for number, one in enumerate(concerned):
        waiting.tallies = {name: counted[f"{number}.{name}"] for name in one.tallies}
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


def _asked(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_asked_of(scope.actor, scope.own))


def _asked_of(actor: Actor, own: Organization) -> QuerySet[RenameRequest]:
    return RenameRequest.objects.visible_to(actor).filter(state=RenameState.ASKED, organization__parent=own)


@provider(lambda actor: actor.organization is not None and actor.may(Permission.DECIDE_RENAMES), asked=_asked)
def rename_decisions(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """The superior decides what the chairs below have reported about their names (U-3)."""
    if not waiting["asked"].count or actor.organization is None:
        return
    for request in _asked_of(actor, actor.organization).select_related("organization")[:20]:
        yield Task(
            text=_("Decide on the name:"),
            link=request.organization.short_name,
            link_url=reverse("organizations:detail", args=[request.organization_id]),
            detail=_("The chair asks to rename it to «%(name)s».") % {"name": request.short_name},
            due=timezone.localdate(request.asked_at) + dt.timedelta(days=RENAME_DAYS),
            action=_("Decide"),
            action_url=reverse("organizations:rename_decide", args=[request.pk]),
        )


def _edits_passport(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.EDIT_PASSPORT, actor.organization)


def _decided_for(actor: Actor, own: Organization) -> QuerySet[RenameRequest]:
    decided = RenameRequest.objects.visible_to(actor).filter(seen_at__isnull=True, decided_at__isnull=False)
    return decided.filter(organization=own)


@provider(_edits_passport, decided=lambda scope: tally(_decided_for(scope.actor, scope.own)))
def rename_answers(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """The chair reads what was decided about the name (U-3)."""
    if not waiting["decided"].count or actor.organization is None:
        return
    for request in _decided_for(actor, actor.organization)[:5]:
        accepted = request.state == RenameState.ACCEPTED
        yield Task(
            text=_("The new name is accepted.") if accepted else _("The new name is declined."),
            detail=request.reason or request.full_name,
            action=_("Read"),
            action_url=reverse("organizations:detail", args=[request.organization_id]),
        )


@provider(_edits_passport)
def passport(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """The passport is filled, the tab ИНПО first (U-4)."""
    organization = actor.organization
    completeness = getattr(getattr(organization, "passport", None), "completeness", 0)
    if organization is not None and completeness < 100:
        yield Task(
            text=_("Fill the passport of the organisation"),
            detail=_("%(percent)s %% is filled. The tab ИНПО comes first.") % {"percent": completeness},
            action=_("Fill"),
            action_url=reverse("organizations:passport", args=[organization.pk]),
        )


def _without_chair(scope: Scope) -> QuerySet[Any, Any]:
    led = Appointment.objects.current(scope.today).filter(role=Role.CHAIR).values("organization")
    below = Organization.objects.visible_to(scope.actor).filter(parent=scope.own)
    return tally(below.exclude(status=OrganizationStatus.ENDED).exclude(pk__in=led))


@provider(
    lambda actor: actor.organization is not None and actor.may(Permission.MANAGE_ACCOUNTS), without_chair=_without_chair
)
def chairs_wanted(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Subordinate organisations that nobody leads in the registry yet (U-2)."""
    if count := waiting["without_chair"].count:
        yield Task(
            text=ngettext(
                "%(n)s subordinate organisation has no chair in the registry",
                "%(n)s subordinate organisations have no chair in the registry",
                count,
            )
            % {"n": count},
            detail=_("Create accounts and print the credentials slips."),
            action=_("Give access"),
            action_url=reverse("accounts:add_many"),
        )


def _ending(actor: Actor, own: Organization, today: dt.date, until: dt.date) -> QuerySet[Appointment]:
    return Appointment.objects.visible_to(actor).filter(organization=own, ends_on__range=(today, until))


@provider(
    lambda actor: actor.organization is not None and actor.may(Permission.MANAGE_ACCOUNTS, actor.organization),
    ending=lambda scope: tally(_ending(scope.actor, scope.own, scope.today, scope.day(APPOINTMENT_DAYS))),
)
def ending_appointments(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Appointments in the own organisation that are about to end (N-H2)."""
    if not waiting["ending"].count or actor.organization is None:
        return
    until = waiting.today + dt.timedelta(days=APPOINTMENT_DAYS)
    ending = _ending(actor, actor.organization, waiting.today, until).select_related("account")
    for appointment in ending[:10]:
        yield Task(
            text=_("The appointment ends:"),
            link=appointment.account.full_name,
            link_url=reverse("accounts:detail", args=[appointment.account_id]),
            detail=appointment.get_role_display(),
            due=appointment.ends_on,
        )


def _seats_ending(scope: Scope) -> QuerySet[Any, Any]:
    """Bodies with a seat whose term ends soon or has ended; which of them are tasks is looked at where there are any."""
    bodies = GoverningBody.objects.visible_to(scope.actor).filter(organization=scope.own)
    return tally(bodies.filter(seats__until__lte=scope.day(SEATS_DAYS)))


@provider(
    lambda actor: _edits_passport(actor) and actor.organization.status != OrganizationStatus.ENDED,  # type: ignore[union-attr]
    seats=_seats_ending,
)
def ending_seats(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Terms in the governing bodies that end within 60 days, and bodies in which nobody sits any more (U-4, V-A5)."""
    own, today = actor.organization, waiting.today
    if not waiting["seats"].count or own is None:
        return
    sits = Q(seats__since__lte=today) & (Q(seats__until__isnull=True) | Q(seats__until__gte=today))
    ends = Q(seats__since__lte=today, seats__until__range=(today, today + dt.timedelta(days=SEATS_DAYS)))
    bodies = GoverningBody.objects.visible_to(actor).filter(organization=own, seats__isnull=False)
    for body in bodies.annotate(
        sitting=Count("seats", filter=sits),
        ending=Count("seats", filter=ends),
        first=Min("seats__until", filter=ends),
        last=Max("seats__until", filter=Q(seats__until__lt=today)),
    ).filter(Q(ending__gt=0) | Q(sitting=0, last__isnull=False)):
        count = body.ending
        ending = ngettext("The term of %(n)s member ends.", "The terms of %(n)s members end.", count) % {"n": count}
        page = reverse("organizations:passport_tab", args=[own.pk, "bodies"])
        yield Task(
            text=_("Election is due:"),
            link=body.name,
            link_url=page,
            detail=ending if count else _("All terms are over; nobody sits in the body."),
            due=body.first or body.last,
            action=_("Enter the elected"),
            action_url=page,
        )
