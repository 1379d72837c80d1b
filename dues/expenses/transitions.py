"""Transitions of cash expense orders (V-D6, N-D1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from dues.collecting.rules import check_collects_by_registers
from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.rules.closing import check_open, closed_until
from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import Act, change

from . import rules
from .models import ExpenseOrder


@dataclass(frozen=True)
class Texts:
    """Texts of a cash expense order; `paid_to` is in the dative case."""

    paid_to: str
    ground: str
    enclosure: str = ""
    head_post: str = ""
    head: str = ""
    accountant: str = ""
    cashier: str = ""


def pay_out(
    organization_id: int,
    *,
    amount: Decimal,
    made_on: dt.date,
    texts: Texts,
    account_number: str = "",
    key: object = "",
    by: Actor,
) -> ExpenseOrder:
    """Pay money out of the cash desk by the next cash expense order of the year (V-D6).

    It is paid to the bank account with this number, or for the stated purpose. `key` identifies the form, which is
    recorded only once (N-D2). Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D6", event="dues.money_paid_out") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        before = ExpenseOrder.objects.filter(entry__key=order_key(organization, key)).first()
        if before is not None:
            act.silent = True
            return before
        kind = AccountKind.BANK if account_number else AccountKind.SPENT
        debit = ledger.AccountKey(kind, number=account_number)
        order = write_order(act, organization, amount=amount, made_on=made_on, texts=texts, debit=debit, key=key)
        act.about(order, organization=organization)
    return order


def order_key(organization: Organization, form: object) -> str:
    """Return the ledger key of the order that a form makes (N-D2)."""
    return f"expense order:{organization.pk}:{form}"


def write_order(
    act: Act,
    organization: Organization,
    *,
    amount: Decimal,
    made_on: dt.date,
    texts: Texts,
    debit: ledger.AccountKey,
    key: object = "",
) -> ExpenseOrder:
    """Check and save the next order of the organisation, which the caller has locked; `debit` gets the money."""
    check_collects_by_registers(organization)
    last = ExpenseOrder.objects.filter(organization=organization, year=made_on.year).order_by("-number").first()
    rules.check_day(made_on, last.made_on if last else None, act.today)
    check_open(made_on, closed_until(organization))
    rules.check_texts(
        paid_to=texts.paid_to, ground=texts.ground, enclosure=texts.enclosure, account_number=debit.number
    )
    rules.check_paid_out(organization, amount, made_on)
    number = last.number + 1 if last else 1
    move = ledger.Move(
        debit=debit,
        credit=ledger.CASH,
        amount=amount,
        made_on=made_on,
        paper=f"Расходный кассовый ордер № {number} от {day_text(made_on)}",
        key=order_key(organization, key or f"{made_on.year}:{number}"),
    )
    order = ExpenseOrder(
        organization=organization,
        year=made_on.year,
        number=number,
        made_on=made_on,
        amount=amount,
        entry=ledger.post_moves(act, [move], organization=organization, rule="V-D6")[0],
        **{name: text.strip() for name, text in vars(texts).items()},
    )
    act.save(order)
    return order


def void_expense_order(order_id: int, *, reason: str, by: Actor) -> None:
    """Reverse a cash expense order that was made by mistake; its number stays, the money is in the cash desk (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `ExpenseOrder.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.expense_order_void") as act:
        order = ExpenseOrder.objects.visible_to(by).get(pk=order_id)
        organization = act.lock(Organization, order.organization_id)
        order = act.lock(ExpenseOrder.objects.visible_to(by), order_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_can_be_void(order, reason)
        ledger.reverse(act, [order.entry], accounts=[], rule="N-D1", paper=reason.strip())
        act.about(order, organization=organization)
