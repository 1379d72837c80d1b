"""Tasks concerning organisations: renames, passports, missing chairs, ending terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Permission, Role
from registry.tallies import Scope, tally
from registry.tasks import Matter, Task, Waiting, matters, provider

from .enums import OrganizationStatus, RenameState
from .models import GoverningBody, Organization, RenameRequest

#: Days within which the superior should decide a rename request.
RENAME_DAYS = 10
#: Days before the end of an appointment when its task appears.
APPOINTMENT_DAYS = 30
#: Days before the end of terms in a governing body when the task appears; more, because elections take time.
SEATS_DAYS = 60


def _asked(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_asked_of(scope.actor, scope.own))


def _asked_of(actor: Actor, own: Organization) -> QuerySet[RenameRequest]:
    return RenameRequest.objects.visible_to(actor).filter(state=RenameState.ASKED, organization__parent=own)


def _decides_names(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.DECIDE_RENAMES)


@provider(_decides_names, asked=_asked)
def rename_decisions(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield rename requests that the actor has to decide (U-3)."""
    if not waiting.may_have("asked") or actor.organization is None:
        return
    asked = _asked_of(actor, actor.organization).select_related("organization")
    for request in asked.only("short_name", "asked_at", "organization__short_name")[:20]:
        yield Task(
            text=_("Decide on the name:"),
            link=request.organization.short_name,
            link_url=reverse("organizations:detail", args=[request.organization_id]),
            detail=_("The chair asks to rename it to «%(name)s».") % {"name": request.short_name},
            due=timezone.localdate(request.asked_at) + dt.timedelta(days=RENAME_DAYS),
            action=_("Decide"),
            action_url=reverse("organizations:rename_decide", args=[request.pk]),
        )


def _asked_on(actor: Actor, _today: dt.date) -> QuerySet[RenameRequest]:
    return _asked_of(actor, actor.organization).select_related("organization")  # type: ignore[arg-type]


@matters("names", gettext_lazy("Names of organisations"), _decides_names, _asked_on, day="asked_at")
def name_to_decide(request: RenameRequest) -> Matter:
    """Return a rename request as an item for decision (U-3)."""
    asked = timezone.localdate(request.asked_at)
    return Matter(
        place=request.organization,
        came_on=asked,
        url=reverse("organizations:rename_decide", args=[request.pk]),
        detail=request.short_name,
        due=asked + dt.timedelta(days=RENAME_DAYS),
    )


def _edits_passport(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.EDIT_PASSPORT, actor.organization)


def _decided_for(actor: Actor, own: Organization) -> QuerySet[RenameRequest]:
    decided = RenameRequest.objects.visible_to(actor).filter(seen_at__isnull=True, decided_at__isnull=False)
    return decided.filter(organization=own)


@provider(_edits_passport, decided=lambda scope: tally(_decided_for(scope.actor, scope.own)), never_late=True)
def rename_answers(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield unread decisions on the chair's rename requests (U-3)."""
    if not waiting.may_have("decided") or actor.organization is None:
        return
    for request in _decided_for(actor, actor.organization)[:5]:
        accepted = request.state == RenameState.ACCEPTED
        yield Task(
            text=_("The new name is accepted:") if accepted else _("The new name is declined:"),
            link=request.short_name,
            link_url=reverse("organizations:detail", args=[request.organization_id]),
            detail=request.reason or request.full_name,
            action=_("Read"),
            action_url=reverse("organizations:detail", args=[request.organization_id]),
        )


@provider(_edits_passport, never_late=True)
def passport(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task while the passport is incomplete (U-4)."""
    organization = actor.organization
    completeness = getattr(getattr(organization, "passport", None), "completeness", 0)
    if organization is not None and completeness < 100:
        yield Task(
            text=_("Fill in the passport of the organisation"),
            detail=_("%(percent)s %% is filled. The tab ИНПО comes first.") % {"percent": completeness},
            action=_("Fill"),
            action_url=reverse("organizations:passport", args=[organization.pk]),
        )


def _without_chair(scope: Scope) -> QuerySet[Any, Any]:
    # Compare by subordinate, because a federation has seventy thousand chairs.
    led = Appointment.objects.current(scope.today).filter(role=Role.CHAIR, organization=OuterRef("pk"))
    below = Organization.objects.visible_to(scope.actor).filter(parent=scope.own)
    return tally(below.exclude(status=OrganizationStatus.ENDED).exclude(Exists(led)))


@provider(
    lambda actor: actor.organization is not None and actor.may(Permission.MANAGE_ACCOUNTS),
    without_chair=_without_chair,
    never_late=True,
)
def chairs_wanted(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for subordinate organisations without a chair's account (U-2)."""
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
    """Yield appointments in the actor's organisation that end soon (N-H2)."""
    if not waiting.may_have("ending") or actor.organization is None:
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
    """Return a count of bodies with a seat whose term ends soon or has ended.

    If there are any, the provider checks which of them are tasks.
    """
    bodies = GoverningBody.objects.visible_to(scope.actor).filter(organization=scope.own)
    return tally(bodies.filter(seats__until__lte=scope.day(SEATS_DAYS)))


@provider(
    lambda actor: _edits_passport(actor) and actor.organization.status != OrganizationStatus.ENDED,  # type: ignore[union-attr]
    seats=_seats_ending,
)
def ending_seats(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield bodies with terms that end within 60 days or without any members left (U-4, V-A5)."""
    own, today = actor.organization, waiting.today
    if not waiting.may_have("seats") or own is None:
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
