"""Views of rates (V-D1)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dues.ledger.queries.showing import amount_of, term_of
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Federation
from registry.views import ActorRequest, add_violation, needs, say_violation

from .forms import RateForm
from .rules.rates import rate_on, rates_of
from .rules.setting import can_take_back, fees_with_rates, may_set_rates
from .transitions import set_rate, take_rate_back


@require_safe
def rate_list(request: ActorRequest) -> HttpResponse:
    """List all rates, past and future, for actors who may see dues or set rates."""
    actor = request.actor
    if actor is None or not (actor.may(Permission.VIEW_DUES) or may_set_rates(actor)):
        raise NotAllowed
    federation, today = _federation(request), timezone.localdate()
    rates = rates_of(federation)
    sets = may_set_rates(actor)
    now = {fee: rate_on(rates, fee, today) for fee in fees_with_rates(rates)}
    rows = [
        {
            "rate": rate,
            "amount": amount_of(rate),
            "term": term_of(rate),
            "in_force": rate == now[rate.fee],
            "to_come": rate != now[rate.fee] and rate.valid_from > today,
            "may_go": sets and rate.pk is not None and can_take_back(rate, rates),
        }
        for rate in sorted(rates, key=lambda r: fees_with_rates(rates).index(r.fee))
    ]
    return render(request, "dues/rates.html", {"rows": rows, "sets": sets, "federation": federation})


@require_http_methods(["GET", "POST"])
@needs(Permission.SET_RATES)
def add(request: ActorRequest) -> HttpResponse:
    """Set a new rate."""
    if not may_set_rates(request.actor):
        raise NotAllowed
    federation = _federation(request)
    year = timezone.localdate().year + 1
    form = RateForm(
        request.POST if request.method == "POST" else None,
        fees=fees_with_rates(rates_of(federation)),
        initial={"valid_from": dt.date(year, 1, 1)},
    )
    if form.is_valid():
        try:
            set_rate(federation, by=request.actor, **form.cleaned_data)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The rate is set."))
            return redirect("dues:rates")
    return render(request, "dues/add_rate.html", {"form": form})


@require_POST
@needs(Permission.SET_RATES)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back a rate that was set by mistake and is unused."""
    if not may_set_rates(request.actor):
        raise NotAllowed
    federation = _federation(request)
    if pk not in [rate.pk for rate in rates_of(federation)]:
        raise Http404
    try:
        take_rate_back(pk, federation=federation, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The rate is taken back."))
    return redirect("dues:rates")


def _federation(request: ActorRequest) -> Federation:
    if request.actor.federation is None:
        raise NotAllowed
    return request.actor.federation
