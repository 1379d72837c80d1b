"""Pages of the cash desk: receiving money, cash receipt orders, money held (V-D6)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from documents.printing.declension import Case, decline, sex_of, split_name
from dues.expenses.models import ExpenseOrder
from dues.expenses.rules import check_can_be_void as check_expense_can_be_void
from dues.ledger.queries.showing import name_of
from dues.ledger.rules.holdings import left_to_hand_in
from dues.money import money
from dues.payments.forms import ReasonForm
from registry.access import require
from registry.days import day_text
from registry.enums import Permission
from registry.errors import StaleVersion
from registry.requests import number_in
from registry.states import allowed, refusal
from registry.views import ActorRequest, ask, load, needs, page_of, posted

from ..forms import ReceiveForm
from ..models import CashOrder, PaymentRegister
from ..queries import money_held
from ..rules import check_can_be_received, check_can_be_void
from ..transitions import receive_money, void_cash_order
from .appointments import own_keeper


def section() -> tuple[str, str]:
    """Return the parent page in the breadcrumbs."""
    return _("Cash desk"), reverse("dues:cash")


@require_GET
@needs(Permission.VIEW_DUES)
def cash(request: ActorRequest) -> HttpResponse:
    """Show the money in the cash desk and with collectors, and the cash orders, the newest first.

    `?orders=out` shows the expense orders.
    """
    organization = own_keeper(request)
    out = request.GET.get("orders") == "out"
    orders = (
        ExpenseOrder.objects.visible_to(request.actor)
        if out
        else CashOrder.objects.visible_to(request.actor).select_related("register")
    )
    page = page_of(
        request, orders.filter(organization=organization).select_related("entry__reversed_by", "entry__debit")
    )
    address = reverse("dues:cash")
    context = {
        "organization": organization,
        "held": [(held.order, money(held.amount)) for held in money_held(organization, request.actor)],
        "page": page,
        "rows": [_paid_out(order) if out else _received(order) for order in page],
        "heading": _("Cash expense orders") if out else _("Cash receipt orders"),
        "whose": _("Paid to") if out else _("Received from"),
        "tabs": [(_("Received"), address, not out), (_("Paid out"), f"{address}?orders=out", out)],
    }
    return render(request, "dues/collecting/cash.html", context)


def _received(order: CashOrder) -> dict[str, Any]:
    return {
        "order": order,
        "name": order.received_from,
        "amount": money(order.amount),
        "url": reverse("dues:register", args=[order.register_id]),
        "print_url": reverse("dues:print_cash_order", args=[order.pk]),
        "void_url": reverse("dues:void_cash_order", args=[order.pk]) if allowed(check_can_be_void, order, "-") else "",
    }


def _paid_out(order: ExpenseOrder) -> dict[str, Any]:
    may_void = allowed(check_expense_can_be_void, order, "-")
    return {
        "order": order,
        "name": order.paid_to,
        "amount": money(order.amount),
        "print_url": reverse("dues:print_expense_order", args=[order.pk]),
        "void_url": reverse("dues:void_expense_order", args=[order.pk]) if may_void else "",
    }


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def receive(request: ActorRequest, pk: int) -> HttpResponse:
    """Receive the money of a closed register."""
    register = load(PaymentRegister.objects.visible_to(request.actor).select_related("organization", "order"), pk)
    require(request.actor, Permission.RECORD_DUES, register.organization)
    day = day_text(register.opened_on)
    last = CashOrder.objects.visible_to(request.actor).filter(organization=register.organization).first()
    texts = {
        "received_from": _genitive(register.order.full_name),
        "ground": f"{name_of(register.fee, register.year, register.title)}, ведомость № {register.number} от {day}",
        "enclosure": f"Ведомость № {register.number} от {day}",
        "accountant": last.accountant if last else "",
        "cashier": last.cashier if last else "",
    }
    version = number_in(request.POST.get("version", "")) if request.method == "POST" else None
    form = ReceiveForm(posted(request), left=left_to_hand_in(register), texts=texts)
    try:
        return ask(
            request,
            form,
            partial(receive_money, register.pk, version=version or register.version, by=request.actor),
            section=(_("Payment registers"), reverse("dues:registers")),
            title=_("Receive money"),
            lead=_("Count the money. The next cash receipt order of the year is made for the counted sum."),
            button=_("Receive the money"),
            refused=refusal(check_can_be_received, register),
            done=_("The money is in the cash desk. Print the order, and give its receipt to the collector."),
            to=reverse("dues:register", args=[pk]),
            template="dues/collecting/receive.html",
            register=register,
        )
    except StaleVersion:
        messages.warning(
            request, _("Somebody else has received money of this register meanwhile. Look at what is left.")
        )
        return redirect("dues:receive", pk)


def _genitive(full_name: str) -> str:
    return decline(*split_name(full_name), sex=sex_of(full_name), case=Case.GENITIVE)


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def void(request: ActorRequest, pk: int) -> HttpResponse:
    """Make a cash receipt order void."""
    order = load(CashOrder.objects.visible_to(request.actor).select_related("organization", "entry__debit"), pk)
    require(request.actor, Permission.RECORD_DUES, order.organization)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(void_cash_order, order.pk, by=request.actor),
        section=section(),
        title=_("Make a cash receipt order void"),
        lead=_("Its number stays. The collector owes the money again until another order receives it."),
        button=_("Make it void"),
        refused=refusal(check_can_be_void, order, "-"),
        done=_("The order is void."),
        to=reverse("dues:cash"),
    )
