"""Pages of orders: choosing members, the order itself, checking by the region (U-8)."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.printing.views import back_to_list
from members.people.filters import selected_ids
from members.people.models import Member
from members.people.search import matching
from registry import states
from registry.access import require, usable
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.requests import ids_in
from registry.states import allowed, may_become, refusal
from registry.views import ActorRequest, load, needs, page_of, posted, run_action, say_violation, seen_among

from ..contents import LACKS
from ..enums import SUBMITTED_ORDERS, OrderState, RequestReason, RequestState
from ..forms import ChooseForm, ReplacementForm
from ..models import CardOrder, CardRequest
from ..queries.readiness import candidates, ready, without_card
from ..rules import (
    MAX_LINES,
    cards_of,
    check_filled,
    check_is_draft,
    check_no_other_draft,
    check_reason,
    processing_day,
)
from ..transitions import orders as transitions
from .pages import ask, days_of_production, own_keeper

#: Obstacle to a card → URL of the page where it can be removed.
_PAGES = {
    "card": lambda pk: reverse("members:edit", args=[pk]) + "?missing",
    "photo": lambda pk: reverse("members:change_photo", args=[pk]),
    "processing": lambda pk: reverse("documents:mark_consent", args=[pk]),
    "transfer": lambda pk: reverse("documents:mark_consent", args=[pk]) + "?purpose=transfer",
}


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def choose(request: ActorRequest) -> HttpResponse:
    """List the members without a card, with their obstacles; add the chosen ones to the order."""
    organization = own_keeper(request)
    form = ChooseForm(request.GET)
    people = _found(without_card(organization, request.actor), form)
    if request.method == "POST":
        if request.POST.get("all") == "1":
            chosen: Collection[int] = list(
                people.order_by("sort_key", "pk").values_list("pk", flat=True)[: MAX_LINES + 1]
            )
        else:
            chosen = ids_in(request.POST, most=MAX_LINES + 1)
        return _add(request, organization, chosen, back=request.get_full_path())
    page = page_of(request, people.order_by("sort_key", "pk").values_list("pk", flat=True))
    here = Member.objects.visible_to(request.actor).filter(pk__in=list(page.object_list))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "rows": [(one, [(LACKS[key], _PAGES[key](one.member.pk)) for key in one.lacks]) for one in candidates(here)],
        "draft": CardOrder.objects.visible_to(request.actor)
        .filter(organization=organization, state=OrderState.DRAFT)
        .first(),
    }
    return render(request, "documents/ecards/choose.html", context)


def _found(people: QuerySet[Member], form: ChooseForm) -> QuerySet[Member]:
    form.is_valid()
    asked = form.cleaned_data
    condition = matching(asked.get("q"))
    if condition is not None:
        people = people.filter(condition)
    who = asked.get("who") or "ready"
    if who == "ready":
        return ready(people)
    return people.exclude(pk__in=ready(people).values("pk")) if who == "lacking" else people


def _add(request: ActorRequest, organization: Organization, chosen: Collection[int], *, back: str) -> HttpResponse:
    try:
        order = transitions.add_to_order(organization.pk, members=chosen, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect(back)
    messages.success(request, _("The members are in the order. Look through it, then submit it."))
    return redirect("documents:card_order", order.pk)


@require_POST
@needs(Permission.ORDER_CARDS)
def order_chosen(request: ActorRequest) -> HttpResponse:
    """Add the members selected in the list of members to the order."""
    organization = own_keeper(request)
    ids = selected_ids(request, request.actor)
    if not ids:
        messages.warning(request, _("Nobody is selected. Tick the people first."))
        return redirect(back_to_list(request))
    return _add(request, organization, ids[: MAX_LINES + 1], back=back_to_list(request))


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def another(request: ActorRequest, pk: int) -> HttpResponse:
    """Order another card for a member who has a valid one."""
    member = load(Member.objects.visible_to(request.actor).registered().select_related("organization"), pk)
    require(request.actor, Permission.ORDER_CARDS, member.organization)
    step = partial(transitions.add_to_order, member.organization_id or 0, members=[member.pk], by=request.actor)
    (found,) = candidates(Member.objects.visible_to(request.actor).filter(pk=pk))
    refused = refusal(check_reason, found, RequestReason.NAME)
    return ask(
        request, ReplacementForm(posted(request)), step, title=_("Another electronic card"),
        button=_("Put into the order"),
        lead=_("The current card stays valid until the new one is handed out."),
        done=_("The member is in the order of the organisation."), to=reverse("members:detail", args=[member.pk]),
        refused=refused,
    )  # fmt: skip


@require_GET
@needs(Permission.VIEW_MEMBERS)
def order(request: ActorRequest, pk: int) -> HttpResponse:
    """Show an order with its members and buttons."""
    found = _load(request, pk)
    actor = request.actor
    orders = actor.may(Permission.ORDER_CARDS, found.organization)
    requests = found.requests.filter(usable("member__")).exclude(state=RequestState.CANCELLED).select_related("member")
    lines = page_of(request, requests.order_by("member__sort_key", "pk"), MAX_LINES)
    context = {
        "order": found,
        "lines": lines,
        "seen": seen_among(Member.objects.visible_to(actor), [line.member_id for line in lines]),
        "may_change": orders and allowed(check_is_draft, found),
        "may_recall": orders and may_become(found, OrderState.DRAFT) and allowed(check_no_other_draft, found),
        "may_check": actor.may(Permission.ORDER_CARDS, found.consolidator) and may_become(found, OrderState.ACCEPTED),
        "may_print": actor.may(Permission.PRINT, found.organization)
        and (found.state in SUBMITTED_ORDERS or lines.paginator.count > 0),
    }
    return render(request, "documents/ecards/order.html", context)


def _load(request: ActorRequest, pk: int) -> CardOrder:
    return load(
        CardOrder.objects.visible_to(request.actor).select_related("organization__federation", "consolidator"), pk
    )


def _page(pk: int) -> str:
    return reverse("documents:card_order", args=[pk])


@require_http_methods(["GET", "POST"])
@needs(Permission.ORDER_CARDS)
def submit(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the contents of the order, its receiver and the terms; submit it to the region."""
    found = _load(request, pk)
    require(request.actor, Permission.ORDER_CARDS, found.organization)
    waiting = list(found.requests.open())
    process_on = processing_day(cards_of(found.organization), timezone.now())
    facts = [
        (_("Electronic cards"), len(waiting)),
        (_("Submitted to"), found.consolidator.short_name),
        *days_of_production(found.organization, process_on),
    ]
    return ask(
        request, forms.Form(posted(request)), partial(transitions.submit_order, pk, by=request.actor),
        title=_("Submit the order?"), button=_("Submit the order"), icon="check", facts=facts,
        lead=_(
            "After that nobody is added or taken out. Until the region has checked the order, you can recall it."
        ),
        done=_("The order is submitted."), to=_page(pk),
        refused=refusal(states.check, found, OrderState.SUBMITTED, "U-8")
        or refusal(check_filled, len(waiting))
        or refusal(transitions.check_still_ready, waiting, found.organization),
    )  # fmt: skip


@require_POST
@needs(Permission.ORDER_CARDS)
def recall(request: ActorRequest, pk: int) -> HttpResponse:
    """Recall a submitted order."""
    _load(request, pk)
    return run_action(
        request,
        partial(transitions.recall_order, pk, by=request.actor),
        _("The order can be changed again."),
        _page(pk),
    )


@require_POST
@needs(Permission.ORDER_CARDS)
def drop(request: ActorRequest, pk: int) -> HttpResponse:
    """Drop a draft order."""
    _load(request, pk)
    step = partial(transitions.drop_order, pk, by=request.actor)
    return run_action(request, step, _("The order is dropped."), reverse("documents:cards"))


@require_POST
@needs(Permission.ORDER_CARDS)
def check(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept the members of an order; a member with a reason entered is rejected."""
    found = _load(request, pk)
    notes = {one: request.POST.get(f"note_{one}", "").strip()[:200] for one in _waiting(found)}
    rejected = {one: note for one, note in notes.items() if note}
    step = partial(transitions.check_order, pk, rejected=rejected, by=request.actor)
    return run_action(request, step, _("The order is checked."), _page(pk))


def _waiting(order: CardOrder) -> list[int]:
    return list(order.requests.open().values_list("pk", flat=True))


@require_POST
@needs(Permission.ORDER_CARDS)
def take_out(request: ActorRequest, pk: int) -> HttpResponse:
    """Remove a member from a draft order."""
    found = load(CardRequest.objects.visible_to(request.actor), pk)
    step: Any = partial(transitions.take_out, pk, by=request.actor)
    return run_action(request, step, _("The member is taken out of the order."), _page(found.order_id))
