"""Pages of payment registers (V-D5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers.payment_slips import MAX_SLIPS
from dues.ledger.queries.showing import name_of
from dues.ledger.rules.holdings import left_to_hand_in
from dues.money import money, roubles
from dues.payments.forms import ReasonForm, SearchForm
from dues.payments.rules import RowsRefused
from members.people.rules.person import cells_of
from members.people.search import matching
from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.remarks.rules import check_may_remark
from registry.states import allowed, refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, page_of, posted, run_action

from ..enums import RegisterState
from ..forms import LinesForm, OpenForm
from ..models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine
from ..queries import offered_in, people_to_add
from ..rules import (
    check_can_be_cancelled,
    check_can_be_printed,
    check_can_be_received,
    check_can_begin,
    check_can_close,
    check_covers,
    check_is_collector,
    check_is_open,
    check_works,
)
from ..transitions import (
    add_to_register,
    begin_collecting,
    cancel_register,
    close_register,
    enter_sums,
    open_register,
)
from .prints import may_print

#: Maximum number of people found by the search on the page that adds somebody.
MAX_OFFERED = 20


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Payment registers"), reverse("dues:registers")


@require_GET
@needs(Permission.VIEW_DUES)
def registers(request: ActorRequest) -> HttpResponse:
    """List the registers, the newest first; `?state=` narrows them to one state."""
    found = PaymentRegister.objects.visible_to(request.actor)
    state = request.GET.get("state", "")
    if state in RegisterState.values:
        found = found.filter(state=state)
    page = page_of(request, found.select_related("organization", "cell", "order", "contribution"))
    sums = (
        PaymentRegister.objects.visible_to(request.actor)
        .filter(pk__in=[register.pk for register in page])
        .annotate(people=Count("lines"), entered=Sum("lines__amount"))
        .values_list("pk", "people", "entered")
    )
    by_register = {pk: (people, entered or Decimal("0.00")) for pk, people, entered in sums}
    rows = [
        (
            register,
            name_of(register.fee, register.year, register.title),
            by_register[register.pk][0],
            money(by_register[register.pk][1]),
        )
        for register in page
    ]
    context = {
        "page": page, "rows": rows, "state": state, "states": RegisterState.choices,
        "may_open": bool(_orders(request)), "may_appoint": _may_appoint(request.actor),
    }  # fmt: skip
    return render(request, "dues/collecting/registers.html", context)


def _may_appoint(actor: Actor) -> bool:
    own = actor.organization
    return own is not None and own.keeps_cards and actor.may(Permission.RECORD_DUES, own)


def _orders(request: ActorRequest) -> list[CollectorOrder]:
    """Return the orders by which the actor can open registers today."""
    if not request.actor.may(Permission.COLLECT_DUES):
        return []
    orders = CollectorOrder.objects.visible_to(request.actor).in_force(timezone.localdate())
    found = orders.select_related("organization__federation").prefetch_related("cells")
    return [
        order for order in found if allowed(check_is_collector, request.actor, order) and _cells(order, request.actor)
    ]


def _cells(order: CollectorOrder, actor: Actor) -> list[Organization]:
    """Return the cells of the order in which the actor can collect; the organisation itself if it covers all of it."""
    own = order.organization
    return [
        place
        for place in (own, *cells_of(own))
        if allowed(check_covers, order, place if place != own else None)
        and allowed(check_works, place)
        and actor.may(Permission.COLLECT_DUES, place)
    ]


@require_http_methods(["GET", "POST"])
@needs(Permission.COLLECT_DUES)
def open_one(request: ActorRequest) -> HttpResponse:
    """Open a register of those who owe a fee."""
    orders = _orders(request)
    if not orders:
        raise NotAllowed
    organization = orders[0].organization
    places = {place.pk: place for order in orders for place in _cells(order, request.actor)}
    offered = offered_in(organization, timezone.localdate())
    form = OpenForm(
        posted(request),
        orders=orders,
        cells=[place for place in places.values() if place.pk != organization.pk],
        offered=offered,
        whole=organization.pk in places,
    )
    made: list[PaymentRegister] = []
    if form.is_valid():
        try:
            made.append(open_register(form.cleaned_data["order"], **form.values, by=request.actor))
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The register is open. Look through it, then begin collecting."))
            return redirect("dues:register", made[0].pk)
    context = {
        "form": form, "title": _("Open a register"), "button": _("Open"), "back": reverse("dues:registers"),
        "section": section(),
        "lead": _("Those who owe the fee are put into it by name. You can add others, and print it for signatures."),
    }  # fmt: skip
    return render(request, "ask.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_DUES)
def register(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a register with its lines, and store the typed sums."""
    found = load(
        PaymentRegister.objects.visible_to(request.actor).select_related(
            "organization", "cell", "order", "contribution"
        ),
        pk,
    )
    collects = request.actor.may(Permission.COLLECT_DUES, found.place) and allowed(
        check_is_collector, request.actor, found.order
    )
    is_open = collects and allowed(check_is_open, found)
    lines = RegisterLine.objects.visible_to(request.actor).filter(register=found).order_by("position")
    page = page_of(request, lines.select_related("member", "entry__reversed_by"))
    form = _lines_form(request, list(page.object_list)) if is_open else None
    if request.method == "POST":
        if form is None:
            require(request.actor, Permission.COLLECT_DUES, found.place)
            return run_action(request, partial(check_is_open, found), "", reverse("dues:register", args=[pk]))
        if form.is_bound and form.is_valid():
            answer = _save(request, found, form, page)
            if answer is not None:
                return answer
    totals = found.lines.aggregate(count=Count("pk"), paid=Count("amount"), total=Sum("amount"))
    own = request.actor.may(Permission.RECORD_DUES, found.organization)
    context = {
        "register": found, "what": name_of(found.fee, found.year, found.title), "page": page, "form": form,
        "count": totals["count"], "paid": totals["paid"], "total": money(totals["total"] or Decimal("0.00")),
        "left": roubles(left_to_hand_in(found)) if found.closed_on else "",
        "orders": _orders_of(request.actor, found),
        "may_begin": collects and allowed(check_can_begin, found),
        "may_close": collects and allowed(check_can_close, found, list(found.lines.filter(amount__isnull=False))),
        "may_cancel": collects and allowed(check_can_be_cancelled, found, "-"),
        "may_receive": own and allowed(check_can_be_received, found),
        # While some of the money is with the collector.
        "may_reverse": own and allowed(check_can_be_received, found),
        "may_print": may_print(request.actor, found) and allowed(check_can_be_printed, found),
        "may_remark": request.actor.may(Permission.REMARK, found.organization)
        and allowed(check_may_remark, found.organization, request.actor),
        "slips": _portions(totals["paid"] if found.closed_on else totals["count"]),
    }  # fmt: skip
    return render(request, "dues/collecting/register.html", context)


def _portions(count: int) -> list[tuple[int, int]]:
    """Return the first and the last number of each portion of slips printed at once."""
    firsts = range(1, max(count, 1) + 1, MAX_SLIPS)
    return [(first, min(first + MAX_SLIPS - 1, max(count, 1))) for first in firsts]


def _orders_of(actor: Actor, register: PaymentRegister) -> list[tuple[CashOrder, str]]:
    orders = CashOrder.objects.visible_to(actor).filter(register=register).select_related("entry__reversed_by")
    return [(order, money(order.amount)) for order in orders]


def _lines_form(request: ActorRequest, lines: list[Any]) -> LinesForm:
    """Return the form: bound if sums are to be stored, otherwise with the values typed so far."""
    sent = request.POST
    if request.method != "POST":
        return LinesForm(lines=lines)
    if sent.get("action") != "fill":
        return LinesForm(sent, lines=lines)
    names = [f"{name}_{line.pk}" for line in lines for name in ("sum", "day")]
    typed = {name: sent.get(name, "") for name in names}
    for line in lines:
        if not typed[f"sum_{line.pk}"].strip():
            typed[f"sum_{line.pk}"] = sent.get("amount", "")
    return LinesForm(lines=lines, initial={"day": sent.get("day", ""), "amount": sent.get("amount", ""), **typed})


def _save(request: ActorRequest, found: PaymentRegister, form: LinesForm, page: Any) -> HttpResponse | None:
    """Store the sums, and close the register if requested; return None if something is refused."""
    action, sums = request.POST.get("action", "save"), form.sums
    try:
        enter_sums(found.pk, sums, by=request.actor)
        if action == "close":
            close_register(found.pk, by=request.actor)
    except RowsRefused as refused:
        form.add_refusals({pk: one for pk, one in refused.by_row.items() if pk in sums})
        if not refused.by_row.keys() & sums.keys():
            form.add_error(None, str(refused.message))
        return None
    except RuleViolation as violation:
        add_violation(form, violation)
        return None
    if action == "close":
        messages.success(request, _("The register is closed, and its payments are recorded. Hand the money in."))
        return redirect("dues:register", found.pk)
    messages.success(request, _("The sums are stored."))
    following = page.next_page_number() if action == "next" and page.has_next() else page.number
    return redirect(f"{reverse('dues:register', args=[found.pk])}?page={following}")


@require_POST
@needs(Permission.COLLECT_DUES)
def begin(request: ActorRequest, pk: int) -> HttpResponse:
    """Begin collecting by the register."""
    found = load(PaymentRegister.objects.visible_to(request.actor), pk)
    step: Callable[[], object] = partial(begin_collecting, found.pk, by=request.actor)
    done = _("The register has its number. Print it for signatures, or enter the sums here.")
    return run_action(request, step, done, reverse("dues:register", args=[pk]))


@require_http_methods(["GET", "POST"])
@needs(Permission.COLLECT_DUES)
def cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Cancel a register in which nobody has paid."""
    found = load(PaymentRegister.objects.visible_to(request.actor).select_related("organization", "cell"), pk)
    require(request.actor, Permission.COLLECT_DUES, found.place)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(cancel_register, found.pk, by=request.actor),
        section=section(),
        title=_("Cancel the register"),
        lead=str(found),
        button=_("Cancel the register"),
        refused=refusal(check_can_be_cancelled, found, "-"),
        done=_("The register is cancelled."),
        to=reverse("dues:register", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.COLLECT_DUES)
def add(request: ActorRequest, pk: int) -> HttpResponse:
    """Search for a member of the cell, and add them to the register."""
    found = load(PaymentRegister.objects.visible_to(request.actor).select_related("organization", "cell"), pk)
    require(request.actor, Permission.COLLECT_DUES, found.place)
    if not allowed(check_is_open, found):
        return redirect("dues:register", pk)
    form = SearchForm(request.GET, cells=[])
    condition = matching(form.cleaned_data.get("q")) if form.is_valid() else None
    people = people_to_add(found)
    if request.method == "POST":
        chosen = load(people, request.POST.get("member", ""))
        step = partial(add_to_register, found.pk, chosen.pk, by=request.actor)
        done = _("%(name)s is in the register.") % {"name": chosen.full_name}
        return run_action(request, step, done, reverse("dues:register", args=[pk]))
    offered = list(people.filter(condition).order_by("sort_key", "pk")[:MAX_OFFERED]) if condition is not None else []
    context = {"register": found, "form": form, "offered": offered, "searched": condition is not None}
    return render(request, "dues/collecting/add.html", context)
