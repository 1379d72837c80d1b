"""Tasks about cards: incomplete cards, tickets to issue, lost grounds of membership."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.tickets.models import BlankRange
from members.admission.models import Representation
from members.admission.rules.representations import grounds_lost
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, keeps, provider

from .models import CardMark, Member, SearchRequest
from .rules.marks import tickets_to_replace

_MAX_SHOWN = 10


@provider(keeps(Permission.EDIT_MEMBERS), never_late=True)
def incomplete_cards(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for cards with empty required fields (U-5a)."""
    # Includes cards of the cells, whose figures are stored with the cells.
    if incomplete := waiting.sums["incomplete"]:
        yield Task(
            text=ngettext("%(n)s card is not complete", "%(n)s cards are not complete", incomplete) % {"n": incomplete},
            detail=_("Required fields are empty."),
            action=_("Complete"),
            action_url=reverse("members:list") + "?complete=no",
        )


def _searches(scope: Scope) -> QuerySet[Any, Any]:
    return tally(SearchRequest.objects.visible_to(scope.actor).waiting().filter(organization__parent=scope.own))


@provider(
    lambda actor: actor.organization is not None and actor.may(Permission.MANAGE_ACCOUNTS, actor.organization),
    searches=_searches,
    never_late=True,
)
def searches_to_allow(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for officers below who have found the maximum number of people elsewhere in a day (N-A1)."""
    if count := waiting["searches"].count:
        text = ngettext(
            "%(n)s officer found many people of other organisations",
            "%(n)s officers found many people of other organisations",
            count,
        )
        yield Task(
            text=text % {"n": count},
            detail=_("Ask what list it is, then allow more."),
            action=_("Look"),
            action_url=reverse("members:searches"),
        )


def _without_ticket(scope: Scope) -> QuerySet[Any, Any]:
    without = Member.objects.visible_to(scope.actor).registered().filter(organization=scope.own, ticket_number="")
    return tally(without, count=Count("pk", distinct=True), first=Min("application__pickup_on"))


def _tickets_in_stock(scope: Scope) -> QuerySet[Any, Any]:
    return tally(BlankRange.objects.visible_to(scope.actor).in_stock().filter(organization=scope.own, kind="ticket"))


@provider(
    lambda actor: keeps(Permission.EDIT_MEMBERS)(actor) and "ticket" in actor.organization.charter.blanks,  # type: ignore[union-attr]
    without=_without_ticket,
    stock=_tickets_in_stock,
)
def tickets_to_give(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for tickets of admitted members, due on the day in the notice if it has one (V-A5, V-B3)."""
    if count := waiting["without"].count:
        issues = waiting["stock"].count > 0 and actor.may(Permission.KEEP_BLANKS)
        text = ngettext("Give %(n)s member their ticket", "Give %(n)s members their tickets", count)
        yield Task(
            text=text % {"n": count},
            detail=_("Make an issue sheet: it gives the next numbers of your stock.")
            if issues
            else _("Enter the number of the ticket on the card."),
            due=waiting["without"].first,
            action=_("Issue") if issues else _("Look"),
            action_url=reverse("documents:issue_blanks") + "?kind=ticket&why=first"
            if issues
            else reverse("members:list") + "?ticket=no",
        )


def _former_names(actor: Actor, own: Organization) -> QuerySet[CardMark]:
    return tickets_to_replace(CardMark.objects.visible_to(actor), own)


@provider(
    keeps(Permission.RUN_MEETINGS), marks=lambda scope: tally(_former_names(scope.actor, scope.own)), never_late=True
)
def tickets_with_a_former_name(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for tickets with a former name, which are replaced after a decision of the body (V-B5)."""
    if not waiting.may_have("marks") or actor.organization is None:
        return
    for mark in _former_names(actor, actor.organization).select_related("member")[:_MAX_SHOWN]:
        page = reverse("members:accounting", args=[mark.member_id])
        forward = reverse("meetings:propose_member", args=[mark.member_id]) + "?kind=duplicate&ticket_reason=name"
        day = {"day": day_text(mark.made_on)}
        waits = mark.waits  # type: ignore[attr-defined]
        yield Task(
            text=_("Replace the ticket:"),
            link=mark.member.full_name,
            link_url=page,
            detail=_("The name was changed on %(day)s; the new ticket waits for a decision.") % day
            if waits
            else _("The name was changed on %(day)s. Put the new ticket on the agenda.") % day,
            action=_("Look") if waits else _("Put forward"),
            action_url=page if waits else forward,
        )


def _grounds(actor: Actor, own: Organization) -> QuerySet[Representation]:
    return grounds_lost(Representation.objects.visible_to(actor), own)


@provider(
    lambda actor: keeps(Permission.RUN_MEETINGS)(actor) and bool(actor.organization.charter.admission.representing),  # type: ignore[union-attr]
    grounds=lambda scope: tally(_grounds(scope.actor, scope.own)),
    never_late=True,
)
def grounds_of_membership_lost(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for members who represent nobody any longer; the body decides whether they stay (V-A1)."""
    if not waiting.may_have("grounds") or actor.organization is None:
        return
    for ward in _grounds(actor, actor.organization).select_related("member")[:_MAX_SHOWN]:
        member = ward.member
        assert member is not None  # noqa: S101 — only those of members are asked for
        page = reverse("members:detail", args=[member.pk])
        forward = reverse("meetings:propose_member", args=[member.pk]) + "?kind=exclusion&exclusion_reason=no_ground"
        waits = ward.waits  # type: ignore[attr-defined]
        yield Task(
            text=_("The ground for membership is lost:"),
            link=member.full_name,
            link_url=page,
            detail=(
                _("Has represented nobody since %(day)s; the question waits for a decision.")
                if waits
                else _("Has represented nobody since %(day)s. Put the question on the agenda, or change the category.")
            )
            % {"day": day_text(ward.ended_on)},
            action=_("Look") if waits else _("Put forward"),
            action_url=page if waits else forward,
        )
