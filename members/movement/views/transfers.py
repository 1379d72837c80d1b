"""Transfers: the list, one transfer, and the steps of each side (V-B9 to V-B12, U-5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers import mail_register
from documents.printing.rules import papers_about
from registry.enums import Permission
from registry.errors import Blocked, RuleViolation
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, page_of, say_violation

from ..enums import OPEN_TRANSFERS, TransferState
from ..forms import AnswerForm, ConfirmForm, DecisionForm
from ..models import Transfer
from ..rules import transfers as rules
from ..rules.leaving import check_can_go_elsewhere
from ..transitions import transfers as transitions
from ..transitions.arrivals import take_back_arrival as take_back
from .leaving import code_page


@require_GET
@needs(Permission.VIEW_MEMBERS)
def transfer_list(request: ActorRequest) -> HttpResponse:
    """List open transfers; settled ones on a separate tab."""
    settled = request.GET.get("show") == "settled"
    found = Transfer.objects.visible_to(request.actor).select_related("source", "target", "asked_by")
    found = found.exclude(state__in=OPEN_TRANSFERS) if settled else found.filter(state__in=OPEN_TRANSFERS)
    own = request.actor.organization
    keeps = own is not None and own.keeps_cards and request.actor.may(Permission.MOVE_MEMBERS, own)
    context = {
        "page": page_of(request, found.order_by("-started_on", "-pk")),
        "settled": settled,
        "may_receive": keeps,
        "mail_register": own is not None
        and mail_register.REGISTER.code in papers_about(own)
        and request.actor.may(Permission.PRINT, own),
        "by_code": own is not None and not own.charter.transfers_by_request,
    }
    return render(request, "members/moves/list.html", context)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show one transfer, with the actor's possible steps."""
    transfer = _load(request, pk)
    return render(request, "members/moves/detail.html", _context(request, transfer))


def _load(request: ActorRequest, pk: int) -> Transfer:
    found = Transfer.objects.visible_to(request.actor)
    return load(found.select_related("source__federation", "target__federation", "asked_by"), pk)


def _context(request: ActorRequest, transfer: Transfer, **more: Any) -> dict[str, Any]:
    actor, today = request.actor, timezone.localdate()
    asked = transfer.state == TransferState.REQUESTED
    silent = transfer.answer_by is not None and today > transfer.answer_by
    may_answer = asked and actor.may(Permission.MOVE_MEMBERS, rules.other_side(transfer))
    receives = may_answer and rules.other_side(transfer) == transfer.target
    stays = may_answer and not allowed(check_can_go_elsewhere, transfer.member)
    return {
        "transfer": transfer,
        "may_lead": transfer.state == TransferState.IN_TRANSIT and allowed(rules.check_leads, transfer, actor),
        "may_answer": may_answer,
        "may_confirm": may_answer
        and not stays
        and allowed(rules.check_still_there, transfer, transfer.member, transfer.target),
        "stays": stays,
        "may_withdraw": asked
        and transfer.asked_by is not None
        and actor.may(Permission.MOVE_MEMBERS, transfer.asked_by),
        "may_decide": asked and allowed(rules.check_arbiter, transfer, actor, today),
        "silent": asked and silent,
        "may_take_back": rules.can_arrival_be_taken_back(transfer, actor),
        "other_side": rules.other_side(transfer),
        "confirm_form": ConfirmForm(transfer.target) if receives and transfer.target is not None else None,
        "answer_form": AnswerForm(),
        "decision_form": DecisionForm(),
        **more,
    }


def _act(request: ActorRequest, pk: int, act: Callable[[], Any], done: str) -> HttpResponse:
    _load(request, pk)
    try:
        act()
    except RuleViolation as refusal:
        say_violation(request, refusal)
    else:
        messages.success(request, done)
    return redirect("moves:detail", pk)


@require_POST
@needs(Permission.VIEW_MEMBERS)
def call_off(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo the departure."""
    done = _("The departure is called off; the card is open again where it was.")
    return _act(request, pk, lambda: transitions.call_off(pk, by=request.actor), done)


@require_POST
@needs(Permission.VIEW_MEMBERS)
def renew_code(request: ActorRequest, pk: int) -> HttpResponse:
    """Create a new code after the paper card was lost."""
    _load(request, pk)
    try:
        transfer, code = transitions.renew_code(pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
        return redirect("moves:detail", pk)
    return code_page(request, transfer, code)


@require_POST
@needs(Permission.VIEW_MEMBERS)
def take_back_arrival(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo an arrival; a card that arrived by code gets a new one, shown only once."""
    _load(request, pk)
    try:
        transfer, code = take_back(pk, by=request.actor)
    except RuleViolation as refusal:
        say_violation(request, refusal)
        return redirect("moves:detail", pk)
    if code:
        return code_page(request, transfer, code)
    messages.success(
        request,
        _("The arrival is taken back: the member is registered in the former organisation, and the request waits."),
    )
    return redirect("moves:detail", pk)


@require_POST
@needs(Permission.MOVE_MEMBERS)
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm the request; the member moves at once. The receiving organisation states their new place of work."""
    transfer = _load(request, pk)
    form, values = None, {}
    if transfer.target is not None and rules.other_side(transfer) == transfer.target:
        form = ConfirmForm(transfer.target, request.POST)
        if not form.is_valid():
            return render(request, "members/moves/detail.html", _context(request, transfer, confirm_form=form))
        values = form.cleaned_data
    done = _("The member is registered in the receiving organisation.")
    return _act(request, pk, lambda: transitions.confirm(pk, by=request.actor, **values), done)


@require_POST
@needs(Permission.MOVE_MEMBERS)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Withdraw the request."""
    return _act(request, pk, lambda: transitions.withdraw(pk, by=request.actor), _("The request is taken back."))


@require_http_methods(["GET", "POST"])
@needs(Permission.MOVE_MEMBERS)
def decline(request: ActorRequest, pk: int) -> HttpResponse:
    """Decline the request, with a reason."""
    return _answered(
        request,
        pk,
        AnswerForm,
        lambda form: transitions.decline(pk, by=request.actor, **form.cleaned_data),
        "answer_form",
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.ARBITRATE)
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Decide as the common superior, after the term of the answer."""

    def act(form: Any) -> None:
        carry_out = form.cleaned_data["carry_out"] == "yes"
        transitions.decide(pk, carry_out=carry_out, answer=form.cleaned_data["answer"], by=request.actor)

    return _answered(request, pk, DecisionForm, act, "decision_form")


def _answered(request: ActorRequest, pk: int, form_class: Any, act: Callable[[Any], Any], name: str) -> HttpResponse:
    transfer = _load(request, pk)
    if request.method == "GET":
        return redirect("moves:detail", pk)
    form = form_class(request.POST)
    blockers: list[Any] = []
    if form.is_valid():
        try:
            act(form)
        except Blocked as refusal:
            blockers = refusal.blockers
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect("moves:detail", pk)
    context = _context(request, transfer, **{name: form}, blockers=blockers)
    return render(request, "members/moves/detail.html", context)
