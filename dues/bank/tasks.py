"""Tasks about payments of bank statements that are not identified (V-D4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.states import allowed
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .models import BankLine
from .rules.lines import check_keeps_bank


def _identifies(actor: Actor) -> bool:
    """Return whether the actor records dues; lines exist only where the organisation keeps a bank account."""
    own = actor.organization
    return own is not None and actor.may(Permission.RECORD_DUES, own)


def _open_lines(scope: Scope) -> QuerySet[Any, Any]:
    lines = BankLine.objects.visible_to(scope.actor).unidentified().filter(organization=scope.own)
    return tally(lines, count=Count("pk"), first=Min("made_on"))


@provider(_identifies, lines=_open_lines)
def payments_to_identify(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for payments that are not identified, due after the days set by the charter (V-D4)."""
    lines, own = waiting["lines"], actor.organization
    if not lines.count or lines.first is None or own is None or not allowed(check_keeps_bank, own):
        return
    text = ngettext("Identify %(n)s payment of the bank", "Identify %(n)s payments of the bank", lines.count)
    yield Task(
        text=text % {"n": lines.count},
        detail=_("The money is in the books, and nobody's dues are paid by it yet."),
        due=lines.first + dt.timedelta(days=int(own.charter.terms.get("identify_days", 10))),
        action=_("Bank"),
        action_url=reverse("dues:bank"),
    )
