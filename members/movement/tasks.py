"""Tasks about transfers: requests to answer or decide, cards long in transit, cards to destroy (N-S2, U-5, V-B12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.tasks import Task, provider

from .enums import TransferState
from .models import Transfer
from .rules.erasing import applications_due_for_erasing, due_for_erasing
from .rules.transfers import is_common_superior, other_side

#: Calendar days in transit after which somebody has to ask about the card.
LONG_ON_THE_WAY = 30
#: Calendar days from the end of retention within which a card has to be destroyed (152-ФЗ art. 21 p. 4).
LAWFUL_DAYS = 30
_SHOWN = 10


@provider
def requests_to_answer(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Transfers requested by the other organisation, with the day until which to answer (U-5)."""
    own = actor.organization
    if own is None or not actor.may(Permission.MOVE_MEMBERS, own):
        return
    asked = Transfer.objects.visible_to(actor).filter(Q(source=own) | Q(target=own), state=TransferState.REQUESTED)
    for transfer in asked.exclude(asked_by=own).select_related("asked_by", "source", "target")[:_SHOWN]:
        if other_side(transfer) == own:
            yield Task(
                text=_("Answer the request for a transfer:"),
                link=transfer.person_name,
                link_url=reverse("moves:detail", args=[transfer.pk]),
                detail=_("Asked by «%(name)s».") % {"name": transfer.asked_by},
                due=transfer.answer_by,
                action=_("Answer"),
                action_url=reverse("moves:detail", args=[transfer.pk]),
            )


@provider
def silent_requests(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Requests not answered in time, for the common superior to decide (U-5)."""
    if not actor.may(Permission.ARBITRATE):
        return
    silent = Transfer.objects.visible_to(actor).filter(state=TransferState.REQUESTED, answer_by__lt=today)
    for transfer in silent.select_related("source", "target")[:_SHOWN]:
        # The nearest common superior has the task; superiors above also see the transfer.
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


@provider
def long_on_the_way(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Cards that left this organisation and arrived nowhere (V-B12)."""
    own = actor.organization
    if own is None or not actor.may(Permission.MOVE_MEMBERS, own):
        return
    since = today - dt.timedelta(days=LONG_ON_THE_WAY)
    lost = Transfer.objects.visible_to(actor).filter(source=own, state=TransferState.IN_TRANSIT, started_on__lte=since)
    for transfer in lost[:_SHOWN]:
        yield Task(
            text=_("In transit for a long time:"),
            link=transfer.person_name,
            link_url=reverse("moves:detail", args=[transfer.pk]),
            detail=_("Nobody has opened the card since %(day)s. Ask the member.")
            % {"day": day_text(transfer.started_on)},
            action=_("Look"),
            action_url=reverse("moves:detail", args=[transfer.pk]),
        )


@provider
def cards_to_erase(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Sealed cards and ended applications to destroy, because their retention has ended (V-B14, V-A6, 152-ФЗ art.

    21).
    """
    own = actor.organization
    if own is None or not actor.may(Permission.ERASE, own):
        return
    cards = _outlived(due_for_erasing(own, today))
    if cards["count"]:
        text = ngettext(
            "Destroy %(n)s card whose retention term has ended",
            "Destroy %(n)s cards whose retention terms have ended",
            cards["count"],
        )
        yield _destroy(text, **cards)
    applications = _outlived(applications_due_for_erasing(own, today))
    if applications["count"]:
        text = ngettext(
            "Destroy %(n)s application whose retention term has ended",
            "Destroy %(n)s applications whose retention terms have ended",
            applications["count"],
        )
        yield _destroy(text, **applications)


def _outlived(due: QuerySet[Any]) -> dict[str, Any]:
    return due.order_by().aggregate(count=Count("pk"), first=Min("erase_after"))


def _destroy(text: str, *, count: int, first: dt.date) -> Task:
    return Task(
        text=text % {"n": count},
        detail=_("The law gives thirty days for it."),
        due=first + dt.timedelta(days=LAWFUL_DAYS),
        action=_("Look"),
        action_url=reverse("moves:erasing"),
    )
