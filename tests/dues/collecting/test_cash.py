"""Cash receipt orders: numbers without gaps, counted sums, the register's money, void orders (V-D6, N-D1)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from dues.collecting.enums import RegisterState
from dues.collecting.models import CashOrder, CollectorOrder, PaymentRegister
from dues.collecting.transitions import close_register, receive_money, void_cash_order
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.rules.holdings import held_by, left_to_hand_in
from dues.ledger.transitions import close_books
from dues.payments.transitions import reverse_payment
from registry.errors import NotAllowed, StaleVersion
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.refusals import refused

from .world import FEE, TODAY, YEAR, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)
BOTH = 2 * FEE


@pytest.fixture
def w() -> Collecting:
    return collecting()


def receive(w: Collecting, register: PaymentRegister, amount: Decimal = BOTH, **changed: Any) -> CashOrder:
    fresh = PaymentRegister.objects.get(pk=register.pk)
    values = {
        "made_on": TODAY, "received_from": "Смирновой Ольги Петровны", "ground": "Членские взносы",
        "version": fresh.version, "by": w.chair, **changed,
    }  # fmt: skip
    return receive_money(register.pk, amount=amount, **values)


def held(w: Collecting) -> dict[str, Decimal]:
    accounts = BookAccount.objects.filter(organization=w.keeper, kind__in=["collector", "cash"])
    return {account.kind: held_by(account) for account in accounts}


def state(register: PaymentRegister) -> str:
    return PaymentRegister.objects.get(pk=register.pk).state


def test_v_d6_the_money_moves_from_the_collector_to_the_cash_desk(w: Collecting) -> None:
    register = w.closed()
    order = receive(w, register)
    assert (order.number, order.year, order.amount, state(register)) == (1, YEAR, BOTH, RegisterState.HANDED_IN)
    entry = order.entry
    assert (entry.kind, entry.account, entry.fee, entry.amount) == ("move", None, "", BOTH)
    assert entry.paper == f"Приходный кассовый ордер № 1 от {TODAY:%d.%m.%Y}"
    assert (held(w), wrong()) == ({"collector": 0, "cash": BOTH}, [])
    with refused("V-D6"):
        receive(w, register)


def test_v_d6_what_is_missing_is_explained_and_stays_with_the_collector(w: Collecting) -> None:
    register = w.closed()
    with refused("V-D6") as refusal:
        receive(w, register, BOTH - Decimal("0.01"))
    assert refusal.value.field == "note"
    receive(w, register, BOTH - Decimal("0.01"), note="Не хватает копейки")
    assert (state(register), left_to_hand_in(register)) == (RegisterState.CLOSED, Decimal("0.01"))
    assert held(w) == {"collector": Decimal("0.01"), "cash": Decimal("99.99")}
    with refused("V-D6") as refusal:
        receive(w, register, Decimal("0.02"))
    assert refusal.value.field == "amount"
    assert receive(w, register, Decimal("0.01")).number == 2
    assert (state(register), wrong()) == (RegisterState.HANDED_IN, [])
    total = sum(CashOrder.objects.values_list("amount", flat=True))
    assert total == PaymentRegister.objects.get(pk=register.pk).total


@pytest.mark.parametrize(
    "amount", [Decimal(0), Decimal("-1.00"), Decimal("0.001"), Decimal("NaN"), Decimal("Infinity"), Decimal("100.01")]
)
def test_v_d6_a_sum_that_cannot_be_counted_is_refused(w: Collecting, amount: Decimal) -> None:
    register = w.closed()
    with refused("V-D6") as refusal:
        receive(w, register, amount, note="x")
    assert (refusal.value.field, CashOrder.objects.count()) == ("amount", 0)


def test_v_d6_only_a_closed_register_hands_money_in(w: Collecting) -> None:
    register = w.begun()
    w.fill(register, FEE)
    with refused("V-D6"):
        receive(w, register, FEE)


@pytest.mark.parametrize(("changed", "field"), [({"received_from": " "}, "received_from"), ({"ground": ""}, "ground")])
def test_v_d6_the_payer_and_the_ground_are_named(w: Collecting, changed: dict[str, str], field: str) -> None:
    with refused("V-D6") as refusal:
        receive(w, w.closed(), **changed)
    assert refusal.value.field == field


def test_v_d6_days_follow_the_register_the_last_number_and_today(w: Collecting) -> None:
    register = w.closed()
    for day in (TODAY + DAY, TODAY - DAY):
        with refused("V-D6") as refusal:
            receive(w, register, made_on=day)
        assert refusal.value.field == "made_on"
    PaymentRegister.objects.update(closed_on=TODAY - 2 * DAY)
    first = receive(w, register, FEE, note="по частям")
    if first.year == (TODAY - DAY).year:
        with refused("V-D6"):
            receive(w, register, FEE, made_on=TODAY - DAY)
    assert receive(w, register, FEE).number == 2


def test_n_d1_no_money_is_received_in_a_closed_month(w: Collecting) -> None:
    register = w.closed()
    last = TODAY.replace(day=1) - DAY
    PaymentRegister.objects.update(closed_on=last)
    close_books(w.keeper.pk, last, by=w.chair)
    with refused("N-D1"):
        receive(w, register, made_on=last)


def test_v_d6_numbers_begin_again_with_the_year_and_have_no_gaps(w: Collecting) -> None:
    register = w.closed()
    PaymentRegister.objects.update(closed_on=dt.date(YEAR - 1, 12, 30))
    last_year = receive(w, register, FEE, made_on=dt.date(YEAR - 1, 12, 31), note="часть")
    this_year = receive(w, register, FEE)
    assert [(o.year, o.number) for o in (last_year, this_year)] == [(YEAR - 1, 1), (YEAR, 1)]


def test_n_d1_a_void_order_keeps_its_number_and_gives_the_money_back_to_the_collector(w: Collecting) -> None:
    register = w.closed()
    order = receive(w, register)
    with refused("N-D1") as refusal:
        void_cash_order(order.pk, reason=" ", by=w.chair)
    assert refusal.value.field == "reason"
    void_cash_order(order.pk, reason="Не та ведомость", by=w.chair)
    assert (state(register), left_to_hand_in(register)) == (RegisterState.CLOSED, BOTH)
    assert (held(w), wrong()) == ({"collector": BOTH, "cash": 0}, [])
    with refused("N-D1"):
        void_cash_order(order.pk, reason="Ещё раз", by=w.chair)
    assert (receive(w, register).number, list(CashOrder.objects.valid().values_list("number", flat=True))) == (2, [2])


@pytest.mark.both
def test_n_d1_a_payment_whose_money_is_handed_in_is_reversed_after_its_order(w: Collecting) -> None:
    register = w.closed()
    order = receive(w, register)
    entry = LedgerEntry.objects.filter(kind="payment").order_by("pk")[0]
    with refused("N-D1"):
        reverse_payment(entry.pk, reason="Не тот человек", by=w.chair)
    void_cash_order(order.pk, reason="Сторно строки", by=w.chair)
    reverse_payment(entry.pk, reason="Не тот человек", by=w.chair)
    assert (held(w), wrong()) == ({"collector": FEE, "cash": 0}, [])


def test_n_d1_what_is_reversed_of_a_register_is_not_handed_in(w: Collecting) -> None:
    register = w.closed()
    first, second = LedgerEntry.objects.filter(kind="payment").order_by("pk")
    reverse_payment(first.pk, reason="Не тот человек", by=w.chair)
    assert (state(register), left_to_hand_in(register)) == (RegisterState.CLOSED, FEE)
    with refused("V-D6", field="amount"):
        receive(w, register, BOTH)
    order = receive(w, register, FEE)
    assert (held(w), state(register), wrong()) == ({"collector": 0, "cash": FEE}, RegisterState.HANDED_IN, [])
    void_cash_order(order.pk, reason="Сторно строки", by=w.chair)
    reverse_payment(second.pk, reason="Не тот человек", by=w.chair)
    assert (held(w), state(register), wrong()) == ({"collector": 0, "cash": 0}, RegisterState.HANDED_IN, [])
    with refused("V-D6"):
        receive(w, register, Decimal("0.01"))


def test_n_d1_money_of_another_register_does_not_stand_for_what_was_handed_in(w: Collecting) -> None:
    register = w.closed()
    receive(w, register)
    entry = LedgerEntry.objects.filter(kind="payment").order_by("pk")[0]
    other = w.begun()
    w.fill(other, FEE)
    close_register(other.pk, by=w.collector)
    assert held(w) == {"collector": FEE, "cash": BOTH}
    with refused("N-D1", match="осталось 0,00 ₽"):
        reverse_payment(entry.pk, reason="Не тот человек", by=w.chair)
    assert (receive(w, other, FEE).number, wrong()) == (2, [])


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE dues_paymentregister SET total = total + 1", "register N: its total is not that of its payments"),
        ("UPDATE dues_paymentregister SET state = 'handed_in'", "register N is handed_in, and N are left to hand in"),
        (
            "UPDATE dues_registerline SET amount = amount + 1 WHERE position = 1",
            "line N of a payment register does not",
        ),
        (
            "UPDATE dues_registerline SET entry_id = NULL WHERE position = 1",
            "account of the books N does not hold what its registers have left to hand in",
        ),
    ],
)
def test_n_d1_integrity_compares_registers_with_the_ledger(w: Collecting, damage: str, found: str) -> None:
    w.closed()
    with connection.cursor() as cursor:
        cursor.execute(damage)
    assert [line for line in wrong() if found in re.sub(r"\d+(\.\d+)?", "N", line)] != []


def test_v_d6_the_collector_does_not_receive_the_money_they_hand_in(w: Collecting) -> None:
    register = w.closed()
    for by in (w.collector, w.place.region_chair):
        with pytest.raises(NotAllowed):
            receive(w, register, by=by)
    with pytest.raises(PaymentRegister.DoesNotExist):
        receive(w, register, by=places.voi().chair)
    order = receive(w, register)
    with pytest.raises(CashOrder.DoesNotExist):
        void_cash_order(order.pk, reason="Ошибка", by=w.collector)
    assert (list(CashOrder.objects.visible_to(w.collector)), list(CashOrder.objects.visible_to(w.chair))) == (
        [],
        [order],
    )


def test_v_d6_two_cashiers_receive_the_money_of_a_register_once(w: Collecting) -> None:
    register = w.closed()
    seen = PaymentRegister.objects.get(pk=register.pk).version
    receive(w, register, FEE, note="часть", version=seen)
    with pytest.raises(StaleVersion):
        receive(w, register, FEE, version=seen)


@pytest.mark.both
def test_n_d1_integrity_finds_a_collector_who_holds_less_than_nothing(w: Collecting) -> None:
    register = w.closed()
    order = receive(w, register)
    entry = order.entry
    entry.pk, entry.key = None, "astray"
    entry.save(force_insert=True)
    account = BookAccount.objects.get(kind="collector")
    assert sorted(wrong()) == [
        f"account of the books {account.pk} does not hold what its registers have left to hand in",
        f"account of the books {account.pk} holds less than nothing",
        f"entry {entry.pk} moves cash without an order",
    ]


def test_v_d4_orders_of_a_year_before_stay_with_their_collector(w: Collecting) -> None:
    register = w.closed()
    CollectorOrder.objects.update(valid_until=TODAY)
    receive(w, register)
    assert BookAccount.objects.get(kind="collector").collector_id == w.order.pk
