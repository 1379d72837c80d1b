"""What somebody has to do now, with its term (N-S2): every app adds its providers, the start page shows them by term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .access import Actor
from .enums import OrganizationStatus, Permission, RenameState
from .models import Appointment, GoverningBody, Organization, RenameRequest
from .rules.figures import totals

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


@provider
def rename_decisions(actor: Actor, today: dt.date) -> Iterable[Task]:
    """The superior decides what his chairs have reported about their names (U-3)."""
    if not actor.may(Permission.DECIDE_RENAMES):
        return
    waiting = (
        RenameRequest.objects.visible_to(actor)
        .filter(state=RenameState.ASKED, organization__parent=actor.organization)
        .select_related("organization")
    )
    for request in waiting[:20]:
        yield Task(
            text=_("Decide on the name:"),
            link=request.organization.short_name,
            link_url=reverse("organizations:detail", args=[request.organization_id]),
            detail=_("The chair asks to rename it to «%(name)s».") % {"name": request.short_name},
            due=timezone.localdate(request.asked_at) + dt.timedelta(days=RENAME_DAYS),
            action=_("Decide"),
            action_url=reverse("organizations:rename_decide", args=[request.pk]),
        )


@provider
def rename_answers(actor: Actor, today: dt.date) -> Iterable[Task]:
    """The chair reads what was decided about the name (U-3)."""
    if actor.organization is None or not actor.may(Permission.EDIT_PASSPORT, actor.organization):
        return
    decided = RenameRequest.objects.visible_to(actor).filter(
        organization=actor.organization, seen_at__isnull=True, decided_at__isnull=False
    )
    for request in decided[:5]:
        accepted = request.state == RenameState.ACCEPTED
        yield Task(
            text=_("The new name is accepted.") if accepted else _("The new name is declined."),
            detail=request.reason or request.full_name,
            action=_("Read"),
            action_url=reverse("organizations:detail", args=[request.organization_id]),
        )


@provider
def passport(actor: Actor, today: dt.date) -> Iterable[Task]:
    """The passport is filled, the tab ИНПО first (U-4)."""
    organization = actor.organization
    if organization is None or not actor.may(Permission.EDIT_PASSPORT, organization):
        return
    completeness = getattr(getattr(organization, "passport", None), "completeness", 0)
    if completeness < 100:
        yield Task(
            text=_("Fill the passport of the organisation"),
            detail=_("%(percent)s %% is filled. The tab ИНПО comes first.") % {"percent": completeness},
            action=_("Fill"),
            action_url=reverse("organizations:passport", args=[organization.pk]),
        )


@provider
def chairs_wanted(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Subordinate organisations that nobody leads in the registry yet (U-2)."""
    if not actor.may(Permission.MANAGE_ACCOUNTS) or actor.organization is None:
        return
    led = Appointment.objects.current(today).filter(role="chair").values("organization")
    count = (
        Organization.objects.visible_to(actor)
        .filter(parent=actor.organization)
        .exclude(status=OrganizationStatus.ENDED)
        .exclude(pk__in=led)
        .count()
    )
    if count:
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


@provider
def ending_appointments(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Appointments in the own organisation that are about to end (N-H2)."""
    if actor.organization is None or not actor.may(Permission.MANAGE_ACCOUNTS, actor.organization):
        return
    ending = (
        Appointment.objects.visible_to(actor)
        .filter(organization=actor.organization, ends_on__range=(today, today + dt.timedelta(days=APPOINTMENT_DAYS)))
        .select_related("account")
    )
    for appointment in ending[:10]:
        yield Task(
            text=_("The appointment ends:"),
            link=appointment.account.full_name,
            link_url=reverse("accounts:detail", args=[appointment.account_id]),
            detail=appointment.get_role_display(),
            due=appointment.ends_on,
        )


@provider
def ending_seats(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Terms in the governing bodies that end within 60 days, and bodies in which nobody sits any more (U-4, V-A5)."""
    own = actor.organization
    if own is None or own.status == OrganizationStatus.ENDED or not actor.may(Permission.EDIT_PASSPORT, own):
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
