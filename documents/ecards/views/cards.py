"""Pages for handing out, blocking and destroying cards (U-10)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry import states
from registry.access import require
from registry.enums import Permission
from registry.requests import ids_in
from registry.states import refusal
from registry.views import ActorRequest, load, needs, posted

from ..enums import CardState, RequestState
from ..forms import BlockForm, DestroyForm, HandOutForm, NoteForm
from ..models import CardRequest, ElectronicCard
from ..rules import MAX_CARDS, check_can_destroy, check_not_on_the_way
from ..transitions import cards as transitions
from .pages import ask, own_keeper


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def hand_out(request: ActorRequest) -> HttpResponse:
    """List the cards that can be handed out, and record that the chosen ones were."""
    organization = own_keeper(request)
    lying = CardRequest.objects.visible_to(request.actor).to_hand_out(organization)
    rows = list(lying.select_related("member", "organization").order_by("member__sort_key", "pk")[:MAX_CARDS])
    chosen = ids_in(request.POST, most=MAX_CARDS + 1)
    step = partial(transitions.hand_out, organization.pk, requests=chosen, by=request.actor)
    return ask(
        request, HandOutForm(posted(request), initial={"on": timezone.localdate()}), step,
        title=_("Hand out cards"), button=_("Mark as handed out"), done=_("The cards are handed out: ВЫДАН."),
        lead=_("Print the sheet, let everybody sign, then tick who has received a card."),
        to=reverse("documents:hand_out_cards"), template="documents/ecards/pick.html", rows=rows,
        picked=set(chosen), nothing=_("No cards wait to be handed out."), here=True,
        may_print=request.actor.may(Permission.PRINT, organization) and bool(rows),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def give_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that an arrived card is not handed out."""
    found = load(CardRequest.objects.visible_to(request.actor).select_related("place", "organization", "member"), pk)
    require(request.actor, Permission.ORDER_CARDS, found.place or found.organization)
    step = partial(transitions.give_back, pk, by=request.actor)
    refused = refusal(states.check, found, RequestState.RETURNED, "U-10") or refusal(check_not_on_the_way, found)
    return ask(
        request, NoteForm(posted(request)), step, title=_("Not handed out: %(name)s") % {"name": found.name_shown},
        button=_("Record it"), lead=_("For a card that is spoiled or has a mistake. A new one can be ordered then."),
        done=_("It is recorded."), to=reverse("documents:cards"), refused=refused,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def block(request: ActorRequest, pk: int) -> HttpResponse:
    """Block a card that was lost, stolen or damaged."""
    card = _load(request, pk)
    step = partial(transitions.block_card, pk, by=request.actor)
    return ask(
        request, BlockForm(posted(request)), step, title=_named(_("Block the electronic card № %(number)s"), card),
        button=_("Block"),
        lead=_("The page of the card's code will say that the card is not valid. A new card can be ordered."),
        done=_("The card is blocked."), to=_page_of(card),
        refused=refusal(states.check, card, CardState.BLOCKED, "U-10"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def destroy(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that a blocked or replaced card was destroyed."""
    card = _load(request, pk)
    step = partial(transitions.destroy_card, pk, by=request.actor)
    form = DestroyForm(posted(request), initial={"on": timezone.localdate()})
    return ask(
        request, form, step, title=_named(_("Destroy the electronic card № %(number)s"), card),
        button=_("Record it"), done=_("It is recorded."), to=_page_of(card), refused=refusal(check_can_destroy, card),
    )  # fmt: skip


def _named(text: str, card: ElectronicCard) -> str:
    """Return the text with the card's number, followed by the name printed on the card."""
    return f"{text % {'number': card}}: {card.request.name_shown}".removesuffix(": ")


def _load(request: ActorRequest, pk: int) -> ElectronicCard:
    card = load(ElectronicCard.objects.visible_to(request.actor).select_related("request__organization", "member"), pk)
    require(request.actor, Permission.ORDER_CARDS, card.request.organization)
    return card


def _page_of(card: ElectronicCard) -> Any:
    member = card.member
    if member is None or member.unit_id is None:
        return reverse("documents:cards")
    return reverse("members:detail", args=[member.pk])
