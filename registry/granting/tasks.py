"""Tasks about administrators' requests: to confirm, about one's own account, confirmed without a chair (N-H2, N-S2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission, Role
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import GrantKind, GrantState
from .models import GrantRequest, GrantRequestQuerySet

#: Maximum number of requests shown as separate tasks; the others form one task.
MAX_SHOWN = 5
#: Days for which chairs see what a second administrator has confirmed.
TOLD_DAYS = 14


def _to_confirm(actor: Actor, own: Any, account: Any, today: Any) -> GrantRequestQuerySet:
    """Return the requests waiting for the actor: the nearest chair, or a second administrator if there is no chair."""
    waiting = GrantRequest.objects.visible_to(actor).waiting().filter(until__gte=today)
    if actor.role == Role.CHAIR:
        return waiting.filter(asked_of=own)
    if actor.role == Role.ADMINISTRATOR:
        return waiting.filter(asked_of=None).exclude(asked_by=account).exclude(account=account)
    return waiting.none()


def _about_own(actor: Actor, account: Any, today: Any) -> GrantRequestQuerySet:
    """Return the waiting requests about the actor's own account."""
    return GrantRequest.objects.visible_to(actor).waiting().filter(account=account, until__gte=today)


def _given(actor: Actor, own: Any, since: Any) -> GrantRequestQuerySet:
    """Return the requests that a second administrator has confirmed in the actor's organisation, for its chair."""
    found = GrantRequest.objects.visible_to(actor).filter(organization=own, decided_at__gte=since)
    given = found.filter(state=GrantState.CONFIRMED, by_administrator=True)
    return given if actor.role == Role.CHAIR else given.none()


def _manages(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.MANAGE_ACCOUNTS, actor.organization)


def _confirm(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_to_confirm(scope.actor, scope.own, scope.actor.account, scope.today), first=Min("until"))


def _own(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_about_own(scope.actor, scope.actor.account, scope.today))


def _told(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_given(scope.actor, scope.own, scope.moment(-TOLD_DAYS)))


@provider(_manages, confirm=_confirm, own=_own)
def grants_to_confirm(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the requests that the actor confirms or refuses, and those about their own account."""
    tally_of, today = waiting["confirm"], timezone.localdate()
    found = _to_confirm(actor, actor.organization, actor.account, today) if tally_of.count else None
    for asked in _first(found):
        yield Task(
            text=_("Confirm or refuse what an administrator asks for:"),
            link=asked.account.full_name,
            link_url=reverse("granting:detail", args=[asked.pk]),
            detail=request_in_words(asked),
            due=asked.until,
            action=_("Look"),
            action_url=reverse("granting:detail", args=[asked.pk]),
        )
    if tally_of.count > MAX_SHOWN:
        more = tally_of.count - MAX_SHOWN
        yield Task(
            text=ngettext(
                "Confirm or refuse %(n)s more request of an administrator",
                "Confirm or refuse %(n)s more requests of administrators",
                more,
            )
            % {"n": more},
            due=tally_of.first,
            action=_("Show"),
            action_url=reverse("granting:list"),
        )
    found = _about_own(actor, actor.account, today) if waiting["own"].count else None
    for asked in _first(found):
        yield Task(
            text=_("An administrator asks for something about your own account:"),
            detail=request_in_words(asked),
            due=asked.until,
            action=_("Look"),
            action_url=reverse("granting:detail", args=[asked.pk]),
        )


@provider(_manages, told=_told, never_late=True)
def grants_given_without_a_chair(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the requests that a second administrator has recently confirmed in the chair's organisation."""
    if not waiting.may_have("told"):
        return
    since = timezone.now() - dt.timedelta(days=TOLD_DAYS)
    for asked in _first(_given(actor, actor.organization, since)):
        yield Task(
            text=_("Two administrators have given without a chair:"),
            link=asked.account.full_name,
            link_url=reverse("granting:detail", args=[asked.pk]),
            detail=request_in_words(asked),
            action=_("Look"),
            action_url=reverse("granting:detail", args=[asked.pk]),
        )


def request_in_words(asked: GrantRequest) -> str:
    """Return the requested right and organisation in a few words."""
    what = asked.get_role_display() if asked.kind == GrantKind.ROLE else asked.get_kind_display()
    return f"{what}, {asked.organization.short_name}" if asked.organization is not None else str(what)


def _first(found: GrantRequestQuerySet | None) -> list[GrantRequest]:
    if found is None:
        return []
    return list(found.select_related("account", "organization").order_by("until", "pk")[:MAX_SHOWN])


__all__ = ["grants_given_without_a_chair", "grants_to_confirm", "request_in_words"]
