"""Deregistering members, the slip with the transfer code, undoing a leaving (V-B10, V-B12)."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from documents.consents.models import Withdrawal
from documents.consents.transitions.withdrawals import note_blocked_opened
from documents.papers.transfer_slip import render_slip
from dues.ledger.rules.leaving import left_unpaid, warnings
from dues.money import roubles
from members.book.enums import EndReason
from members.book.models import BookLine
from members.people.models import Member
from registry.access import require
from registry.enums import Permission
from registry.errors import Blocked, RuleViolation, StaleVersion
from registry.states import allowed
from registry.views import ActorRequest, add_violation, load, needs, say_violation

from ..enums import TransferState
from ..forms import LeaveForm
from ..models import Transfer
from ..rules import leaving as rules
from ..transitions import leaving as transitions

_FILE_NAME = "kod-perevoda.pdf"


@require_http_methods(["GET", "POST"])
@needs(Permission.MOVE_MEMBERS)
def leave(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for reason, day and paper card; a departure ends on the page with the code, shown only once.

    A blocked card ends here too; its opening stands in the journal (N-C1).
    """
    members = Member.objects.answered_for(request.actor).select_related("organization__federation", "unit")
    if request.method == "POST" and (left := _on_the_way(request, pk)):
        return left
    member = load(members, pk)
    require(request.actor, Permission.MOVE_MEMBERS, member.organization)
    withdrawal = Withdrawal.objects.visible_to(request.actor).stopping().filter(member=member).first()
    if member.blocked_on is not None and withdrawal is not None:
        note_blocked_opened(withdrawal, by=request.actor)
    form = LeaveForm(member, request.POST if request.method == "POST" else None)
    blockers: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            departure = transitions.deregister(member.pk, by=request.actor, **form.cleaned_data)
        except Blocked as refusal:
            blockers = refusal.blockers
        except RuleViolation as refusal:
            add_violation(form, refusal)
        except StaleVersion:
            form.add_error(None, _("The card was changed after you opened this page. Look at it again, then go on."))
        except Member.DoesNotExist:
            if left := _on_the_way(request, pk):
                return left
            raise
        else:
            return _left(request, departure)
    context = {**_leave_context(member, form, blockers), "withdrawal": withdrawal}
    return render(request, "members/moves/leave.html", context)


def _on_the_way(request: ActorRequest, pk: int) -> HttpResponse | None:
    """Redirect to the departure made by the first of two clicks.

    The browser shows the second response, without a code.
    """
    transfers = Transfer.objects.visible_to(request.actor)
    left = transfers.filter(member_id=pk, state=TransferState.IN_TRANSIT).first()
    if left is None:
        return None
    messages.warning(
        request, _("The member is deregistered already. If you did not see the code, make a new one here.")
    )
    return redirect("moves:detail", left.pk)


def _leave_context(member: Member, form: LeaveForm, blockers: list[Any]) -> dict[str, Any]:
    today = timezone.localdate()
    unpaid = left_unpaid(member, on=today, reason=EndReason.OWN_WISH)
    return {
        "member": member,
        "form": form,
        "blockers": blockers,
        "unpaid": roubles(unpaid) if unpaid else "",
        "warnings": warnings(member, on=today),
        "has_statement": member.blocked_on is None and "leaving_statement" in member.organization.charter.forms,  # type: ignore[union-attr]
        "can_go": allowed(rules.check_can_go_elsewhere, member),
        "by_code": EndReason.DEPARTURE in LeaveForm.reasons_for(member),
    }


def _left(request: ActorRequest, departure: transitions.Departure) -> HttpResponse:
    if not departure.code:
        messages.success(request, _("The member is deregistered, the card is closed."))
        return redirect("members:list")
    transfer = load(Transfer.objects.visible_to(request.actor), departure.transfer_id)
    return code_page(request, transfer, departure.code)


def code_page(request: ActorRequest, transfer: Transfer, code: str) -> HttpResponse:
    """Show the code once, with the slip to print; neither is stored."""
    pdf = base64.b64encode(render_slip(transfer, code)).decode()
    # After undoing an arrival the actor gets the slip, but no longer sees the card.
    sees = Transfer.objects.visible_to(request.actor).filter(pk=transfer.pk).exists()
    context = {"transfer": transfer, "code": code, "pdf": pdf, "file_name": _FILE_NAME, "sees": sees}
    return render(request, "members/moves/code.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MOVE_MEMBERS)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo a leaving or a death entered by mistake, from its line of the book."""
    line = load(BookLine.objects.answered_for(request.actor).select_related("unit", "member"), pk)
    if request.method == "POST":
        try:
            member = transitions.take_back_leaving(line.pk, by=request.actor)
        except RuleViolation as refusal:
            say_violation(request, refusal)
            return redirect("moves:list")
        messages.success(request, _("The member is registered again, as if nothing had happened."))
        return redirect("members:detail", member.pk) if member.blocked_on is None else redirect("documents:withdrawals")
    context = {"line": line, "refusal": rules.why_not_reopened(line), "back": reverse("moves:list")}
    return render(request, "members/moves/take_back.html", context)
