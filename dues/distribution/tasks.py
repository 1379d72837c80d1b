"""Tasks about money and acts that wait for the organisation (V-D7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dues.money import roubles
from registry.access import Actor, in_scope
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.tallies import Scope, tally
from registry.tasks import Matter, Task, Waiting, matters, provider

from .enums import ActState, RemittanceState
from .models import Remittance, SettlementAct


def _settles(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and actor.may(Permission.RECORD_DUES, own)


def _to_confirm(actor: Actor, own: Organization) -> QuerySet[Remittance]:
    return Remittance.objects.visible_to(actor).filter(receiver=own, state=RemittanceState.SENT)


def _sent(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_to_confirm(scope.actor, scope.own), count=Count("pk"))


def _not_found(scope: Scope) -> QuerySet[Any, Any]:
    found = Remittance.objects.visible_to(scope.actor)
    return tally(found.filter(organization=scope.own, state=RemittanceState.NOT_FOUND), count=Count("pk"))


def _to_answer(actor: Actor, own: Organization) -> QuerySet[SettlementAct]:
    waits = Q(superior=own, by_superior=False) | Q(organization=own, by_superior=True)
    return SettlementAct.objects.visible_to(actor).filter(waits, state=ActState.DRAWN)


def _drawn(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_to_answer(scope.actor, scope.own), count=Count("pk"))


def _money_from_below(actor: Actor, _today: dt.date) -> QuerySet[Remittance]:
    found = _to_confirm(actor, actor.organization)  # type: ignore[arg-type]
    return found.filter(in_scope(actor, "organization__")).select_related("organization")


@matters("money", gettext_lazy("Money passed on"), _settles, _money_from_below, day="made_on")
def money_to_confirm(remittance: Remittance) -> Matter:
    """Return money passed on by an organisation below as an item for confirmation (V-D7)."""
    return Matter(
        place=remittance.organization,
        came_on=remittance.made_on,
        url=reverse("dues:confirm_remittance", args=[remittance.pk]),
        detail=roubles(remittance.amount),
    )


def _acts_from_below(actor: Actor, _today: dt.date) -> QuerySet[SettlementAct]:
    found = _to_answer(actor, actor.organization)  # type: ignore[arg-type]
    return found.filter(by_superior=False).select_related("organization")


@matters("acts", gettext_lazy("Acts of reconciliation"), _settles, _acts_from_below, day="drawn_on")
def act_to_answer(act: SettlementAct) -> Matter:
    """Return an act drawn up by an organisation below as an item for confirmation (V-D7)."""
    return Matter(
        place=act.organization,
        came_on=act.drawn_on,
        url=reverse("dues:settlement", args=[act.organization_id]),
        detail=str(act),
    )


@provider(_settles, sent=_sent, not_found=_not_found, drawn=_drawn, never_late=True)
def settlements(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks to confirm money, to check money that was not found, and to answer acts (V-D7)."""
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
