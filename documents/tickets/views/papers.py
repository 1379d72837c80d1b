"""One paper of blanks: its movements and the possible steps (V-C1, V-C3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from registry.enums import Permission
from registry.errors import RuleViolation
from registry.remarks.rules import check_may_remark
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, say_violation

from .. import rules
from ..enums import IN_FORCE, PaperState, Place
from ..forms import ConfirmForm, IssueForm
from ..models import BlankPaper
from ..ranges import count_of, listed, merged
from ..transitions import issuing, stock
from .issuing import sheet_context
from .pages import MAX_SHOWN
from .prints import printer_of


def _load(request: ActorRequest, pk: int) -> BlankPaper:
    related = ("organization__federation", "receiver")
    return load(BlankPaper.objects.visible_to(request.actor).select_related(*related), pk)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def paper(request: ActorRequest, pk: int) -> HttpResponse:
    """Show one paper: its movements, its lines, and the possible steps."""
    return _page(request, _load(request, pk))


def _page(
    request: ActorRequest,
    found: BlankPaper,
    confirming: ConfirmForm | None = None,
    posting: IssueForm | None = None,
) -> HttpResponse:
    """Show the paper; a refused form keeps the entered values."""
    sent = stock.numbers_on_the_way(found)
    may_confirm = found.state == PaperState.SENT and allowed(rules.check_can_confirm, found, request.actor)
    if may_confirm and confirming is None:
        initial = {"accepted": "\n".join(map(str, sent)), "made_on": max(timezone.localdate(), found.made_on)}
        confirming = ConfirmForm(initial=initial)
    moved = merged({m.range for m in found.movements.all() if m.from_place != Place.ON_THE_WAY})
    context = {
        "paper": found,
        "numbers": listed(sent or moved, MAX_SHOWN),
        "count": number_format(count_of(sent or moved), force_grouping=True),
        "form": confirming if may_confirm else None,
        "may_print": printer_of(found, request.actor) is not None,
        "may_take_back": allowed(rules.check_is_sent, found)
        and request.actor.may(Permission.KEEP_BLANKS, found.organization),
        "may_remark": found.state in IN_FORCE
        and request.actor.may(Permission.REMARK, found.organization)
        and allowed(check_may_remark, found.organization, request.actor),
        **sheet_context(request, found, posting),
    }
    return render(request, "documents/tickets/paper.html", context)


@require_POST
@needs(Permission.KEEP_BLANKS)
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm an act of handing down, whole or in part."""
    found, form = _load(request, pk), ConfirmForm(request.POST)
    if _do(request, form, lambda values: stock.confirm_blanks(pk, **values, by=request.actor)):
        messages.success(request, _("The blanks are in your stock."))
        return redirect("documents:blank_paper", pk)
    return _page(request, found, confirming=form)


@require_POST
@needs(Permission.KEEP_BLANKS)
def post(request: ActorRequest, pk: int) -> HttpResponse:
    """Issue the blanks of a sheet."""
    found, form = _load(request, pk), IssueForm(request.POST)
    if _do(request, form, lambda values: issuing.post_issue(pk, **values, by=request.actor)):
        messages.success(request, _("The tickets are issued, their numbers are on the cards."))
        return redirect("documents:blank_paper", pk)
    return _page(request, found, posting=form)


@require_POST
@needs(Permission.KEEP_BLANKS)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo an act that the receiver has not confirmed."""
    _load(request, pk)
    if _do(request, None, lambda _values: stock.take_back_blanks(pk, by=request.actor)):
        messages.success(request, _("The blanks are in your stock again."))
    return redirect("documents:blank_paper", pk)


@require_POST
@needs(Permission.KEEP_BLANKS)
def drop(request: ActorRequest, pk: int) -> HttpResponse:
    """Drop a sheet that was not posted."""
    _load(request, pk)
    if not _do(request, None, lambda _values: issuing.drop_issue(pk, by=request.actor)):
        return redirect("documents:blank_paper", pk)
    messages.success(request, _("The sheet is dropped; nothing was issued."))
    return redirect("documents:issue_blanks")


def _do(request: ActorRequest, form: forms.Form | None, step: Callable[[dict[str, Any]], object]) -> bool:
    """Return whether the form is valid and its step is done; otherwise the form or a message gives the reason."""
    if form is not None and not form.is_valid():
        return False
    try:
        step(form.cleaned_data if form is not None else {})
    except RuleViolation as violation:
        # A refusal without a field may be about the paper, which then no longer has a form.
        if form is not None and violation.field in form.fields:
            add_violation(form, violation)
        else:
            say_violation(request, violation)
        return False
    return True
