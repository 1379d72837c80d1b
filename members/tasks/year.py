"""Tasks about proposed changes, the year-end reconciliation and days to be reminded of (N-S2, V-B8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, Count, Min, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import DataClass, Permission
from registry.tasks import Task, provider

from ..enums import DAYS_SAID, ProposalState, ReconciliationState, ReminderKind
from ..models import ChangeProposal, Member, Reconciliation, Reminder

#: The reminder comes so many days before the day; the term turns urgent as it nears.
EARLY = 60
#: Class of data that one must read to be reminded.
KINDS = {
    ReminderKind.CERTIFICATE: DataClass.HEALTH,
    ReminderKind.MANDATE: DataClass.GENERAL,
    ReminderKind.WARD_OF_AGE: DataClass.GENERAL,
    ReminderKind.ABSENCE: DataClass.GENERAL,
}


@provider
def proposals_to_settle(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Changes that the chairs of the cells have proposed (V-B8)."""
    if actor.organization is None or not actor.may(Permission.SETTLE_CHANGES, actor.organization):
        return
    if not actor.organization.keeps_cards:
        return
    found = ChangeProposal.objects.visible_to(actor).filter(state=ProposalState.OPEN)
    waiting = found.exclude(reconciliation__state__in=[ReconciliationState.OPEN, ReconciliationState.REPORTED]).count()
    if waiting:
        yield Task(
            text=ngettext("%(n)s proposed change to settle", "%(n)s proposed changes to settle", waiting)
            % {"n": waiting},
            detail=_("The chairs of the cells ask for them."),
            action=_("Settle"),
            action_url=reverse("cells:proposals"),
        )


@provider
def own_reconciliation(actor: Actor, today: dt.date) -> Iterable[Task]:
    """The cell's check-list, until the report is sent (V-B8)."""
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
def laggards(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Cells below that have not reported in time, and keepers with people who stand in no cell (V-B8)."""
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
    """Certificates, mandates, wards and absences whose day comes within 60 days, or has passed (practice 4.7)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not actor.may(Permission.EDIT_MEMBERS, own):
        return
    readable = [kind for kind, data_class in KINDS.items() if actor.reads(data_class)]
    until = today + dt.timedelta(days=EARLY)
    due = Reminder.objects.visible_to(actor).filter(member__organization=own, kind__in=readable, due_on__lte=until)
    late = Case(When(due_on__lt=today, then=Value(True)), default=Value(False))
    found = due.annotate(late=late).order_by("kind", "late").values_list("kind", "late")
    counted = list(found.annotate(n=Count("pk"), first=Min("due_on"), who=Min("member")))
    alone = Member.objects.visible_to(actor).in_bulk([who for *_rest, count, _first, who in counted if count == 1])
    for kind, is_late, count, first, who in counted:
        member = alone.get(who) if count == 1 else None
        ahead, passed = DAYS_SAID[ReminderKind(kind)]
        yield Task(
            text=f"{passed if is_late else ahead}:",
            link=member.full_name if member else "",
            link_url=reverse("members:detail", args=[who]) if member else "",
            detail="" if member else ngettext("%(n)s member", "%(n)s members", count) % {"n": count},
            due=first,
            action=_("Show all"),
            action_url=reverse("cells:reminders"),
        )
