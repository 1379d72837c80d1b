"""Twenty equal requests at the same time have one effect, whatever they post (N-D2)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dues.collecting.models import CashOrder, PaymentRegister
from dues.collecting.transitions import close_register, receive_money, void_cash_order
from dues.distribution.models import Remittance
from dues.distribution.transitions import confirm_remittance, distribute, pass_on, take_distribution_back
from dues.expenses.models import ExpenseOrder
from dues.expenses.transitions import Texts, pay_out, void_expense_order
from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.opening.transitions import record_openings
from dues.payments.transitions import reverse_payment
from members.people.models import Member

from .bank.test_at_once import at_once
from .collecting.world import TODAY, YEAR, collecting
from .distribution.world import UNTIL, Sharing, sharing
from .test_any_operations import Steps, begin, disagreeing
from .test_ledger import wrong

pytestmark = pytest.mark.usefixtures("several_connections")
Press = Callable[[], object]


def _close(steps: Steps) -> tuple[Press, int]:
    register = PaymentRegister.objects.get(state="collecting")
    return lambda: close_register(register.pk, by=steps.chair), register.lines.exclude(amount=None).count()


def _receive(steps: Steps) -> tuple[Press, int]:
    register = PaymentRegister.objects.get(state="closed")
    values = {"received_from": "Смирновой", "ground": "Взносы", "note": "Часть", "version": register.version}
    return lambda: receive_money(register.pk, amount=Decimal("0.01"), made_on=TODAY, by=steps.chair, **values), 1


def _void_receipt(steps: Steps) -> tuple[Press, int]:
    order = CashOrder.objects.order_by("-pk")[0]
    return lambda: void_cash_order(order.pk, reason="Ошибка", by=steps.chair), 1


def _pay_out(steps: Steps) -> tuple[Press, int]:
    values: dict[str, Any] = {"amount": Decimal("0.01"), "made_on": TODAY, "texts": Texts("Дубову", "Почта")}
    key = uuid.uuid4()
    return lambda: pay_out(steps.keeper.pk, key=key, by=steps.chair, **values), 1


def _void_expense(steps: Steps) -> tuple[Press, int]:
    order = ExpenseOrder.objects.order_by("pk")[0]
    return lambda: void_expense_order(order.pk, reason="Ошибка", by=steps.chair), 1


def _share(steps: Steps) -> tuple[Press, int]:
    return lambda: distribute(steps.keeper.pk, last=UNTIL, by=steps.chair), 4


def _pass_on(steps: Steps) -> tuple[Press, int]:
    region, key = steps.life.society.region, uuid.uuid4()
    values: dict[str, Any] = {"amount": Decimal("0.01"), "made_on": TODAY, "source": "received", "paper": "№ 7"}
    return lambda: pass_on(steps.keeper.pk, region.pk, key=key, by=steps.chair, **values), 1


def _confirm(steps: Steps) -> tuple[Press, int]:
    sent = Remittance.objects.filter(state="sent").order_by("pk")[0]
    by = steps.by(sent.receiver_id)
    return lambda: confirm_remittance(sent.pk, received_on=TODAY, source="received", by=by), 1


def _charge(steps: Steps) -> tuple[Press, int]:
    people = Member.objects.registered().filter(organization=steps.keeper).count()
    return lambda: charge_new_year(steps.keeper.pk, YEAR - 2, by=steps.chair), people


def _open(steps: Steps) -> tuple[Press, int]:
    member = steps.life.members[5]
    before = LedgerEntry.objects.filter(account__member=member, kind="charge").count()
    assert before == 2
    return lambda: record_openings(steps.keeper.pk, {member.pk: YEAR - 1}, paper="Книга", by=steps.chair), 1


def _reverse(steps: Steps) -> tuple[Press, int]:
    entry = LedgerEntry.objects.filter(kind="payment", fee="voluntary").order_by("pk")[0]
    return lambda: reverse_payment(entry.pk, reason="Ошибка", by=steps.chair), 1


@pytest.mark.parametrize(
    "request_of",
    [_close, _receive, _void_receipt, _pay_out, _void_expense, _share, _pass_on, _confirm, _charge, _open, _reverse],
)
def test_n_d2_the_same_request_twenty_times_at_once_posts_once(
    request_of: Callable[[Steps], tuple[Press, int]],
) -> None:
    steps = begin()
    press, entries = request_of(steps)
    before = LedgerEntry.objects.count()
    at_once(*[press] * 20)
    assert LedgerEntry.objects.count() - before == entries
    assert disagreeing(steps) == []


def test_n_d1_two_cashiers_do_not_pay_the_same_money_out() -> None:
    w = collecting()
    register = w.closed()
    values = {"received_from": "Смирновой", "ground": "Взносы", "version": register.version, "by": w.chair}
    receive_money(register.pk, amount=register.total, made_on=TODAY, **values)
    out = [
        lambda: pay_out(w.keeper.pk, amount=Decimal("60.00"), made_on=TODAY, texts=Texts("Дубову", "Почта"), by=w.chair)
    ] * 2
    assert at_once(*out) == ["", "RuleViolation"]
    assert (ExpenseOrder.objects.count(), wrong()) == (1, [])


def test_n_d1_a_distribution_is_not_taken_back_while_its_money_is_passed_on() -> None:
    w: Sharing = sharing()
    w.pay("100.00")
    w.decide((w.local, "60.00"), (w.region, "40.00"))
    made = w.share()
    steps = [
        lambda: take_distribution_back(made.pk, reason="Рано", by=w.chair),
        lambda: w.send("40.00"),
    ]
    assert at_once(*steps) == ["", "RuleViolation"]
    assert wrong() == []
