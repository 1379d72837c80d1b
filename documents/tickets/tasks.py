"""Tasks about blanks: acts, sheets and tickets to issue, tickets of people who left, destruction, stock-taking (V-C1,
V-B15).
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.people.models import CardMark, Member
from registry.access import Actor
from registry.accounts.models import Appointment
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import PaperKind, PaperState
from .models import BlankPaper, BlankStock
from .queries.issuing import decisions
from .queries.writing_off import to_collect, uncounted, void_of, void_since

#: Days within which the receiver confirms an act.
DAYS_TO_CONFIRM = 14
DECEMBER = 12


def _keeps_blanks(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and bool(own.charter.blanks) and actor.may(Permission.KEEP_BLANKS, own)


def _issues(actor: Actor) -> bool:
    return _keeps_blanks(actor) and actor.organization.keeps_cards  # type: ignore[union-attr]


def _counted(papers: QuerySet[BlankPaper]) -> QuerySet[Any, Any]:
    return tally(papers, count=Count("pk"), first=Min("made_on"))


def _to_confirm(scope: Scope) -> QuerySet[Any, Any]:
    return _counted(BlankPaper.objects.visible_to(scope.actor).to_confirm().filter(receiver=scope.own))


@provider(_keeps_blanks, acts=_to_confirm)
def acts_to_confirm(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for acts that the receiver has to compare and confirm (V-C1)."""
    acts = waiting["acts"]
    if acts.count:
        text = ngettext(
            "Confirm the receipt of blanks by %(n)s act", "Confirm the receipt of blanks by %(n)s acts", acts.count
        )
        yield Task(
            text=text % {"n": acts.count},
            detail=_("Compare the numbers with what came; what is missing goes back to the giver."),
            due=acts.first + dt.timedelta(days=DAYS_TO_CONFIRM) if acts.first else None,
            action=_("Confirm"),
            action_url=reverse("documents:blanks"),
        )


def _unconfirmed(scope: Scope) -> QuerySet[Any, Any]:
    sent = BlankPaper.objects.visible_to(scope.actor).to_confirm().filter(organization=scope.own)
    return _counted(sent.filter(made_on__lt=scope.day(-DAYS_TO_CONFIRM)))


@provider(_keeps_blanks, acts=_unconfirmed)
def acts_not_confirmed(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for the giver about blanks that were not confirmed in time (V-C1)."""
    acts = waiting["acts"]
    if acts.count:
        text = ngettext(
            "%(n)s act of handing blanks down is not confirmed",
            "%(n)s acts of handing blanks down are not confirmed",
            acts.count,
        )
        yield Task(
            text=text % {"n": acts.count},
            detail=_("The receiver had 14 days. Ask them, or take the act back."),
            due=acts.first + dt.timedelta(days=DAYS_TO_CONFIRM) if acts.first else None,
            action=_("Look"),
            action_url=reverse("documents:blanks"),
        )


def _decided(scope: Scope) -> QuerySet[Any, Any]:
    here = Member.objects.visible_to(scope.actor).registered().filter(organization=scope.own)
    visible = CardMark.objects.visible_to(scope.actor).filter(pk__in=decisions().values("pk"), member__in=here)
    return tally(visible, count=Count("member", distinct=True), first=Min("made_on"))


@provider(_issues, decided=_decided, never_late=True)
def new_tickets_to_issue(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for tickets that a body has decided to replace; they are issued against signature (V-B5, V-C3)."""
    if count := waiting["decided"].count:
        yield Task(
            text=ngettext("Issue %(n)s ticket in place of another", "Issue %(n)s tickets in place of others", count)
            % {"n": count},
            detail=_("The body has decided; the former ticket is void when the new one is issued."),
            action=_("Issue"),
            action_url=reverse("documents:issue_blanks") + "?kind=ticket&why=duplicate",
        )


def _drafts(scope: Scope) -> QuerySet[Any, Any]:
    sheets = BlankPaper.objects.visible_to(scope.actor).filter(organization=scope.own, kind=PaperKind.ISSUE)
    return _counted(sheets.filter(state=PaperState.DRAFT))


@provider(_issues, drafts=_drafts, never_late=True)
def sheets_to_post(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for unposted sheets, whose members have no numbers yet (V-C3)."""
    if count := waiting["drafts"].count:
        yield Task(
            text=ngettext("Post %(n)s issue sheet", "Post %(n)s issue sheets", count) % {"n": count},
            detail=_("The numbers are given when the sheet is posted."),
            action=_("Look"),
            action_url=reverse("documents:issue_blanks"),
        )


def _writes_off(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and bool(own.charter.blanks) and actor.may(Permission.WRITE_OFF_BLANKS, own)


def _to_collect(scope: Scope) -> QuerySet[Any, Any]:
    return tally(to_collect(scope.own), first=Min("member__ended_on"))


@provider(_writes_off, waiting=_to_collect)
def tickets_to_collect(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for tickets of members who left, died or were excluded, due at the year's end (V-B14, V-B15)."""
    if count := waiting["waiting"].count:
        since = waiting["waiting"].first or waiting.today
        text = ngettext("Collect and cancel %(n)s ticket", "Collect and cancel %(n)s tickets", count)
        yield Task(
            text=text % {"n": count},
            detail=_("Of members who left, died or were excluded."),
            due=_end_of(since.year),
            action=_("Look"),
            action_url=reverse("documents:move_issued"),
        )


def _void(scope: Scope) -> QuerySet[Any, Any]:
    return tally(void_since(void_of(scope.own)), first=Min("since"))


@provider(_writes_off, void=_void)
def blanks_to_destroy(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for the year's act of destruction, in December and while it is overdue (V-B15)."""
    found = waiting["void"]
    if not found.count:
        return
    due = _end_of((found.first or waiting.today).year)
    if waiting.today < due.replace(day=1):
        return
    text = ngettext(
        "Destroy %(n)s void blank by an act of the commission",
        "Destroy %(n)s void blanks by an act of the commission",
        found.count,
    )
    yield Task(
        text=text % {"n": found.count},
        detail=_("Once a year, everything that is spoiled, returned or cancelled."),
        due=due,
        action=_("Look"),
        action_url=reverse("documents:destroy_blanks"),
    )


def _in_stock(scope: Scope) -> QuerySet[Any, Any]:
    return tally(BlankStock.objects.visible_to(scope.actor).filter(organization=scope.own, in_stock__gt=0))


@provider(_writes_off, stocks=_in_stock)
def stock_to_count(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for the stock-taking of the year, from the first day of its month until it is posted (V-C1)."""
    own = actor.organization
    if own is None or not own.charter.blanks_counted_in or not waiting.may_have("stocks"):
        return
    month, today = own.charter.blanks_counted_in, waiting.today
    begins = dt.date(today.year if today.month >= month else today.year - 1, month, 1)
    due = begins.replace(day=calendar.monthrange(begins.year, month)[1])
    for stock in uncounted(own, begins, due):
        yield Task(
            text=_("Count the stock of blanks: %(kind)s") % {"kind": stock.get_kind_display()},
            detail=_("Once a year, by a commission."),
            due=due,
            action=_("Count"),
            action_url=reverse("documents:count_blanks") + f"?kind={stock.kind}",
        )


def _left_by_keepers(scope: Scope) -> QuerySet[Any, Any]:
    working = Appointment.objects.visible_to(scope.actor).current(scope.today)
    at_work = working.filter(account=OuterRef("keeper"), organization=OuterRef("organization"))
    stocks = BlankStock.objects.visible_to(scope.actor).filter(organization=scope.own, keeper__isnull=False)
    return tally(stocks.filter(~Exists(at_work), in_stock__gt=0))


@provider(_writes_off, left=_left_by_keepers, never_late=True)
def keeper_to_name(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for stocks whose keeper no longer has an appointment in the organisation (V-C1, N-H2)."""
    if waiting["left"].count:
        yield Task(
            text=_("Name who keeps the blanks"),
            detail=_("The former keeper no longer works here. Count the stock when it is handed over."),
            action=_("Name the keeper"),
            action_url=reverse("documents:keeper_of_blanks"),
        )


def _end_of(year: int) -> dt.date:
    return dt.date(year, DECEMBER, 31)
