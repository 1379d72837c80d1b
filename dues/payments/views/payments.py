"""Views for recording and reversing payments from the card (V-D1, N-D1, N-D2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dues.ledger.models import LedgerEntry
from dues.ledger.queries.showing import facts_of, lines, name_of
from dues.ledger.rules.standing import live, standing
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from members.people.views.card_page import load_card
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, add_violation, load, needs

from ..forms import PaymentForm, ReversalForm
from ..rules import check_reversal, payment_with_key, purposes
from ..transitions import record_payment, reverse_payment


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def pay(request: ActorRequest, pk: int) -> HttpResponse:
    """Record a payment of the member."""
    member = load_card(request, pk)
    require(request.actor, Permission.RECORD_DUES, member.unit)
    entries = list(LedgerEntry.objects.visible_to(request.actor).filter(account__member=member))
    if payment_with_key(entries, request.POST.get("key", "")) is not None:
        return _recorded_already(request, member)
    now, rates, today = standing(entries), rates_of(member.federation), timezone.localdate()
    offered = purposes(rates, live(entries), now, today, joined_on=member.joined_on)
    form = PaymentForm(request.POST if request.method == "POST" else None, offered=offered)
    if form.is_valid():
        try:
            recorded = record_payment(member.pk, by=request.actor, **form.values)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            if recorded.before:
                return _recorded_already(request, member)
            messages.success(request, _("The payment is recorded."))
            return redirect("members:dues", member.pk)
    context = {"member": member, "form": form, "facts": facts_of(now, rates, today)}
    return render(request, "dues/pay.html", context)


def _recorded_already(request: ActorRequest, member: Member) -> HttpResponse:
    messages.info(request, _("This payment had been recorded already; nothing was changed."))
    return redirect("members:dues", member.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def reverse(request: ActorRequest, pk: int) -> HttpResponse:
    """Reverse a payment recorded by mistake, after confirmation."""
    entry = load(LedgerEntry.objects.visible_to(request.actor).select_related("account", "organization"), pk)
    if entry.member_id is None:
        raise Http404
    member = load(Member.objects.visible_to(request.actor).select_related("unit"), entry.member_id)
    require(request.actor, Permission.RECORD_DUES, member.unit)
    form = ReversalForm(request.POST if request.method == "POST" else None)
    try:
        check_reversal(entry, member, reason="-")
        if form.is_valid():
            reverse_payment(entry.pk, reason=form.cleaned_data["reason"], by=request.actor)
            messages.success(request, _("The payment is reversed. The record of it stays readable."))
            return redirect("members:dues", member.pk)
    except RuleViolation as violation:
        messages.error(request, str(violation.message))
        return redirect("members:dues", member.pk)
    context = {
        "member": member,
        "form": form,
        "line": lines([entry])[0],
        "what": name_of(entry.fee, entry.year),
    }
    return render(request, "dues/reverse.html", context)
