"""Tasks about transfers: requests to answer or decide, cards long in transit, cards to destroy (N-S2, U-5, V-B12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.book.enums import RegistrationReason
from members.people.enums import Category
from members.people.models import Member, MemberQuerySet
from registry.access import Actor, in_scope
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.tallies import Scope, Tally, tally
from registry.tasks import Matter, Task, Waiting, keeps, matters, provider

from .enums import TransferState
from .models import Transfer
from .rules.erasing import applications_due, applications_due_for_erasing, cards_due, due_for_erasing, left_papers_to
from .rules.transfers import is_common_superior, other_side

#: Number of calendar days in transit after which the sender has to inquire about the card.
LONG_ON_THE_WAY = 30
#: Calendar days from the end of retention within which a card has to be destroyed (152-ФЗ art. 21 p. 4).
LAWFUL_DAYS = 30
_MAX_SHOWN = 10


def _moves_members(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.MOVE_MEMBERS, actor.organization)


def _asked(actor: Actor, own: Organization) -> QuerySet[Transfer]:
    asked = Transfer.objects.visible_to(actor).filter(Q(source=own) | Q(target=own), state=TransferState.REQUESTED)
    return asked.exclude(asked_by=own)


@provider(_moves_members, asked=lambda scope: tally(_asked(scope.actor, scope.own)))
def requests_to_answer(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Return requests for transfer from other organisations, with the last day for an answer (U-5)."""
    own = actor.organization
    if own is None or not waiting.may_have("asked"):
        return
    for transfer in _asked(actor, own).select_related("asked_by", "source", "target")[:_MAX_SHOWN]:
        if other_side(transfer) == own:
            yield Task(
                text=_("Answer the request for a transfer:"),
                link=transfer.person_name,
                link_url=reverse("moves:detail", args=[transfer.pk]),
                detail=_("Requested by «%(name)s».") % {"name": transfer.asked_by},
                due=transfer.answer_by,
                action=_("Answer"),
                action_url=reverse("moves:detail", args=[transfer.pk]),
            )


def _silent(actor: Actor, today: dt.date) -> QuerySet[Transfer]:
    return Transfer.objects.visible_to(actor).filter(state=TransferState.REQUESTED, answer_by__lt=today)


def _arbitrates(actor: Actor) -> bool:
    return actor.may(Permission.ARBITRATE)


def _to_arbitrate(actor: Actor, today: dt.date) -> QuerySet[Transfer]:
    """Return the overdue requests between organisations that are both below the actor's."""
    between = in_scope(actor, "source__") & in_scope(actor, "target__")
    found = _silent(actor, today).filter(between).exclude(source=actor.organization).exclude(target=actor.organization)
    return found.select_related("source", "target", "asked_by")


@matters(
    "transfers", gettext_lazy("Transfers in silence"), _arbitrates, _to_arbitrate, place="asked_by", day="answer_by"
)
def transfer_to_decide(transfer: Transfer) -> Matter:
    """Return a request that was not answered in time as an item for decision (U-5)."""
    return Matter(
        place=transfer.asked_by or transfer.source,
        came_on=transfer.started_on,
        url=reverse("moves:detail", args=[transfer.pk]),
        detail=transfer.person_name,
        due=transfer.answer_by,
    )


@provider(_arbitrates, silent=lambda scope: tally(_silent(scope.actor, scope.today)))
def silent_requests(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Return requests not answered in time, which the common superior decides (U-5)."""
    if not waiting.may_have("silent"):
        return
    for transfer in _silent(actor, waiting.today).select_related("source", "target")[:_MAX_SHOWN]:
        # The nearest common superior has the task; those above it see the transfer too.
        if is_common_superior(transfer, actor):
            yield Task(
                text=_("Decide on the transfer:"),
                link=transfer.person_name,
                link_url=reverse("moves:detail", args=[transfer.pk]),
                detail=_("«%(name)s» did not answer.") % {"name": other_side(transfer).short_name},
                due=transfer.answer_by,
                action=_("Decide"),
                action_url=reverse("moves:detail", args=[transfer.pk]),
            )


def _lost(actor: Actor, own: Organization, since: dt.date) -> QuerySet[Transfer]:
    lost = Transfer.objects.visible_to(actor).filter(state=TransferState.IN_TRANSIT, started_on__lte=since)
    return lost.filter(source=own)


@provider(
    _moves_members,
    lost=lambda scope: tally(_lost(scope.actor, scope.own, scope.day(-LONG_ON_THE_WAY))),
    never_late=True,
)
def long_on_the_way(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Return cards that left this organisation long ago and have not arrived anywhere (V-B12)."""
    own = actor.organization
    if own is None or not waiting.may_have("lost"):
        return
    for transfer in _lost(actor, own, waiting.today - dt.timedelta(days=LONG_ON_THE_WAY))[:_MAX_SHOWN]:
        yield Task(
            text=_("In transit for a long time:"),
            link=transfer.person_name,
            link_url=reverse("moves:detail", args=[transfer.pk]),
            detail=_("Nobody has opened the card since %(day)s. Ask the member.")
            % {"day": day_text(transfer.started_on)},
            action=_("Look"),
            action_url=reverse("moves:detail", args=[transfer.pk]),
        )


def _placeless(actor: Actor, own: Organization) -> MemberQuerySet:
    """Return members who arrived by a transfer and whose required place of work or study is unknown."""
    excused = [category for category in Category.values if "workplace" in own.charter.excused_of(category)]
    arrived = {"registrations__ended_on__isnull": True, "registrations__start_reason": RegistrationReason.ARRIVAL}
    cards = Member.objects.visible_to(actor).registered().filter(organization=own, workplace="", **arrived)
    return cards.exclude(category__in=excused)


@provider(
    lambda actor: keeps(Permission.EDIT_MEMBERS)(actor) and actor.organization.charter.by_workplace,  # type: ignore[union-attr]
    placeless=lambda scope: tally(_placeless(scope.actor, scope.own)),
    never_late=True,
)
def places_of_work(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Return members who arrived without their new place of work or study (U-5)."""
    own = actor.organization
    if own is None or not waiting.may_have("placeless"):
        return
    for member in _placeless(actor, own).alphabetical()[:_MAX_SHOWN]:
        yield Task(
            text=_("Enter the place of work or study:"),
            link=member.full_name,
            link_url=reverse("members:detail", args=[member.pk]),
            detail=_("After a transfer the former place does not stay on the card."),
            action=_("Enter"),
            action_url=reverse("members:edit", args=[member.pk]) + "?missing",
        )


def _left_papers(scope: Scope) -> QuerySet[Any, Any]:
    """Return ended organisations whose records this one took over, directly or through another ended one."""
    return tally(left_papers_to(scope.own))


@provider(
    lambda actor: actor.organization is not None and actor.may(Permission.ERASE, actor.organization),
    cards=lambda scope: tally(cards_due(scope.today).filter(last_organization=scope.own), first=Min("erase_after")),
    applications=lambda scope: tally(
        applications_due(scope.today).filter(organization=scope.own), first=Min("erase_after")
    ),
    left=_left_papers,
)
def cards_to_erase(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Return sealed cards and ended applications whose retention period has ended (V-B14, V-A6, 152-ФЗ art.

    21).
    """
    own = actor.organization
    if own is None:
        return
    cards, applications = waiting["cards"], waiting["applications"]
    if waiting["left"].count:
        cards = _outlived(due_for_erasing(own, waiting.today))
        applications = _outlived(applications_due_for_erasing(own, waiting.today))
    if cards.first is not None:
        text = ngettext(
            "Destroy %(n)s card whose retention period has ended",
            "Destroy %(n)s cards whose retention periods have ended",
            cards.count,
        )
        yield _destroy(text, count=cards.count, first=cards.first)
    if applications.first is not None:
        text = ngettext(
            "Destroy %(n)s application whose retention period has ended",
            "Destroy %(n)s applications whose retention periods have ended",
            applications.count,
        )
        yield _destroy(text, count=applications.count, first=applications.first)


def _outlived(due: QuerySet[Any]) -> Tally:
    return Tally(**due.order_by().aggregate(count=Count("pk"), first=Min("erase_after")))


def _destroy(text: str, *, count: int, first: dt.date) -> Task:
    return Task(
        text=text % {"n": count},
        detail=_("The law gives thirty days for it."),
        due=first + dt.timedelta(days=LAWFUL_DAYS),
        action=_("Look"),
        action_url=reverse("moves:erasing"),
    )
