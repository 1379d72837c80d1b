"""Printing of orders, hand-out sheets and faces of cards (U-8, U-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from documents.papers import card_act, card_face, card_order, card_sheet
from documents.papers.blank_words import render_pages
from documents.printing.core import Batch, Paper, batch_for
from documents.printing.rules import check_readable
from documents.printing.transitions import record_blank, record_other_print
from registry import answers
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.requests import ids_in, number_in, say_missing
from registry.states import allowed
from registry.views import ActorRequest, load, needs, say_violation

from .. import rules
from ..models import CardBatch, CardDelivery, CardOrder, CardRequest
from .pages import own_keeper

#: Maximum number of card faces in one PDF.
MAX_FACES = 100
#: Papers that can also be printed empty.
EMPTY = {paper.code: paper for paper in (card_order.ORDER, card_act.ACT, card_sheet.SHEET)}


def _print(
    request: ActorRequest, paper: Paper, pages: Sequence[Mapping[str, Any]], about: Any, batch: Batch, rule: str
) -> HttpResponse:
    data = render_pages(paper, pages, batch)
    record_other_print(paper.code, about, organization=batch.organization, code=batch.code, by=request.actor, rule=rule)
    return answers.paper(data, paper.code)


def _batch(request: ActorRequest, paper: Paper, organization: Organization) -> Batch:
    check_readable(paper.data_classes, by=request.actor)
    require(request.actor, Permission.PRINT, organization)
    # The face of a card has no footer with a verification code; it shows the code of the card itself.
    return batch_for(request.actor, organization, blank=paper is card_face.FACE)


@require_POST
@needs(Permission.PRINT)
def print_order(request: ActorRequest, pk: int) -> HttpResponse:
    """Print an order with its members."""
    related = ("organization__federation", "consolidator")
    order = load(CardOrder.objects.visible_to(request.actor).select_related(*related), pk)
    batch = _batch(request, card_order.ORDER, order.organization)
    return _print(request, card_order.ORDER, card_order.build(order, batch), order, batch, "U-8")


@require_POST
@needs(Permission.PRINT)
def print_act(request: ActorRequest, pk: int) -> HttpResponse:
    """Print an act of handing over, for its giver or its receiver."""
    acts = CardDelivery.objects.visible_to(request.actor).filter(giver__isnull=False)
    act = load(acts.select_related("giver__federation", "receiver__federation"), pk)
    batch = _batch(request, card_act.ACT, printer_of(act, request.actor))
    return _print(request, card_act.ACT, card_act.build(act, batch), act, batch, "U-10")


def printer_of(act: CardDelivery, actor: Actor) -> Organization:
    """Return the organisation that prints the act: the giver if the actor may print there, else the receiver."""
    giver = act.giver
    return giver if giver is not None and actor.may(Permission.PRINT, giver) else act.receiver


@require_POST
@needs(Permission.PRINT)
def print_sheet(request: ActorRequest) -> HttpResponse:
    """Print the hand-out sheet of the selected cards, or of all that can be handed out."""
    organization = own_keeper(request)
    batch = _batch(request, card_sheet.SHEET, organization)
    lying = CardRequest.objects.visible_to(request.actor).to_hand_out(organization).select_related("member")
    if chosen := ids_in(request.POST, most=rules.MAX_CARDS):
        lying = lying.filter(pk__in=chosen)
        say_missing(request, chosen, lying.values_list("pk", flat=True))
    requests = list(lying.order_by("member__sort_key", "pk")[: rules.MAX_CARDS])
    pages = card_sheet.build(requests, batch)
    return _print(request, card_sheet.SHEET, pages, organization, batch, "U-10")


@require_POST
@needs(Permission.PRINT)
def print_empty(request: ActorRequest, code: str) -> HttpResponse:
    """Print an empty order or hand-out sheet, to be filled in by hand."""
    organization = own_keeper(request)
    if code not in EMPTY:
        raise Http404
    paper = EMPTY[code]
    require(request.actor, Permission.PRINT, organization)
    batch = batch_for(request.actor, organization, blank=True)
    data = render_pages(paper, paper.build(None, batch), batch)
    record_blank(paper.code, by=request.actor)
    return answers.paper(data, paper.code)


@require_POST
@needs(Permission.PRINT)
def print_faces(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the faces of `MAX_FACES` cards of an order; `part` is the number of the portion, from 0."""
    found = load(CardBatch.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    if not allowed(rules.check_printed_here, found):
        raise Http404
    require(request.actor, Permission.ORDER_CARDS, found.organization)
    batch = _batch(request, card_face.FACE, found.organization)
    try:
        rules.check_is_sent(found)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("documents:card_batch", pk)
    first = MAX_FACES * (number_in(request.POST.get("part", ""), 2) or 0)
    requests = CardRequest.objects.visible_to(request.actor).filter(batch=found, photo__isnull=False)
    requests = requests.select_related("photo")
    pages = card_face.build(list(requests.order_by("position")[first : first + MAX_FACES]), batch)
    if not pages:
        raise Http404
    return _print(request, card_face.FACE, pages, found, batch, "U-8")
