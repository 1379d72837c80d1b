"""Views of rates (V-D1)."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dues.ledger.enums import Fee
from dues.ledger.queries.showing import amount_of, days_of, pays_of, term_of, who_of
from members.people.enums import Category
from members.people.models import Member
from members.people.views.card_page import load_card
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Federation
from registry.states import allowed, refusal
from registry.views import (
    ActorRequest,
    add_violation,
    ask,
    load,
    needs,
    page_of,
    posted,
    run_action,
    say_violation,
)

from .forms import CategoryReductionForm, EndReductionForm, MemberReductionForm, RateForm
from .models import Reduction, ReductionQuerySet
from .rules.rates import rate_on, rates_of
from .rules.reductions import REDUCED, check_has_no_end, check_not_begun, check_reduces
from .rules.setting import can_take_back, fees_with_rates, may_set_rates
from .transitions import (
    end_reduction,
    reduce_for_category,
    reduce_for_member,
    set_rate,
    take_rate_back,
    take_reduction_back,
)

#: Maximum number of category reductions on the page, sorted by kind of dues, the newest first.
MAX_CATEGORIES = 50


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
    reductions = Reduction.objects.visible_to(actor).select_related("organization")
    own = actor.organization
    context = {
        "rows": rows,
        "sets": sets,
        "federation": federation,
        "categories": [_reduction_row(one, request, today) for one in reductions.of_categories()[:MAX_CATEGORIES]],
        "page": (page := page_of(request, _of_people(reductions, actor))),
        "people": [_reduction_row(one, request, today) for one in page],
        "reduces": own is not None and allowed(check_reduces, own) and actor.may(Permission.RECORD_DUES, own),
    }
    return render(request, "dues/rates.html", context)


def _of_people(reductions: ReductionQuerySet, actor: Actor) -> ReductionQuerySet:
    """Return the reductions of members whose cards the actor may open."""
    # Checked for each reduction, because few members of a scope have one.
    seen = Member.objects.visible_to(actor).filter(pk=OuterRef("member"))
    return reductions.of_members().filter(Exists(seen)).select_related("member")


def _reduction_row(one: Reduction, request: ActorRequest, today: dt.date) -> dict[str, Any]:
    may = request.actor.may(Permission.RECORD_DUES, one.organization)
    return {
        "reduction": one,
        "pays": pays_of(one),
        "days": days_of(one),
        "in_force": one.holds_on(today),
        "to_come": one.valid_from > today,
        "may_end": may and allowed(check_has_no_end, one, today),
        "may_go": may and allowed(check_not_begun, one, today),
    }


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
    """Delete an unused rate that was set by mistake."""
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


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def add_reduction(request: ActorRequest) -> HttpResponse:
    """Reduce a fee for a category of members."""
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    require(request.actor, Permission.RECORD_DUES, own)
    form = CategoryReductionForm(
        posted(request),
        fees=REDUCED,
        categories=[(key, capfirst(str(Category(key).label))) for key in own.charter.options.get("category", ())],
        initial={"valid_from": dt.date(own.today.year + 1, 1, 1)},
    )
    return ask(
        request,
        form,
        partial(reduce_for_category, own.pk, by=request.actor),
        section=(_("Rates of dues"), reverse("dues:rates")),
        title=_("Reduce a fee for a category"),
        lead=_("It holds for members of %(name)s and below it who have the category on the day of the charge.")
        % {"name": own.short_name},
        button=_("Set the reduction"),
        refused=refusal(check_reduces, own),
        done=_("The reduction is set."),
        to=reverse("dues:rates"),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def reduce_member(request: ActorRequest, pk: int) -> HttpResponse:
    """Reduce a fee for one member by a decision."""
    member = load_card(request, pk)
    own = member.organization
    if own is None:
        raise Http404
    require(request.actor, Permission.RECORD_DUES, own)
    initial = {"valid_from": own.today, "fee": Fee.ANNUAL}
    return ask(
        request,
        MemberReductionForm(posted(request), fees=REDUCED, initial=initial),
        partial(reduce_for_member, member.pk, by=request.actor),
        title=_("Reduce dues by a decision"),
        lead=_("Charges since the first day of which nothing is paid are made again with the reduced sum."),
        button=_("Set the reduction"),
        refused=refusal(check_reduces, own),
        done=_("The reduction is set."),
        to=reverse("members:dues", args=[member.pk]),
        template="dues/reduce_member.html",
        member=member,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def end_one(request: ActorRequest, pk: int) -> HttpResponse:
    """Set the last day of a reduction."""
    found = load(Reduction.objects.visible_to(request.actor).select_related("organization", "member"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    return ask(
        request,
        EndReductionForm(posted(request), initial={"valid_until": max(found.organization.today, found.valid_from)}),
        partial(end_reduction, found.pk, by=request.actor),
        section=(_("Rates of dues"), reverse("dues:rates")),
        title=_("End a reduction"),
        lead=_("Charges that were made by it stay as they are."),
        facts=[(_("Who"), who_of(found)), (_("Kind of dues"), capfirst(found.get_fee_display())),
               (_("Pays"), pays_of(found)), (_("Set by"), found.paper)],
        button=_("Set the last day"),
        refused=refusal(check_has_no_end, found, found.organization.today),
        done=_("The last day of the reduction is set."),
        to=reverse("dues:rates"),
    )  # fmt: skip


@require_POST
@needs(Permission.RECORD_DUES)
def take_one_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete a reduction that has not begun."""
    found = load(Reduction.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.RECORD_DUES, found.organization)
    step = partial(take_reduction_back, found.pk, by=request.actor)
    return run_action(request, step, _("The reduction is taken back."), reverse("dues:rates"))


def _federation(request: ActorRequest) -> Federation:
    if request.actor.federation is None:
        raise NotAllowed
    return request.actor.federation
