"""Tasks about proposed changes, the year-end reconciliation and reminders (N-S2, V-B8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Count, Exists, Min, OuterRef, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.people.enums import REMINDER_WORDS, ReminderKind
from members.people.models import Member, Reminder
from registry.access import Actor, holders
from registry.accounts.models import Appointment
from registry.enums import DataClass, Permission
from registry.organizations.models import Organization
from registry.tallies import Scope, tally
from registry.tasks import Matter, Task, Waiting, keeps, matters, provider

from .enums import ProposalState, ReconciliationState
from .models import ChangeProposal, Reconciliation

#: Days before the date on which the first and the second reminder appear (practice 4.7).
EARLY, SOON = 60, 30
#: Number of days for which the proposer sees a declined change.
TOLD = 14
#: Data class that an officer must read to get the reminder.
KINDS = {
    ReminderKind.CERTIFICATE: DataClass.HEALTH,
    ReminderKind.MANDATE: DataClass.GENERAL,
    ReminderKind.WARD_OF_AGE: DataClass.GENERAL,
    ReminderKind.ABSENCE: DataClass.GENERAL,
}


def _to_settle(actor: Actor, _today: object = None) -> QuerySet[ChangeProposal]:
    return ChangeProposal.objects.visible_to(actor).to_settle()


@matters(
    "changes",
    gettext_lazy("Changes proposed by cells"),
    keeps(Permission.SETTLE_CHANGES),
    lambda actor, today: _to_settle(actor, today).select_related("member__unit"),
    place="member__unit",
    day="proposed_at",
)
def change_to_settle(proposal: ChangeProposal) -> Matter:
    """Return a proposed change as an item for decision; it names neither the person nor the field (V-B8)."""
    return Matter(
        place=proposal.member.unit,  # type: ignore[arg-type]
        came_on=timezone.localdate(proposal.proposed_at),
        url=reverse("cells:proposals"),
    )


@provider(keeps(Permission.SETTLE_CHANGES), open=lambda scope: tally(_to_settle(scope.actor)), never_late=True)
def proposals_to_settle(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for changes proposed by the chairs of the cells (V-B8)."""
    if count := waiting["open"].count:
        yield Task(
            text=ngettext("%(n)s proposed change to settle", "%(n)s proposed changes to settle", count) % {"n": count},
            detail=_("The chairs of the cells ask for them."),
            action=_("Settle"),
            action_url=reverse("cells:proposals"),
        )


def _proposes(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and not own.keeps_cards and actor.may(Permission.PROPOSE_CHANGES, own)


def _declined(scope: Scope) -> QuerySet[Any, Any]:
    declined = ChangeProposal.objects.visible_to(scope.actor).filter(state=ProposalState.DECLINED)
    return tally(declined.filter(decided_at__gte=scope.moment(-TOLD)))


@provider(_proposes, declined=_declined, never_late=True)
def declined_proposals(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for declined changes, for the cell that proposed them (V-B8)."""
    if declined := waiting["declined"].count:
        yield Task(
            text=ngettext(
                "%(n)s of your proposed changes was declined", "%(n)s of your proposed changes were declined", declined
            )
            % {"n": declined},
            detail=_("The registrar has given the reason."),
            action=_("Look"),
            action_url=reverse("cells:settled_proposals"),
        )


def _reconciles(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.RECONCILE, actor.organization)


def _opened(actor: Actor, **where: Any) -> QuerySet[Reconciliation]:
    return Reconciliation.objects.visible_to(actor).filter(state=ReconciliationState.OPEN, **where)


@provider(_reconciles, opened=lambda scope: tally(_opened(scope.actor, unit=scope.own)))
def own_reconciliation(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for the cell's check-list until its report is sent (V-B8)."""
    if not waiting.may_have("opened"):
        return
    for reconciliation in _opened(actor, unit=actor.organization)[:5]:
        yield Task(
            text=_("Reconcile the questionnaires for %(year)s") % {"year": reconciliation.year},
            detail=reconciliation.returned or _("Go through the check-list and send the report."),
            due=reconciliation.due_on,
            action=_("Go on"),
            action_url=reverse("cells:reconcile", args=[reconciliation.pk]),
        )


def _without_a_chair(actor: Actor, own: Organization, today: dt.date) -> QuerySet[Reconciliation]:
    held = (
        Appointment.objects.visible_to(actor)
        .current(today)
        .filter(organization=OuterRef("unit"), role__in=holders(Permission.RECONCILE))
    )
    return _opened(actor, unit__parent=own, unit__level=own.charter.cell).filter(~Exists(held))


@provider(
    keeps(Permission.RECONCILE),
    cells=lambda scope: tally(_without_a_chair(scope.actor, scope.own, scope.today)),
)
def cells_without_a_chair(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for cells without an officer who can reconcile; the keeper of the cards does it instead (V-B8)."""
    own, count = actor.organization, waiting["cells"].count
    if not count or own is None:
        return
    found = _without_a_chair(actor, own, waiting.today)
    first = found.order_by("due_on", "unit__sort_key", "pk").values_list("pk", "due_on").first()
    if first is not None:
        pk, due = first
        yield Task(
            text=ngettext(
                "%(n)s cell without a chair is to be reconciled",
                "%(n)s cells without a chair are to be reconciled",
                count,
            )
            % {"n": count},
            detail=_("Nobody there can send the report, so you have to."),
            due=due,
            action=_("Go on"),
            action_url=reverse("cells:reconcile", args=[pk]),
        )


def _late(scope: Scope) -> QuerySet[Reconciliation]:
    return _opened(scope.actor, due_on__lt=scope.today).exclude(unit=scope.own)


def _late_cells(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_late(scope).filter(unit__level=scope.own.charter.cell), first=Min("due_on"))


def _late_keepers(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_late(scope).exclude(unit__level=scope.own.charter.cell), first=Min("due_on"))


def _above_cells(actor: Actor) -> bool:
    own = actor.organization
    if own is None or own.charter.cell is None or own.level == own.charter.cell:
        return False
    return actor.may(Permission.VIEW_MEMBERS)


@provider(_above_cells, cells=_late_cells, keepers=_late_keepers)
def laggards(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks for cells that have not reported in time, and for keepers with members outside of cells (V-B8)."""
    cells, keepers = waiting["cells"], waiting["keepers"]
    texts = []
    if cells.count:
        text = ngettext("%(n)s cell has not reported", "%(n)s cells have not reported", cells.count)
        texts.append((text % {"n": cells.count}, cells.first))
    if keepers.count:
        text = ngettext(
            "%(n)s organisation has not reconciled its people without a cell",
            "%(n)s organisations have not reconciled their people without a cell",
            keepers.count,
        )
        texts.append((text % {"n": keepers.count}, keepers.first))
    for text, due in texts:
        yield Task(
            text=text,
            detail=_("The term of the year-end reconciliation has passed."),
            due=due,
            action=_("Look"),
            action_url=reverse("cells:reconciliations") + "?show=lagging",
        )


def _due(actor: Actor, own: Organization, until: dt.date) -> QuerySet[Reminder]:
    readable = [kind for kind, data_class in KINDS.items() if actor.reads(data_class)]
    return Reminder.objects.visible_to(actor).filter(member__organization=own, kind__in=readable, due_on__lte=until)


@provider(keeps(Permission.EDIT_MEMBERS), due=lambda scope: tally(_due(scope.actor, scope.own, scope.day(EARLY))))
def days_ahead(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks for terms of certificates, mandates, represented people and absences (practice 4.7).

    Terms within 60 days, within 30 days and in the past are separate tasks.
    """
    own, today = actor.organization, waiting.today
    if not waiting.may_have("due") or own is None:
        return
    soon, due = today + dt.timedelta(days=SOON), _due(actor, own, today + dt.timedelta(days=EARLY))
    within = Case(When(due_on__lt=today, then=Value(0)), When(due_on__lte=soon, then=Value(SOON)), default=Value(EARLY))
    found = due.annotate(within=within).order_by("kind", "within").values_list("kind", "within")
    counted = list(found.annotate(n=Count("pk"), first=Min("due_on"), who=Min("member")))
    named = Member.objects.visible_to(actor).only("surname", "given_name", "patronymic")
    alone = named.in_bulk([who for *_rest, count, _first, who in counted if count == 1])
    for kind, days, count, first, who in counted:
        member = alone.get(who) if count == 1 else None
        ahead, passed = REMINDER_WORDS[ReminderKind(kind)]
        yield Task(
            text=f"{ahead if days else passed}:",
            link=member.full_name if member else "",
            link_url=reverse("members:detail", args=[who]) if member else "",
            detail="" if member else _many(count, days),
            due=first,
            action=_("Show all"),
            action_url=reverse("cells:reminders"),
        )


def _many(count: int, days: int) -> str:
    text = ngettext("%(n)s member", "%(n)s members", count) % {"n": count}
    return _("%(members)s, in the next %(days)s days") % {"members": text, "days": days} if days else text
