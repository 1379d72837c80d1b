"""Tasks concerning organisations: renames, passports, missing chairs, ending terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Permission
from registry.tasks import Task, provider

from .enums import OrganizationStatus, RenameState
from .models import GoverningBody, Organization, RenameRequest

#: Days within which the superior should decide a rename request.
RENAME_DAYS = 10
#: Days before the end of an appointment when its task appears.
APPOINTMENT_DAYS = 30
#: Days before the end of terms in a governing body; earlier, because elections take time.
SEATS_DAYS = 60


@provider
def rename_decisions(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Yield rename requests that the actor has to decide (U-3)."""
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
    """Yield decisions on the chair's rename requests that are still unread (U-3)."""
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
    """Yield a task while the passport is incomplete (U-4)."""
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
    """Yield a task for subordinate organisations without a chair's account (U-2)."""
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
    """Yield appointments in the actor's organisation that end soon (N-H2)."""
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
    """Yield bodies with terms that end within 60 days or without any members left (U-4, V-A5)."""
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
