"""Views of an organisation's dues: totals, debts, the annual charge (V-D1)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dues.money import money
from dues.notices.queries import reminded
from dues.notices.rules import MAX_REMINDED, check_reminds, term_began
from dues.opening.queries import without_opening
from dues.opening.rules import check_takes_over
from dues.payments.queries import members_of
from dues.payments.rules import check_collects
from dues.rates.rules.rates import rates_in_force, rates_of
from members.meetings.queries import excludable
from members.meetings.rules import check_excludes_for_arrears, excludable_before
from members.people.models import Member
from registry.enums import Permission, Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest, add_violation, needs, say_violation

from .enums import Fee
from .forms import CloseBooksForm, ReopenBooksForm
from .queries.figures import with_standing, year_sums
from .queries.showing import amount_of, term_of
from .rules.closing import closed_until, next_to_close
from .transitions import charge_new_year, close_books, reopen_books


@require_GET
@needs(Permission.VIEW_DUES)
def overview(request: ActorRequest) -> HttpResponse:
    """Show the amounts charged and paid this year, debts, and the rates in force: sums and counts by the database.

    A collector is redirected to their registers, because they read only those sums (V-D4).
    """
    actor, today = request.actor, timezone.localdate()
    if actor.role == Role.COLLECTOR:
        return redirect("dues:registers")
    own = actor.organization
    if own is None:
        raise NotAllowed
    rates = rates_of(own.federation)
    present = rates_in_force(rates, today)
    keeps = allowed(check_collects, own)
    sums = year_sums(actor, today.year, today) if keeps else None
    annual = any(rate.fee == Fee.ANNUAL for rate in present)
    context = {
        "year": today.year,
        "organization": own,
        "sums": sums,
        "charged": money(sums.charged) if sums else "",
        "paid": money(sums.paid) if sums else "",
        "owed": money(sums.owed) if sums else "",
        "annual": annual,
        "charges": own.charter.charges_dues,
        "rates": [(rate, amount_of(rate), term_of(rate)) for rate in present],
        "to_remind": _to_remind(request, own, today),
        "most_reminded": MAX_REMINDED,
        "to_exclude": _to_exclude(request, own, today),
        "may_charge": annual and _may_close(request, own),
        "without_opening": _without_opening(request, own),
        "closed": closed_until(own),
        "may_close": _may_close(request, own),
        "closes": next_to_close(own, today),
        "collects": keeps and actor.may(Permission.RECORD_DUES, own),
        "debtors_url": f"{reverse('members:list')}?dues=arrears" if actor.may(Permission.VIEW_MEMBERS) else "",
    }
    return render(request, "dues/overview.html", context)


@require_POST
@needs(Permission.RECORD_DUES)
def charge(request: ActorRequest) -> HttpResponse:
    """Charge the annual fee of this year to members not charged yet."""
    own = request.actor.organization
    if own is None:
        raise NotAllowed
    try:
        count = charge_new_year(own.pk, timezone.localdate().year, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        text = ngettext("The fee was charged to %(n)s person.", "The fee was charged to %(n)s people.", count)
        messages.success(request, text % {"n": count} if count else _("Everybody is charged already."))
    return redirect("dues:overview")


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def close(request: ActorRequest) -> HttpResponse:
    """Close the books up to the end of a month."""
    own = _own_books(request)
    initial = {"until": next_to_close(own, timezone.localdate())}
    form = CloseBooksForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            close_books(own.pk, form.cleaned_data["until"], by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The books are closed. No entries can be added to the closed months."))
            return redirect("dues:overview")
    return render(request, "dues/close_books.html", {"form": form, "organization": own, "closed": closed_until(own)})


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def reopen(request: ActorRequest) -> HttpResponse:
    """Reopen the last closed month."""
    own = _own_books(request)
    closed = closed_until(own)
    if closed is None:
        messages.info(request, _("No period is closed."))
        return redirect("dues:overview")
    form = ReopenBooksForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            reopen_books(own.pk, **form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The month is open again."))
            return redirect("dues:overview")
    return render(request, "dues/reopen_books.html", {"form": form, "organization": own, "closed": closed})


def _without_opening(request: ActorRequest, own: Organization) -> int:
    """Return the number of members whose opening balance can be recorded on its page."""
    if not allowed(check_takes_over, own) or not request.actor.may(Permission.RECORD_DUES, own):
        return 0
    return without_opening(request.actor, own).count()


def _to_remind(request: ActorRequest, own: Organization, today: dt.date) -> int:
    """Return the number of members in arrears who can be reminded and were not reminded within this term."""
    actor = request.actor
    if not allowed(check_reminds, own) or not (actor.may(Permission.RECORD_DUES, own) and actor.may(Permission.PRINT)):
        return 0
    people = with_standing(members_of(own, Member.objects.visible_to(actor)), "arrears", today)
    return reminded(people, term_began(rates_of(own.federation), today), wanted=False).count()


def _to_exclude(request: ActorRequest, own: Organization, today: dt.date) -> int:
    """Return the number of members whose exclusion for arrears the actor may propose to the body (V-B16)."""
    if not allowed(check_excludes_for_arrears, own) or not request.actor.may(Permission.RUN_MEETINGS, own):
        return 0
    people = members_of(own, Member.objects.visible_to(request.actor))
    return excludable(people, excludable_before(own, today)).count()


def _may_close(request: ActorRequest, own: Organization) -> bool:
    return own.keeps_cards and request.actor.may(Permission.RECORD_DUES, own)


def _own_books(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None or not _may_close(request, own):
        raise NotAllowed
    return own
