"""Printing the papers of collecting dues: orders, registers, slips, the cash book (V-D4 to V-D6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from documents.forms import PeriodForm
from documents.papers import (
    cash_book,
    cash_journal,
    cash_order,
    collector_order,
    expense_order,
    payment_register,
    payment_slips,
)
from documents.papers.blank_words import render_pages
from documents.printing.core import Batch, Paper, batch_for
from documents.printing.rules import check_readable
from documents.printing.transitions import record_blank, record_other_print
from registry import answers
from registry.access import Actor, require
from registry.enums import Permission, Role
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.requests import number_in
from registry.views import ActorRequest, add_violation, load, needs, say_violation

from ..models import CashOrder, CollectorOrder, PaymentRegister
from ..rules import check_can_be_printed, check_period_of_cash

#: Papers that are also printed empty, and those of a period of the cash desk.
EMPTY = {
    paper.code: paper
    for paper in (
        payment_register.REGISTER,
        payment_slips.SLIPS,
        collector_order.ORDER,
        cash_order.ORDER,
        expense_order.ORDER,
    )
}
OF_PERIOD = {paper.code: paper for paper in (cash_journal.JOURNAL, cash_book.BOOK)}


def permission_to_print(actor: Actor) -> Permission:
    """Return the permission to print registers: collectors, who print nothing else, have the one to collect (V-D4)."""
    return Permission.COLLECT_DUES if actor.role == Role.COLLECTOR else Permission.PRINT


def may_print(actor: Actor, register: PaymentRegister) -> bool:
    """Return whether the actor may print papers of the register."""
    return actor.may(permission_to_print(actor), register.place)


def _batch(
    request: ActorRequest, paper: Paper, organization: Organization, permission: Permission = Permission.PRINT
) -> Batch:
    require(request.actor, permission, organization)
    check_readable(paper.data_classes, by=request.actor)
    return batch_for(request.actor, organization)


def _print(
    request: ActorRequest,
    paper: Paper,
    pages: Sequence[Mapping[str, Any]],
    about: Any,
    batch: Batch,
    rule: str,
    permission: Permission = Permission.PRINT,
) -> HttpResponse:
    data = render_pages(paper, pages, batch)
    record_other_print(
        paper.code,
        about,
        organization=batch.organization,
        code=batch.code,
        by=request.actor,
        rule=rule,
        permission=permission,
    )
    return answers.paper(data, paper.code)


def _of_register(request: ActorRequest, pk: int, paper: Paper, *part: int) -> HttpResponse:
    actor, permission = request.actor, permission_to_print(request.actor)
    related = ("organization__federation", "organization__parent", "cell__federation", "cell__parent", "order")
    register = load(PaymentRegister.objects.visible_to(actor).select_related(*related), pk)
    batch = _batch(request, paper, register.place, permission)
    try:
        check_can_be_printed(register)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("dues:register", pk)
    pages = paper.build(register, batch, *part)
    if not pages:
        raise Http404
    return _print(request, paper, pages, register, batch, "V-D5", permission)


@require_POST
@needs(Permission.VIEW_DUES)
def print_register(request: ActorRequest, pk: int) -> HttpResponse:
    """Print a register, to collect signatures or in its closed state."""
    return _of_register(request, pk, payment_register.REGISTER)


@require_POST
@needs(Permission.VIEW_DUES)
def print_slips(request: ActorRequest, pk: int) -> HttpResponse:
    """Print slips for `MAX_SLIPS` members of a register; `part` is the number of the portion, from 0."""
    return _of_register(request, pk, payment_slips.SLIPS, number_in(request.POST.get("part", ""), 2) or 0)


def print_other(
    request: ActorRequest, paper: Paper, about: Any, organization: Organization, rule: str, *values: Any
) -> HttpResponse:
    """Print a paper about a record of the organisation; `values` are additional arguments of its `build`."""
    batch = _batch(request, paper, organization)
    return _print(request, paper, paper.build(about, *values, batch), about, batch, rule)


@require_POST
@needs(Permission.PRINT)
def print_appointment(request: ActorRequest, pk: int) -> HttpResponse:
    """Print the order that appoints a collector."""
    orders = CollectorOrder.objects.visible_to(request.actor).select_related("organization__federation")
    order = load(orders, pk)
    return print_other(request, collector_order.ORDER, order, order.organization, "V-D4")


@require_POST
@needs(Permission.PRINT)
def print_cash_order(request: ActorRequest, pk: int) -> HttpResponse:
    """Print a cash receipt order with its receipt."""
    related = ("organization__federation", "entry__reversed_by")
    order = load(CashOrder.objects.visible_to(request.actor).select_related(*related), pk)
    return print_other(request, cash_order.ORDER, order, order.organization, "V-D6")


def _own(request: ActorRequest) -> Organization:
    own = request.actor.organization
    if own is None or not (own.keeps_cards or own.level == own.charter.cell):
        raise Http404
    return own


@require_http_methods(["GET", "POST"])
@needs(Permission.PRINT)
def cash_book_period(request: ActorRequest, code: str) -> HttpResponse:
    """Show the form for the period, and print the journal of orders or the cash book of the actor's organisation."""
    own = _own(request)
    if code not in OF_PERIOD or not own.keeps_cards:
        raise Http404
    paper = OF_PERIOD[code]
    batch = _batch(request, paper, own)
    form = PeriodForm(own, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        first: dt.date = form.cleaned_data["first"]
        last: dt.date = form.cleaned_data["last"]
        try:
            check_period_of_cash(first, last, own.today)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            return _print(request, paper, paper.build(own, first, last, batch), own, batch, "V-D6")
    context = {"form": form, "paper": paper, "section": _("Cash desk"), "back": reverse("dues:cash")}
    return render(request, "documents/organization_paper.html", context)


@require_POST
@needs(Permission.PRINT)
def print_empty(request: ActorRequest, code: str) -> HttpResponse:
    """Print an empty form, to be filled in by hand."""
    own = _own(request)
    if code not in EMPTY:
        raise Http404
    require(request.actor, Permission.PRINT, own)
    paper, batch = EMPTY[code], batch_for(request.actor, own, blank=True)
    data = render_pages(paper, paper.build(None, batch), batch)
    record_blank(paper.code, by=request.actor)
    return answers.paper(data, paper.code)
