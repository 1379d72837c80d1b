"""Pages of money paid out of the cash desk (V-D6)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from documents.papers import expense_order
from documents.papers.card import chair_of
from dues.collecting.views.appointments import own_keeper
from dues.collecting.views.cash import section
from dues.collecting.views.prints import print_other
from dues.payments.forms import ReasonForm
from registry.access import Actor, require
from registry.enums import Permission
from registry.states import refusal
from registry.views import ActorRequest, ask, load, needs, posted

from .forms import PayOutForm
from .models import ExpenseOrder
from .rules import check_can_be_void
from .transitions import pay_out, void_expense_order

#: Texts copied from the last order.
_KEPT = ("head_post", "head", "accountant", "cashier")


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def pay(request: ActorRequest) -> HttpResponse:
    """Pay money out of the cash desk."""
    organization = own_keeper(request)
    passport = getattr(organization, "passport", None)
    number = passport.account if passport is not None else ""
    last = ExpenseOrder.objects.visible_to(request.actor).filter(organization=organization).first()
    texts = {name: getattr(last, name) for name in _KEPT} if last else {"head": chair_of(organization)}

    def step(**data: Any) -> ExpenseOrder:
        return pay_out(organization.pk, **PayOutForm.arguments(data, number), by=request.actor)

    return ask(
        request,
        PayOutForm(posted(request), texts=texts, account_number=number),
        step,
        section=section(),
        title=_("Pay money out"),
        lead=_("The next cash expense order of the year is made. The cash desk never holds less than nothing."),
        button=_("Pay out"),
        done=_("The money is paid out. Print the order; the receiver signs it."),
        to=reverse("dues:cash"),
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.RECORD_DUES)
def void(request: ActorRequest, pk: int) -> HttpResponse:
    """Make a cash expense order void."""
    order = load(_orders(request.actor), pk)
    require(request.actor, Permission.RECORD_DUES, order.organization)
    return ask(
        request,
        ReasonForm(posted(request)),
        partial(void_expense_order, order.pk, by=request.actor),
        section=section(),
        title=_("Make a cash expense order void"),
        lead=_("Its number stays. The money is in the cash desk again."),
        button=_("Make it void"),
        refused=refusal(check_can_be_void, order, "-"),
        done=_("The order is void."),
        to=reverse("dues:cash"),
    )


@require_POST
@needs(Permission.PRINT)
def print_order(request: ActorRequest, pk: int) -> HttpResponse:
    """Print a cash expense order."""
    order = load(_orders(request.actor), pk)
    return print_other(request, expense_order.ORDER, order, order.organization, "V-D6")


def _orders(actor: Actor) -> Any:
    related = ("organization__federation", "entry__reversed_by", "entry__debit")
    return ExpenseOrder.objects.visible_to(actor).select_related(*related)
