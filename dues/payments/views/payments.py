"""Views for recording and reversing payments from the card (V-D1, N-D1, N-D2)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse as address_of
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dues.collecting.models import RegisterLine
from dues.ledger.models import LedgerEntry
from dues.ledger.queries.showing import facts_of, lines, name_of
from dues.ledger.rules.standing import live, standing
from dues.money import roubles
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from members.people.views.card_page import load_card
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.states import refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, posted

from ..forms import PaymentForm, ReasonForm
from ..rules import check_reversal, payment_with_key, purposes
from ..transitions import record_payment, reverse_payment


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def pay(request: ActorRequest, pk: int) -> HttpResponse:
    """Record a payment of the member."""
    member = load_card(request, pk)
    require(request.actor, Permission.RECORD_DUES, member.unit)
    found = LedgerEntry.objects.visible_to(request.actor).filter(account__member=member)
    entries = list(found.select_related("contribution"))
    if payment_with_key(entries, request.POST.get("key", "")) is not None:
        return _recorded_already(request, member)
    now, rates, today = standing(entries), rates_of(member.federation), timezone.localdate()
    offered = purposes(rates, live(entries), now, today, joined_on=member.joined_on)
    form = PaymentForm(posted(request), offered=offered)
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
    related = ("account", "organization", "contribution")
    entry = LedgerEntry.objects.visible_to(request.actor).select_related(*related).filter(pk=pk).first()
    if entry is None:
        return _reverse_line(request, pk)
    assert entry.member_id is not None  # noqa: S101 - their unit is in scope
    member = load(Member.objects.visible_to(request.actor).select_related("unit"), entry.member_id)
    require(request.actor, Permission.RECORD_DUES, member.unit)
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: entered for another person by mistake.")),
        partial(reverse_payment, entry.pk, by=request.actor),
        title=_("Reverse a payment"),
        button=_("Reverse the payment"),
        done=_("The payment is reversed. The record of it stays readable."),
        to=address_of("members:dues", args=[member.pk]),
        refused=refusal(check_reversal, entry, member, reason="-"),
        template="dues/reverse.html",
        member=member,
        line=lines([entry])[0],
        what=name_of(entry.fee, entry.year, entry.contribution.title if entry.contribution is not None else ""),
    )


def _reverse_line(request: ActorRequest, entry_id: int) -> HttpResponse:
    """Reverse a payment of a register whose member has left since; the register names them as on its paper."""
    seen = RegisterLine.objects.visible_to(request.actor).select_related("register", "entry__organization")
    line = seen.filter(entry=entry_id).first()
    if line is None or line.entry is None:
        raise Http404
    require(request.actor, Permission.RECORD_DUES, line.entry.organization)
    return ask(
        request,
        ReasonForm(posted(request), help_text=_("Such as: entered for another person by mistake.")),
        partial(reverse_payment, entry_id, by=request.actor),
        section=(_("Payment registers"), address_of("dues:registers")),
        title=_("Reverse a payment"),
        lead=f"{line.full_name or _('data destroyed')}: {roubles(line.entry.amount)}, {line.entry.paper}",
        button=_("Reverse the payment"),
        done=_("The payment is reversed. The record of it stays readable."),
        to=address_of("dues:register", args=[line.register_id]),
        refused=refusal(check_reversal, line.entry, None, reason="-"),
    )
