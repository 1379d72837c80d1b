"""Tasks about electronic cards: orders, parcels, cards to hand out (U-8 to U-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.states import allowed
from registry.tallies import Scope, tally
from registry.tasks import Matter, Task, Waiting, matters, provider

from .enums import ACCEPTED_REQUESTS, PRODUCTION_REQUESTS, BatchState, DeliveryState, OrderState, RequestState
from .models import CardDelivery, CardOrder, CardRequest
from .rules import cards_of, check_consolidates, processing_day

#: Days within which the receiver confirms a parcel or an act of handing over.
DAYS_TO_CONFIRM = 7


def _may_order(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and own.charter.electronic_cards is not None and actor.may(Permission.ORDER_CARDS, own)


def _keeps_cards(actor: Actor) -> bool:
    return _may_order(actor) and actor.organization.keeps_cards  # type: ignore[union-attr]


def _consolidates(actor: Actor) -> bool:
    return _may_order(actor) and allowed(check_consolidates, actor.organization)


def _before_processing(actor: Actor, text: str) -> Task:
    """Return a task that is due on the next processing day."""
    due = processing_day(cards_of(actor.organization), timezone.now())  # type: ignore[arg-type]
    return Task(
        text=text,
        detail=_("Processed by the producer on %(day)s.") % {"day": day_text(due)},
        due=due,
        action=_("Look"),
        action_url=reverse("documents:cards"),
    )


def _drafts(scope: Scope) -> QuerySet[Any, Any]:
    drafts = CardRequest.objects.visible_to(scope.actor).filter(order__organization=scope.own)
    return tally(drafts.filter(order__state=OrderState.DRAFT, state=RequestState.DRAFT))


@provider(_keeps_cards, drafts=_drafts)
def orders_to_submit(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task if a draft order has members: it has to be submitted before the processing day (U-8)."""
    if count := waiting["drafts"].count:
        text = ngettext(
            "Submit the order of electronic cards: %(n)s member",
            "Submit the order of electronic cards: %(n)s members",
            count,
        )
        yield _before_processing(actor, text % {"n": count})


def _submitted(actor: Actor, own: Organization) -> QuerySet[CardOrder]:
    return CardOrder.objects.visible_to(actor).to_check(own)


def _to_check(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_submitted(scope.actor, scope.own), count=Count("pk"), first=Min("process_on"))


def _from_below(actor: Actor, _today: dt.date) -> QuerySet[CardOrder]:
    return _submitted(actor, actor.organization).select_related("organization")  # type: ignore[arg-type]


@matters("cards", gettext_lazy("Orders of electronic cards"), _consolidates, _from_below, day="process_on")
def order_to_check(order: CardOrder) -> Matter:
    """Return a submitted order as an item for decision, due on the day of its processing (U-8)."""
    return Matter(
        place=order.organization,
        came_on=order.submitted_on or order.process_on or timezone.localdate(),
        url=reverse("documents:card_order", args=[order.pk]),
        detail=f"№ {order.number}",
        due=order.process_on,
    )


@provider(_consolidates, submitted=_to_check)
def orders_to_check(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for submitted orders, which have to be checked before the processing day (U-8)."""
    found = waiting["submitted"]
    if found.count:
        text = ngettext("Check %(n)s order of electronic cards", "Check %(n)s orders of electronic cards", found.count)
        yield Task(
            text=text % {"n": found.count},
            detail=_("Accept the members, or return them with the reason."),
            due=found.first,
            action=_("Look"),
            action_url=reverse("documents:cards"),
        )


def _checked(scope: Scope) -> QuerySet[Any, Any]:
    found = CardRequest.objects.visible_to(scope.actor).filter(order__consolidator=scope.own)
    return tally(found.filter(state__in=ACCEPTED_REQUESTS))


@provider(_consolidates, checked=_checked)
def batch_to_send(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for accepted requests, which have to be sent before the processing day (U-8)."""
    if count := waiting["checked"].count:
        text = ngettext(
            "Send the consolidated order to the producer: %(n)s card",
            "Send the consolidated order to the producer: %(n)s cards",
            count,
        )
        yield _before_processing(actor, text % {"n": count})


def _late(scope: Scope) -> QuerySet[Any, Any]:
    found = CardRequest.objects.visible_to(scope.actor).filter(batch__organization=scope.own)
    waited = found.filter(batch__state=BatchState.SENT, state__in=PRODUCTION_REQUESTS)
    return tally(waited.filter(batch__ship_by__lt=scope.today), first=Min("batch__ship_by"), one=Min("batch"))


@provider(_consolidates, late=_late)
def parcels_overdue(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for cards that the producer should have sent by now (U-9)."""
    found = waiting["late"]
    if found.count:
        text = ngettext(
            "%(n)s electronic card is overdue at the producer",
            "%(n)s electronic cards are overdue at the producer",
            found.count,
        )
        yield Task(
            text=text % {"n": found.count},
            detail=_("The term of dispatch has passed. Ask the producer, then enter the parcel or the answer."),
            due=found.first,
            action=_("Look"),
            action_url=reverse("documents:card_batch", args=[found.one]),
        )


def _coming(scope: Scope) -> QuerySet[Any, Any]:
    coming = CardDelivery.objects.visible_to(scope.actor).filter(receiver=scope.own)
    return tally(coming.filter(state=DeliveryState.ON_THE_WAY), count=Count("pk"), first=Min("sent_on"), one=Min("pk"))


@provider(_may_order, coming=_coming)
def deliveries_to_confirm(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for deliveries that the receiver has to confirm (U-10)."""
    found = waiting["coming"]
    if found.count:
        text = ngettext(
            "Confirm the receipt of %(n)s parcel with electronic cards",
            "Confirm the receipt of %(n)s parcels with electronic cards",
            found.count,
        )
        yield Task(
            text=text % {"n": found.count},
            detail=_("Compare the cards with the list."),
            due=found.first + dt.timedelta(days=DAYS_TO_CONFIRM) if found.first else None,
            action=_("Compare"),
            action_url=reverse("documents:card_delivery", args=[found.one]),
        )


def _to_hand_out(scope: Scope) -> QuerySet[Any, Any]:
    held = CardRequest.objects.visible_to(scope.actor).in_hand(scope.own).filter(organization=scope.own)
    return tally(held)


@provider(_keeps_cards, held=_to_hand_out, never_late=True)
def cards_to_hand_out(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for arrived cards, which are handed out against signature, «ВЫДАН» (U-10)."""
    if count := waiting["held"].count:
        text = ngettext("Hand out %(n)s electronic card", "Hand out %(n)s electronic cards", count)
        yield Task(
            text=text % {"n": count},
            detail=_("Print the sheet for the signatures, then mark who has received a card."),
            action=_("Hand out"),
            action_url=reverse("documents:hand_out_cards"),
        )


def _to_hand_down(scope: Scope) -> QuerySet[Any, Any]:
    held = CardRequest.objects.visible_to(scope.actor).in_hand(scope.own)
    return tally(held.exclude(organization=scope.own))


@provider(_may_order, passing=_to_hand_down, never_late=True)
def cards_to_hand_down(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for cards of other organisations, which are handed over to them by an act (U-10)."""
    if count := waiting["passing"].count:
        text = ngettext(
            "Hand %(n)s electronic card over to its organisation",
            "Hand %(n)s electronic cards over to their organisations",
            count,
        )
        yield Task(
            text=text % {"n": count},
            detail=_("By an act that the receiver confirms."),
            action=_("Hand over"),
            action_url=reverse("documents:hand_cards_down"),
        )
