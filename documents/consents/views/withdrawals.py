"""Views of withdrawn consents: the statement, its terms, the blocked card, the notice, a new consent (N-C1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers import withdrawal_notice
from documents.printing.core import batch_for
from documents.printing.transitions import record_other_print
from members.book.models import BookLine
from members.movement.enums import Destroyed
from members.movement.models import DestructionRecord
from members.movement.rules.leaving import REVERSIBLE, why_not_reopened
from members.people.models import Member
from members.people.rules.fields import card_values
from members.people.views.facts import boxes
from registry import answers
from registry.access import Actor, require
from registry.enums import DataClass, Permission
from registry.errors import RuleViolation
from registry.states import allowed
from registry.views import ActorRequest, add_violation, asks_again, load, needs, page_of, say_violation, scan_page

from .. import contents
from ..forms import DestroyForm, ReleaseForm, ToldForm, WithdrawForm
from ..models import Consent, Withdrawal
from ..queries import kept_of
from ..rules import (
    access_asked,
    check_access_answered,
    check_can_be_blocked,
    check_can_be_destroyed,
    check_can_sign_again,
)
from ..transitions.destroying import destroy_data
from ..transitions.withdrawals import (
    answers_for,
    block_card,
    note_blocked_opened,
    note_statement_opened,
    note_told,
    register_withdrawal,
    release_card,
)
from .consents import load_member


@require_http_methods(["GET", "POST"])
@needs(Permission.MARK_CONSENTS)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Register a member's statement of withdrawal."""
    member = load_member(request, pk)
    found = Consent.objects.visible_to(request.actor).open().filter(member=member).order_by("purpose")
    purposes = list(found.values_list("purpose", flat=True))
    initial = {"received_on": timezone.localdate(), "channel": "hand"}
    form = WithdrawForm(request.POST or None, request.FILES or None, purposes=purposes, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            withdrawal = register_withdrawal(
                member.pk,
                purposes=data["purposes"],
                received_on=data["received_on"],
                channel=data["channel"],
                scan=form.scan_bytes,
                by=request.actor,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The statement is registered. Its terms are among the tasks."))
            return redirect("documents:withdrawal", withdrawal.pk)
    return render(request, "documents/consents/withdraw.html", {"member": member, "form": form, "purposes": purposes})


@require_GET
@needs(Permission.MARK_CONSENTS)
def withdrawals(request: ActorRequest) -> HttpResponse:
    """List the statements of withdrawal, the latest first."""
    found = Withdrawal.objects.visible_to(request.actor).select_related("member", "organization")
    page = page_of(request, found.order_by("-received_on", "-pk"))
    return render(request, "documents/consents/withdrawals.html", {"page": page, "today": timezone.localdate()})


@require_GET
@needs(Permission.MARK_CONSENTS)
def withdrawal(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a statement with its terms; also the data of a blocked card, which the journal records."""
    found = _load(request, pk)
    if _opens_card(found):
        note_blocked_opened(found, by=request.actor)
    return _page(request, found)


def _load(request: ActorRequest, pk: int) -> Withdrawal:
    related = ("member__organization__federation", "organization__federation", "scan")
    return load(Withdrawal.objects.visible_to(request.actor).select_related(*related), pk)


def _page(
    request: ActorRequest, found: Withdrawal, told: ToldForm | None = None, release: ReleaseForm | None = None
) -> HttpResponse:
    actor, member, today = request.actor, found.member, timezone.localdate()
    keeper = answers_for(found)
    may_act = actor.may(Permission.MARK_CONSENTS, keeper)
    blocked = _opens_card(found)
    context: dict[str, Any] = {
        "withdrawal": found,
        "member": member,
        "blocked": blocked,
        "may_act": may_act,
        "today": today,
        "may_block": may_act and allowed(check_can_be_blocked, found),
        "may_destroy": actor.may(Permission.ERASE, keeper) and allowed(check_can_be_destroyed, found),
        "asked": access_asked(found) if may_act and allowed(check_can_be_destroyed, found) else None,
        "record": _record_of(request, found) if actor.may(Permission.ERASE, keeper) else None,
        "told": told or (ToldForm(initial={"told_on": today}) if may_act and found.told_on is None else None),
        "release": release or (ReleaseForm() if may_act and allowed(check_can_sign_again, found) else None),
        "may_print": actor.may(Permission.PRINT, keeper),
    }
    if member.blocked_on is not None and actor.may(Permission.MOVE_MEMBERS, keeper):
        context |= {"may_leave": member.organization is not None, "line": _line_to_take_back(actor, member)}
    if blocked:
        values = card_values(member)
        context["boxes"] = [
            box
            for tab in ("general", "questionnaire")
            for box in boxes(
                member, values, actor=actor, charter=keeper.charter, tab=tab, opened=set(DataClass), missing=(),
                today=today,
            )
        ]  # fmt: skip
    return render(request, "documents/consents/withdrawal.html", context)


def _opens_card(found: Withdrawal) -> bool:
    """Return whether the page shows the data of a blocked card: after the end of the membership nobody reads it."""
    return found.member.blocked_on is not None and found.member.organization is not None


def _line_to_take_back(actor: Actor, member: Member) -> int | None:
    """Return the line of the book by which the blocked member left, if that can be taken back."""
    lines = BookLine.objects.answered_for(actor).filter(member=member, left_on__isnull=False, reason__in=REVERSIBLE)
    line = lines.order_by("-entered_on", "-pk").first() if member.organization is None else None
    return line.pk if line is not None and why_not_reopened(line) is None else None


@require_GET
@needs(Permission.MARK_CONSENTS)
def scan(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the scan of the statement, which is recorded in the journal (V-C5)."""
    found = _load(request, pk)
    return scan_page(found.scan, lambda: note_statement_opened(found, by=request.actor))


@require_POST
@needs(Permission.MARK_CONSENTS)
def block(request: ActorRequest, pk: int) -> HttpResponse:
    """Block the card of a member who withdrew the consent to the processing."""
    try:
        found = block_card(_load(request, pk).pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The member's card is blocked."))
        if not request.actor.reads_blocked:
            return redirect("documents:withdrawals")
        return redirect("documents:withdrawal", found.pk)
    return redirect("documents:withdrawal", pk)


@require_POST
@needs(Permission.MARK_CONSENTS)
def told(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the person was notified in writing."""
    found, form = _load(request, pk), ToldForm(request.POST)
    return _run_form(
        request, found, form,
        lambda: note_told(found.pk, told_on=form.cleaned_data["told_on"], by=request.actor),
        _("The notice is recorded."), told=form,
    )  # fmt: skip


def _record_of(request: ActorRequest, found: Withdrawal) -> DestructionRecord | None:
    """Return the latest record of the destruction, from which the actor can print the act, or None."""
    if found.destroyed_on is None:
        return None
    records = DestructionRecord.objects.visible_to(request.actor).filter(subject=Destroyed.DATA)
    own = records.filter(organization=request.actor.organization, member_number=found.member_id)
    return own.order_by("-destroyed_at", "-pk").first()


@require_http_methods(["GET", "POST"])
@needs(Permission.ERASE)
@asks_again()
def destroy(request: ActorRequest, pk: int) -> HttpResponse:
    """List the data to destroy and to keep; after confirmation, destroy the data without a ground."""
    found = _load(request, pk)
    keeper = answers_for(found)
    require(request.actor, Permission.ERASE, keeper)
    form = DestroyForm(request.POST or None, initial={"destroyed_on": timezone.localdate()})
    if not allowed(check_can_be_destroyed, found):
        messages.error(request, _("There is nothing to destroy: the card is not blocked, or its data are destroyed."))
        return redirect("documents:withdrawal", pk)
    if request.method == "POST" and form.is_valid():
        try:
            record = destroy_data(
                found.pk,
                destroyed_on=form.cleaned_data["destroyed_on"],
                carriers=form.carriers,
                other_carrier=form.cleaned_data["other_carrier"],
                way=form.cleaned_data["way"],
                commission=form.cleaned_data["commission"].splitlines(),
                by=request.actor,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            done = _("The data are destroyed; record № %(number)s says so. Print the act.")
            messages.success(request, done % {"number": record.number})
            return redirect("documents:withdrawal", found.pk)
    context = {
        "withdrawal": found,
        "member": found.member,
        "form": form,
        "asked": None if allowed(check_access_answered, found) else access_asked(found),
        "goes": contents.CATEGORIES,
        "stays": kept_of(found.member),
    }
    return render(request, "documents/consents/destroy.html", context)


@require_POST
@needs(Permission.MARK_CONSENTS)
def release(request: ActorRequest, pk: int) -> HttpResponse:
    """Mark a new consent as signed and unblock the card."""
    found, form = _load(request, pk), ReleaseForm(request.POST)
    return _run_form(
        request, found, form,
        lambda: release_card(found.pk, signed_on=form.cleaned_data["signed_on"], by=request.actor),
        _("The new consent is marked as signed. The card can be used again."), release=form,
    )  # fmt: skip


def _run_form(
    request: ActorRequest,
    found: Withdrawal,
    form: forms.Form,
    act: Callable[[], Withdrawal],
    said: str,
    **shown: Any,
) -> HttpResponse:
    """Run the transition of the form, or show the page again with the entered values."""
    if form.is_valid():
        try:
            act()
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, said)
            return redirect("documents:withdrawal", found.pk)
    return _page(request, found, **shown)


@require_POST
@needs(Permission.PRINT)
def print_notice(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the notice to the person about the end of the processing."""
    found = _load(request, pk)
    keeper = answers_for(found)
    require(request.actor, Permission.PRINT, keeper)
    batch, form = batch_for(request.actor, keeper), withdrawal_notice.NOTICE.code
    data = withdrawal_notice.render_notice(found, batch)
    record_other_print(form, found, organization=keeper, code=batch.code, by=request.actor, rule="N-C1")
    return answers.paper(data, form)
