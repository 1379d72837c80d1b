"""Tasks about cards: incomplete cards, tickets to issue, lost grounds of membership."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.admission.models import Representation
from members.admission.rules.representations import grounds_lost
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.queries import totals
from registry.tasks import Task, provider

from .models import CardMark, Member
from .rules.marks import tickets_to_replace

_SHOWN = 10


@provider
def incomplete_cards(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Cards with empty required fields (U-5a)."""
    if actor.organization is None or not actor.may(Permission.EDIT_MEMBERS, actor.organization):
        return
    # Includes cards of the cells, whose figures are stored with the cells.
    incomplete = totals(actor)["incomplete"] if actor.organization.keeps_cards else 0
    if incomplete:
        yield Task(
            text=ngettext("%(n)s card is not complete", "%(n)s cards are not complete", incomplete) % {"n": incomplete},
            detail=_("Required fields are empty."),
            action=_("Complete"),
            action_url=reverse("members:list") + "?complete=no",
        )


@provider
def tickets_to_give(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Admitted members receive their tickets, on the day named in the notice if it names one (V-A5, V-B3)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not own.charter.gives_tickets:
        return
    if not actor.may(Permission.EDIT_MEMBERS, own):
        return
    without = Member.objects.visible_to(actor).on_account().filter(organization=own, ticket_number="")
    found = without.aggregate(count=Count("pk", distinct=True), first=Min("application__pickup_on"))
    if found["count"]:
        text = ngettext("Give %(n)s member their ticket", "Give %(n)s members their tickets", found["count"])
        yield Task(
            text=text % {"n": found["count"]},
            detail=_("Write the number of the ticket into the card."),
            due=found["first"],
            action=_("Look"),
            action_url=reverse("members:list") + "?ticket=no",
        )


@provider
def tickets_with_a_former_name(actor: Actor, today: dt.date) -> Iterable[Task]:
    """A member changed their name: the ticket is replaced after a decision of the body (V-B5)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not actor.may(Permission.RUN_MEETINGS, own):
        return
    marks = tickets_to_replace(CardMark.objects.visible_to(actor), own)
    for mark in marks.select_related("member")[:_SHOWN]:
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


@provider
def grounds_of_membership_lost(actor: Actor, today: dt.date) -> Iterable[Task]:
    """A representative no longer represents anybody: the body decides whether they stay a member (V-A1)."""
    own = actor.organization
    if own is None or not own.keeps_cards or not own.charter.admission.representing:
        return
    if not actor.may(Permission.RUN_MEETINGS, own):
        return
    found = grounds_lost(Representation.objects.visible_to(actor), own)
    for ward in found.select_related("member")[:_SHOWN]:
        member = ward.member
        assert member is not None  # noqa: S101 — only those of members are asked for
        page = reverse("members:detail", args=[member.pk])
        forward = reverse("meetings:propose_member", args=[member.pk]) + "?kind=exclusion&exclusion_reason=no_ground"
        waits = ward.waits  # type: ignore[attr-defined]
        yield Task(
            text=_("The ground of membership is lost:"),
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
