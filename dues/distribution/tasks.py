"""Tasks about money and acts that wait for the organisation (V-D7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import ActState, RemittanceState
from .models import Remittance, SettlementAct


def _settles(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and actor.may(Permission.RECORD_DUES, own)


def _sent(scope: Scope) -> QuerySet[Any, Any]:
    found = Remittance.objects.visible_to(scope.actor)
    return tally(found.filter(receiver=scope.own, state=RemittanceState.SENT), count=Count("pk"))


def _not_found(scope: Scope) -> QuerySet[Any, Any]:
    found = Remittance.objects.visible_to(scope.actor)
    return tally(found.filter(organization=scope.own, state=RemittanceState.NOT_FOUND), count=Count("pk"))


def _drawn(scope: Scope) -> QuerySet[Any, Any]:
    waits = Q(superior=scope.own, by_superior=False) | Q(organization=scope.own, by_superior=True)
    found = SettlementAct.objects.visible_to(scope.actor)
    return tally(found.filter(waits, state=ActState.DRAWN), count=Count("pk"))


@provider(_settles, sent=_sent, not_found=_not_found, drawn=_drawn)
def settlements(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks to confirm money, to look into money that was not found, and to answer acts (V-D7)."""
    sent, missing, drawn = (waiting[name].count for name in ("sent", "not_found", "drawn"))
    texts = (
        (
            sent,
            ngettext("Confirm %(n)s sum passed on to you", "Confirm %(n)s sums passed on to you", sent),
            _("See whether the money has come, and confirm it."),
        ),
        (
            missing,
            ngettext("%(n)s sum did not reach the receiver", "%(n)s sums did not reach the receiver", missing),
            _("Ask the bank, or take the record back if it is a mistake."),
        ),
        (
            drawn,
            ngettext("Answer %(n)s act of reconciliation", "Answer %(n)s acts of reconciliation", drawn),
            _("Compare it with your books, and confirm it or name the differences."),
        ),
    )
    for count, text, detail in texts:
        if count:
            yield Task(
                text=text % {"n": count},
                detail=detail,
                action=_("Settlements"),
                action_url=reverse("dues:settlements"),
            )
