"""Tasks concerning dues: entrance fees and arrears (V-B4, V-B16, V-D1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dues.money import roubles
from dues.notices.rules import check_reminds
from dues.payments.rules import check_collects
from registry.access import Actor, usable
from registry.enums import Permission
from registry.states import allowed
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import EntryKind, Fee
from .models import DuesAccount, LedgerEntry
from .queries.figures import in_arrears

#: Number of days before a term from which it is a task.
DAYS_AHEAD = 30


def _collects(actor: Actor) -> bool:
    """Return whether the actor's organisation collects dues: it keeps cards or is a cell (V-H1, V-D4)."""
    own = actor.organization
    if own is None or not own.charter.charges_dues or not actor.may(Permission.RECORD_DUES, own):
        return False
    return allowed(check_collects, own)


def _entrance_fees(scope: Scope) -> QuerySet[Any, Any]:
    open_ones = (
        LedgerEntry.objects.visible_to(scope.actor)
        .valid()
        .filter(
            kind=EntryKind.CHARGE,
            fee=Fee.ENTRANCE,
            account__unpaid__gt=0,
            account__entrance_paid_on__isnull=True,
        )
    )
    return tally(open_ones, count=Count("account", distinct=True), first=Min("due_on"))


@provider(_collects, fees=_entrance_fees)
def entrance_fees(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for entrance fees, which are paid within ten days of the decision (V-B4)."""
    if count := waiting["fees"].count:
        text = ngettext("Collect %(n)s entrance fee", "Collect %(n)s entrance fees", count)
        yield Task(
            text=text % {"n": count},
            detail=_("Paid within the days after the decision that the rate names."),
            due=waiting["fees"].first,
            link=_("(show them)"),
            link_url=f"{reverse('members:list')}?dues=entrance",
            action=_("Record payments"),
            action_url=f"{reverse('dues:collect')}?purpose=entrance%3A",
        )


def _arrears(scope: Scope) -> QuerySet[Any, Any]:
    return tally(in_arrears(DuesAccount.objects.visible_to(scope.actor), scope.today), total=Sum("unpaid"))


@provider(_collects, arrears=_arrears, never_late=True)
def arrears(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for members in arrears (V-B16)."""
    count, owed = waiting["arrears"].count, waiting["arrears"].total
    if owed is not None:
        reminds = allowed(check_reminds, actor.organization) and actor.may(Permission.PRINT)
        text = ngettext("%(n)s member is in arrears", "%(n)s members are in arrears", count)
        yield Task(
            text=text % {"n": count},
            detail=_("They owe %(sum)s. Remind them; exclusion is for the collegial body to decide.")
            % {"sum": roubles(owed)},
            link=_("(show them)"),
            link_url=f"{reverse('members:list')}?dues=arrears",
            action=_("Remind") if reminds else _("Record payments"),
            action_url=reverse("dues:reminders" if reminds else "dues:collect"),
        )


def _due_soon(scope: Scope) -> QuerySet[Any, Any]:
    accounts = DuesAccount.objects.visible_to(scope.actor).filter(usable("member__"))
    soon = accounts.filter(unpaid_since__gte=scope.today, unpaid_since__lte=scope.day(DAYS_AHEAD))
    return tally(soon, first=Min("unpaid_since"), total=Sum("unpaid"))


@provider(_collects, soon=_due_soon, never_late=True)
def due_soon(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for dues with a term within a month, such as annual fees before 30 June (V-D1)."""
    count, owed = waiting["soon"].count, waiting["soon"].total
    if owed is None:
        return
    text = ngettext(
        "%(n)s member has dues to pay within a month", "%(n)s members have dues to pay within a month", count
    )
    reminds = allowed(check_reminds, actor.organization) and actor.may(Permission.PRINT)
    yield Task(
        text=text % {"n": count},
        detail=_("Together: %(sum)s. Remind them before the term.") % {"sum": roubles(owed)},
        due=waiting["soon"].first,
        link=_("(show them)"),
        link_url=f"{reverse('members:list')}?dues=unpaid",
        action=_("Remind") if reminds else _("Record payments"),
        action_url=f"{reverse('dues:reminders')}?who=unpaid" if reminds else reverse("dues:collect"),
    )
