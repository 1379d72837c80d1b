"""Tasks about money that collectors hold (V-D6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission, Role
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import RegisterState
from .models import PaymentRegister


def _receives(actor: Actor) -> bool:
    """Return whether the actor receives money from collectors."""
    own = actor.organization
    return own is not None and own.keeps_cards and actor.may(Permission.RECORD_DUES, own)


def _to_hand_in(scope: Scope) -> QuerySet[Any, Any]:
    return _tally(PaymentRegister.objects.visible_to(scope.actor).filter(organization=scope.own))


def _held_by_collector(scope: Scope) -> QuerySet[Any, Any]:
    return _tally(PaymentRegister.objects.visible_to(scope.actor))


def _tally(registers: QuerySet[PaymentRegister]) -> QuerySet[Any, Any]:
    return tally(registers.filter(state=RegisterState.CLOSED), count=Count("pk"), first=Min("closed_on"))


@provider(_receives, registers=_to_hand_in)
def money_to_receive(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for closed registers whose money is not handed in, due after the days set by the charter (V-D6)."""
    n = waiting["registers"].count
    text = ngettext("Receive the money of %(n)s payment register", "Receive the money of %(n)s payment registers", n)
    yield from _task(actor, waiting, text, _("The collectors hold it. Count it, and make a cash receipt order."))


@provider(lambda actor: actor.role == Role.COLLECTOR, registers=_held_by_collector)
def money_to_hand_in(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the collector's task for closed registers whose money they still have (V-D6)."""
    n = waiting["registers"].count
    text = ngettext("Hand in the money of %(n)s payment register", "Hand in the money of %(n)s payment registers", n)
    yield from _task(actor, waiting, text, _("Take it to the cash desk of the organisation with the printed register."))


def _task(actor: Actor, waiting: Waiting, text: str, detail: str) -> Iterable[Task]:
    registers, own = waiting["registers"], actor.organization
    if not registers.count or registers.first is None or own is None:
        return
    yield Task(
        text=text % {"n": registers.count},
        detail=detail,
        due=registers.first + dt.timedelta(days=int(own.charter.terms.get("hand_in_days", 5))),
        action=_("Registers"),
        action_url=f"{reverse('dues:registers')}?state={RegisterState.CLOSED}",
    )
