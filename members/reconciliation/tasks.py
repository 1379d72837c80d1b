"""Tasks about proposed changes, the year-end reconciliation and reminders (N-S2, V-B8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, Count, Exists, Min, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.people.enums import DAYS_SAID, ReminderKind
from members.people.models import Member, Reminder
from registry.access import Actor, holders
from registry.accounts.models import Appointment
from registry.enums import DataClass, Permission
from registry.tasks import Task, provider

from .enums import ProposalState, ReconciliationState
from .models import ChangeProposal, Reconciliation

#: Days before the date on which the first and the second reminder appear (practice 4.7).
EARLY, SOON = 60, 30
#: Number of days for which the proposer is told about a declined change.
TOLD = 14
#: Data class that an officer must read to be reminded.
KINDS = {
    ReminderKind.CERTIFICATE: DataClass.HEALTH,
    ReminderKind.MANDATE: DataClass.GENERAL,
    ReminderKind.WARD_OF_AGE: DataClass.GENERAL,
    ReminderKind.ABSENCE: DataClass.GENERAL,
}


@provider
def proposals_to_settle(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Changes proposed by the chairs of the cells (V-B8)."""
    if actor.organization is None or not actor.may(Permission.SETTLE_CHANGES, actor.organization):
        return
    if not actor.organization.keeps_cards:
        return
    found = ChangeProposal.objects.visible_to(actor)
    waiting = found.to_settle().count()
    if waiting:
        yield Task(
            text=ngettext("%(n)s proposed change to settle", "%(n)s proposed changes to settle", waiting)
            % {"n": waiting},
            detail=_("The chairs of the cells ask for them."),
            action=_("Settle"),
            action_url=reverse("cells:proposals"),
        )


@provider
def declined_proposals(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Declined changes, for the cell that proposed them (V-B8)."""
    own = actor.organization
    if own is None or own.keeps_cards or not actor.may(Permission.PROPOSE_CHANGES, own):
        return
    found = ChangeProposal.objects.visible_to(actor).filter(
        state=ProposalState.DECLINED,
        decided_at__gte=timezone.now() - dt.timedelta(days=TOLD),
    )
    declined = found.count()
    if declined:
        yield Task(
            text=ngettext(
                "%(n)s of your proposed changes was declined", "%(n)s of your proposed changes were declined", declined
            )
            % {"n": declined},
            detail=_("The registrar has given the reason."),
            action=_("Look"),
            action_url=reverse("cells:settled_proposals"),
        )


@provider
def own_reconciliation(actor: Actor, today: dt.date) -> Iterable[Task]:
    """The cell's check-list until its report is sent (V-B8)."""
    own = actor.organization
    if own is None or not actor.may(Permission.RECONCILE, own):
        return
    opened = Reconciliation.objects.visible_to(actor).filter(unit=own, state=ReconciliationState.OPEN)
    for reconciliation in opened[:5]:
        yield Task(
            text=_("Reconcile the questionnaires for %(year)s") % {"year": reconciliation.year},
            detail=reconciliation.returned or _("Go through the check-list and send the report."),
            due=reconciliation.due_on,
            action=_("Go on"),
            action_url=reverse("cells:reconcile", args=[reconciliation.pk]),
        )


@provider
def cells_without_a_chair(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Cells without an officer who can reconcile: the keeper of the cards does it instead (V-B8)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not actor.may(Permission.RECONCILE, own):
        return
    held = (
        Appointment.objects.visible_to(actor)
        .current(today)
        .filter(organization=OuterRef("unit"), role__in=holders(Permission.RECONCILE))
    )
    opened = Reconciliation.objects.visible_to(actor).filter(unit__parent=own, state=ReconciliationState.OPEN)
    found = opened.filter(~Exists(held), unit__level=own.charter.cell).order_by("due_on", "unit__sort_key", "pk")
    first, count = found.first(), found.count()
    if first is not None:
        yield Task(
            text=ngettext(
                "%(n)s cell without a chair is to be reconciled",
                "%(n)s cells without a chair are to be reconciled",
                count,
            )
            % {"n": count},
            detail=_("Nobody there can send the report, so you have to."),
            due=first.due_on,
            action=_("Go on"),
            action_url=reverse("cells:reconcile", args=[first.pk]),
        )


@provider
def laggards(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Cells below that have not reported in time, and keepers with people who belong to no cell (V-B8)."""
    own = actor.organization
    if own is None or own.charter.cell is None or own.level == own.charter.cell:
        return
    if not actor.may(Permission.VIEW_MEMBERS):
        return
    late = Reconciliation.objects.visible_to(actor).filter(state=ReconciliationState.OPEN, due_on__lt=today)
    in_cell = Q(unit__level=own.charter.cell)
    counted = late.exclude(unit=own).aggregate(
        cells=Count("pk", filter=in_cell),
        keepers=Count("pk", filter=~in_cell),
        cells_due=Min("due_on", filter=in_cell),
        keepers_due=Min("due_on", filter=~in_cell),
    )
    cells, keepers = counted["cells"], counted["keepers"]
    texts = []
    if cells:
        text = ngettext("%(n)s cell has not reported", "%(n)s cells have not reported", cells)
        texts.append((text % {"n": cells}, counted["cells_due"]))
    if keepers:
        text = ngettext(
            "%(n)s organisation has not reconciled its people without a cell",
            "%(n)s organisations have not reconciled their people without a cell",
            keepers,
        )
        texts.append((text % {"n": keepers}, counted["keepers_due"]))
    for text, due in texts:
        yield Task(
            text=text,
            detail=_("The term of the year-end reconciliation has passed."),
            due=due,
            action=_("Look"),
            action_url=reverse("cells:reconciliations") + "?show=lagging",
        )


@provider
def days_ahead(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Certificates, mandates, represented people and absences: within 60 days, within 30, and past (practice 4.7)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not actor.may(Permission.EDIT_MEMBERS, own):
        return
    readable = [kind for kind, data_class in KINDS.items() if actor.reads(data_class)]
    soon, until = today + dt.timedelta(days=SOON), today + dt.timedelta(days=EARLY)
    due = Reminder.objects.visible_to(actor).filter(member__organization=own, kind__in=readable, due_on__lte=until)
    within = Case(When(due_on__lt=today, then=Value(0)), When(due_on__lte=soon, then=Value(SOON)), default=Value(EARLY))
    found = due.annotate(within=within).order_by("kind", "within").values_list("kind", "within")
    counted = list(found.annotate(n=Count("pk"), first=Min("due_on"), who=Min("member")))
    alone = Member.objects.visible_to(actor).in_bulk([who for *_rest, count, _first, who in counted if count == 1])
    for kind, days, count, first, who in counted:
        member = alone.get(who) if count == 1 else None
        ahead, passed = DAYS_SAID[ReminderKind(kind)]
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
