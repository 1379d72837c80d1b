"""Tasks about blanks: acts to confirm, acts that nobody confirms, tickets to issue, sheets that wait (V-C1, V-C3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.people.models import CardMark, Member
from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import PaperKind, PaperState
from .models import BlankPaper
from .queries.issuing import decisions

#: Days within which the receiver confirms an act of handing down.
DAYS_TO_CONFIRM = 14


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
    """The receiver compares the numbers and confirms the act (V-C1)."""
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
    """The giver asks after blanks that nobody confirmed in time (V-C1)."""
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


@provider(_issues, decided=_decided)
def new_tickets_to_issue(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """A body decided on a new ticket, which is issued against signature (V-B5, V-C3)."""
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


@provider(_issues, drafts=_drafts)
def sheets_to_post(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """A sheet was prepared and not posted: nobody on it has a number yet (V-C3)."""
    if count := waiting["drafts"].count:
        yield Task(
            text=ngettext("Post %(n)s issue sheet", "Post %(n)s issue sheets", count) % {"n": count},
            detail=_("The numbers are given when the sheet is posted."),
            action=_("Look"),
            action_url=reverse("documents:issue_blanks"),
        )
