"""Pages of parcels and acts of handing over (U-9, U-10)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people.models import Member
from registry.access import require
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.requests import ids_in
from registry.states import may_become
from registry.views import ActorRequest, load, needs, posted, run_action, seen_among

from ..enums import DeliveryState
from ..forms import HandDownForm, ParcelForm
from ..models import CardDelivery, CardRequest
from ..rules import MAX_CARDS
from ..transitions import deliveries as transitions
from .pages import ask, own_consolidator, own_organization
from .prints import printer_of

#: Maximum number of organisations offered as receivers.
MAX_RECEIVERS = 500


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def parcel(request: ActorRequest) -> HttpResponse:
    """Enter a parcel of the producer with its cards."""
    organization = own_consolidator(request)
    made = CardRequest.objects.visible_to(request.actor).to_pack(organization)
    rows = _rows(made.order_by("batch", "position"))
    form = ParcelForm(posted(request), initial={"sent_on": timezone.localdate()})
    step = partial(transitions.record_parcel, organization.pk, requests=_chosen(request), by=request.actor)
    return ask(
        request, form, step, title=_("Parcel of the producer"), button=_("Enter the parcel"),
        lead=_("Tick the cards that the producer has sent. Confirm the receipt when the parcel has arrived."),
        done=_("The parcel is entered."), to=reverse("documents:cards"), template="documents/ecards/pick.html",
        rows=rows, picked=_picked(request, rows, everything=True),
        nothing=_("There are no made cards without a parcel."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def hand_down(request: ActorRequest) -> HttpResponse:
    """Hand cards over by an act to a subordinate or superior organisation."""
    organization = own_organization(request)
    require(request.actor, Permission.ORDER_CARDS, organization)
    lying = CardRequest.objects.visible_to(request.actor).in_hand(organization)
    rows = _rows(lying.order_by("organization__sort_key", "organization", "printed_name"))
    form = HandDownForm(
        posted(request), receivers=_receivers(request, organization, rows), initial={"sent_on": timezone.localdate()}
    )

    def step(receiver: int, **values: Any) -> CardDelivery:
        return transitions.hand_down(
            organization.pk, receiver_id=receiver, requests=_chosen(request), by=request.actor, **values
        )

    return ask(
        request, form, step, title=_("Hand cards over"), button=_("Make the act"),
        lead=_("The cards stay with you until the receiver has confirmed each card of the act."),
        done=_("The act is made. The cards are in transit until the receiver confirms them."),
        to=reverse("documents:cards"), template="documents/ecards/pick.html", rows=rows,
        picked=_picked(request, rows, everything=False), places=True,
        nothing=_("There are no cards here. They appear when you have confirmed a parcel or an act."),
    )  # fmt: skip


def _rows(found: Any) -> list[CardRequest]:
    return list(found.select_related("organization", "member")[:MAX_CARDS])


def _chosen(request: ActorRequest) -> list[int]:
    return ids_in(request.POST, most=MAX_CARDS + 1)


def _picked(request: ActorRequest, rows: Sequence[CardRequest], *, everything: bool) -> set[int]:
    if request.method == "POST":
        return set(_chosen(request))
    return {row.pk for row in rows} if everything else set()


def _receivers(request: ActorRequest, organization: Organization, rows: Sequence[CardRequest]) -> list[tuple[int, str]]:
    """Return the choices: organisations between here and the owners of the cards, then the superiors."""
    keepers = {row.organization_id: row.organization for row in rows}
    below = {pk for one in keepers.values() for pk in (*one.ancestor_ids, one.pk)}
    visible = Organization.objects.visible_to(request.actor).working().under(organization)
    found = visible.filter(pk__in=below).exclude(pk=organization.pk).order_by("sort_key", "pk")
    names = list(found.values_list("pk", "short_name")[:MAX_RECEIVERS])
    return names + [(one.pk, one.short_name) for one in reversed(organization.ancestors())]


@require_GET
@needs(Permission.VIEW_MEMBERS)
def delivery(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a parcel or an act with its cards; its receiver can confirm it."""
    found = _load(request, pk)
    lines = list(found.lines.select_related("request__organization", "request__member").order_by("position"))
    context = {
        "delivery": found,
        "lines": lines,
        "seen": seen_among(Member.objects.visible_to(request.actor), [line.request.member_id for line in lines]),
        "may_print": found.giver is not None and request.actor.may(Permission.PRINT, printer_of(found, request.actor)),
        "may_confirm": request.actor.may(Permission.ORDER_CARDS, found.receiver)
        and may_become(found, DeliveryState.RECEIVED),
    }
    return render(request, "documents/ecards/delivery.html", context)


def _load(request: ActorRequest, pk: int) -> CardDelivery:
    return load(CardDelivery.objects.visible_to(request.actor).select_related("giver", "receiver__federation"), pk)


@require_POST
@needs(Permission.ORDER_CARDS)
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm which cards of a parcel or an act have arrived."""
    _load(request, pk)
    step = partial(transitions.confirm_delivery, pk, arrived=_chosen(request), by=request.actor)
    done = _("The receipt is confirmed. Missing cards stay with the giver.")
    return run_action(request, step, done, reverse("documents:card_delivery", args=[pk]))
