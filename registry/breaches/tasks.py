"""Tasks of breach cards: notices to be sent, cards to be closed (N-S2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import WITH_CLOCKS, BreachState
from .models import Breach
from .queries import clocks

#: Maximum number of cards shown as separate tasks, the oldest first.
MAX_SHOWN = 5


def _answers(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.ERASE, actor.organization)


def _open(scope: Scope) -> QuerySet[Any, Any]:
    return tally(Breach.objects.visible_to(scope.actor).open().filter(organization=scope.own))


@provider(_answers, breaches=_open)
def breaches_to_settle(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the open cards with the next step and the time left for it."""
    if not waiting["breaches"].count:
        return
    found = Breach.objects.visible_to(actor).open().select_related("organization").order_by("noticed_at", "pk")
    words = {
        BreachState.OPEN: _("Send the first notice of a breach of personal data"),
        BreachState.TOLD: _("Send the second notice of a breach of personal data"),
        BreachState.EXPLAINED: _("Close the card of a breach of personal data"),
    }
    for breach in found[:MAX_SHOWN]:
        clock = dict(zip(WITH_CLOCKS, clocks(breach, timezone.now()), strict=True)).get(BreachState(breach.state))
        yield Task(
            text=words[BreachState(breach.state)],
            detail=clock.text if clock else "",
            due=timezone.localdate(clock.due, breach.organization.tz) if clock else None,
            action=_("Open"),
            action_url=reverse("breaches:detail", args=[breach.pk]),
        )
    if waiting["breaches"].count > MAX_SHOWN:
        more = waiting["breaches"].count - MAX_SHOWN
        yield Task(
            text=ngettext(
                "%(n)s more card of a breach of personal data is open",
                "%(n)s more cards of breaches of personal data are open",
                more,
            )
            % {"n": more},
            action=_("Show"),
            action_url=reverse("breaches:list"),
        )
