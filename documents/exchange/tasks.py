"""Tasks of the exchange: overdue messages, files to hand over, a programme that accepts no more messages (U-7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .enums import Channel
from .models import ExchangeFile, ExchangeSettings, OutboxEntry


def _handles_messages(actor: Actor) -> bool:
    """Return whether the actor exports data for an organisation with members or for the head; others need no task."""
    own = actor.organization
    if own is None or not own.charter.programme_site or not actor.may(Permission.EXPORT, own):
        return False
    return own.keeps_cards or own.parent_id is None


def _overdue(scope: Scope) -> QuerySet[Any, Any]:
    sending = (
        OutboxEntry.objects.visible_to(scope.actor).unconfirmed().exclude(federation__exchange__channel=Channel.OFF)
    )
    # The rule allows one day.
    return tally(sending.filter(federation__exchange__isnull=False, since__lte=scope.moment(-1)))


@provider(_handles_messages, overdue=_overdue)
def overdue_messages(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for the messages that were not confirmed within 24 hours (U-7)."""
    overdue = waiting["overdue"]
    if overdue.count:
        text = ngettext(
            "The bonus programme has not confirmed %(n)s message",
            "The bonus programme has not confirmed %(n)s messages",
            overdue.count,
        )
        yield Task(
            text=text % {"n": overdue.count},
            detail=_("Messages have to be confirmed within 24 hours. The list shows what went wrong."),
            due=waiting.today,
            action=_("Look"),
            action_url=reverse("documents:programme"),
        )


def _to_pick_up(scope: Scope) -> QuerySet[Any, Any]:
    return tally(ExchangeFile.objects.visible_to(scope.actor).waiting())


@provider(_handles_messages, files=_to_pick_up)
def files_to_pick_up(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for files that nobody has downloaded, which the head hands over to the programme (U-7)."""
    if count := waiting["files"].count:
        text = ngettext(
            "Download %(n)s file for the bonus programme", "Download %(n)s files for the bonus programme", count
        )
        yield Task(
            text=text % {"n": count},
            detail=_("Hand it over to the programme: its messages have to arrive within 24 hours."),
            due=waiting.today,
            action=_("Look"),
            action_url=reverse("documents:programme"),
        )


def _administers(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and bool(own.charter.programme_site) and actor.administers


def _gone(scope: Scope) -> QuerySet[Any, Any]:
    return tally(ExchangeSettings.objects.visible_to(scope.actor).filter(gone_at__isnull=False))


@provider(_administers, gone=_gone)
def programme_gone(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task if the programme accepts no more messages; nothing is sent until the address is changed (U-7)."""
    if waiting["gone"].count:
        yield Task(
            text=_("The bonus programme accepts no more messages at its address"),
            detail=_("The exchange was switched off. Ask the programme for the new address."),
            due=waiting.today,
            action=_("Settings"),
            action_url=reverse("documents:programme_settings"),
        )
