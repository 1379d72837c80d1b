"""Tasks concerning dues: entrance fees and arrears (V-B4, V-B16, V-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dues.money import roubles
from registry.access import Actor
from registry.enums import Permission
from registry.tasks import Task, provider

from .enums import EntryKind, Fee
from .models import DuesAccount, LedgerEntry
from .queries.figures import owed_by


def _collects(actor: Actor) -> bool:
    """Return whether the actor's organisation collects dues: it keeps cards or is a cell (V-H1, V-D4)."""
    own = actor.organization
    if own is None or not own.charter.charges_dues or not actor.may(Permission.RECORD_DUES, own):
        return False
    return own.keeps_cards or own.level == own.charter.cell


@provider
def entrance_fees(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Yield a task for unpaid entrance fees, which are due within ten days of the decision (V-B4)."""
    if not _collects(actor):
        return
    open_ones = LedgerEntry.objects.visible_to(actor).filter(
        kind=EntryKind.CHARGE,
        fee=Fee.ENTRANCE,
        reversed_by__isnull=True,
        account__unpaid__gt=0,
        account__entrance_paid_on__isnull=True,
    )
    found = open_ones.aggregate(count=Count("account", distinct=True), due=Min("due_on"))
    if found["count"]:
        text = ngettext("Collect %(n)s entrance fee", "Collect %(n)s entrance fees", found["count"])
        yield Task(
            text=text % {"n": found["count"]},
            detail=_("Paid within the days after the decision that the rate names."),
            due=found["due"],
            action=_("Show"),
            action_url=f"{reverse('members:list')}?dues=entrance",
        )


@provider
def arrears(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Yield a task for members in arrears (V-B16)."""
    if not _collects(actor):
        return
    count, owed = owed_by(DuesAccount.objects.visible_to(actor), today)
    if count:
        text = ngettext("%(n)s member is in arrears", "%(n)s members are in arrears", count)
        yield Task(
            text=text % {"n": count},
            detail=_("They owe %(sum)s. Remind them; exclusion is for the collegial body to decide.")
            % {"sum": roubles(owed)},
            action=_("Show"),
            action_url=f"{reverse('members:list')}?dues=arrears",
        )
