"""Views of the start page: tasks, key figures, first steps (N-S2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.book.models import Registration
from registry.access import Actor
from registry.accounts.transitions import screens
from registry.enums import Permission
from registry.organizations.queries import recent_employees
from registry.tallies import Scope, Tally, tally
from registry.tasks import group_by_term, remember_counts, sums_for, tasks_beside, tasks_for
from registry.views import ActorRequest

from .steps import PUT_AWAY, steps_for

#: Days over which new members are counted, beside the figure of members.
RECENT_DAYS = 30


@require_safe
def start(request: ActorRequest) -> HttpResponse:
    """Show the tasks; without a current appointment, show where to ask for help."""
    if request.actor is None or request.actor.appointment is None:
        return render(request, "registry/no_appointment.html")
    sums = sums_for(request.actor)
    tasks, counted = tasks_beside(request.actor, sums, recent=_recent)
    remember_counts(request.actor, len(tasks), sums)
    return render(
        request,
        "registry/start.html",
        {
            "groups": group_by_term(tasks, timezone.localdate()),
            "figures": figures_for(request.actor, sums, counted),
            "steps": steps_for(request.actor, sums),
            "may_add": request.actor.may(Permission.EDIT_MEMBERS, request.actor.organization)
            and request.actor.organization is not None
            and request.actor.organization.keeps_cards,
        },
    )


@require_POST
def put_steps_away(request: ActorRequest) -> HttpResponse:
    """Hide the finished first steps of the actor's organisation."""
    if request.actor.organization is not None:
        screens.put_away(PUT_AWAY, request.actor.organization.pk, by=request.actor)
        messages.success(request, _("The first steps are put away. They stay on the page «Help»."))
    return redirect("start")


@require_safe
def counts(request: ActorRequest) -> HttpResponse:
    """Refresh the counts of the navigation; pages show cached ones and request fresh ones afterwards (N-S2)."""
    request.quiet = True
    if request.actor is not None:
        sums = sums_for(request.actor)
        remember_counts(request.actor, len(tasks_for(request.actor, sums)), sums)
    return render(request, "ui/counts.html")


def _recent(scope: Scope) -> QuerySet[Any, Any]:
    """Return a count of last month's new members, only for organisations that keep cards themselves."""
    registrations = Registration.objects.visible_to(scope.actor)
    if not scope.own.keeps_cards:
        registrations = registrations.none()
    return tally(registrations.filter(organization=scope.own, started_on__gte=scope.day(-RECENT_DAYS)))


def figures_for(actor: Actor, sums: Mapping[str, int], counted: Mapping[str, Tally]) -> list[dict[str, Any]]:
    """Return the key figures of the actor's scope, from stored counts."""
    if not sums:
        return []
    members = sums["members"]
    url, recent = reverse("members:list"), counted["recent"].count
    shown = [
        {
            "label": _("Registered members"),
            "value": number_format(members, force_grouping=True),
            "note": _("+%(count)s in a month") % {"count": recent} if recent else "",
            "url": url,
        }
    ]
    employees = recent_employees(actor)
    if employees:
        shown.append(
            {
                "label": _("Coverage"),
                "value": f"{min(100, members * 100 // employees)} %",
                "note": _("of %(count)s employees") % {"count": number_format(employees, force_grouping=True)},
                "url": "",
            }
        )
    of_all = _("of %(count)s") % {"count": number_format(members, force_grouping=True)}
    shown.append(
        {
            "label": _("Consents signed"),
            "value": number_format(sums["consents_signed"], force_grouping=True),
            "note": of_all,
            "url": reverse("documents:consents"),
        }
    )
    shown.append(
        {
            "label": _("Complete cards"),
            "value": number_format(members - sums["incomplete"], force_grouping=True),
            "note": of_all,
            "url": url,
        }
    )
    if sums["in_transit"]:
        # Shown separately, so that nobody is counted twice or not at all.
        shown.append(
            {"label": _("In transit"), "value": str(sums["in_transit"]), "note": "", "url": reverse("moves:list")}
        )
    return shown
