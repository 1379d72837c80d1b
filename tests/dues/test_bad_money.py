"""Every step that records money refuses impossible sums and days, and records nothing (N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from dues.bank.models import BankLine
from dues.bank.transitions.posting import post_line
from dues.bank.transitions.settling import Share
from dues.collecting.models import PaymentRegister
from dues.collecting.transitions import enter_sums, receive_money
from dues.distribution.transitions import confirm_remittance, decide_shares, distribute, pass_on
from dues.expenses.transitions import Texts, pay_out
from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import close_books
from dues.money import is_sum
from dues.payments.transitions import Paid, record_payment, record_payments
from dues.payroll.models import PayrollList
from dues.payroll.transitions.posting import post_list
from dues.rates.transitions import set_rate
from registry.errors import RuleViolation
from tests.members.places import signed_in

from .test_any_operations import TODAY, Steps, begin

pytestmark = pytest.mark.django_db
BAD = ("-0.01", "-1000000", "0", "0.001", "50.005", "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-Infinity")
#: Typed values; the Arabic and Devanagari digits are 100.
TYPED = ("-1", "0", "0,001", "1e400", "NaN", "Infinity", "١٠٠", "१००", "10,0,0", "₽", "5 0 0 - 1", "9" * 30)
FUTURE = TODAY + dt.timedelta(days=1)
CLOSED = TODAY.replace(day=1) - dt.timedelta(days=1)
SUM = Decimal("1.00")


def _payment(s: Steps, amount: Decimal, day: dt.date) -> object:
    return record_payment(
        s.life.members[0].pk, fee="voluntary", year=None, amount=amount, made_on=day, paper="№ 1", key="1", by=s.chair
    )


def _payments(s: Steps, amount: Decimal, day: dt.date) -> object:
    paid = [Paid(one.pk, "voluntary", None, amount, day, "№ 1", key="1") for one in s.life.members[:2]]
    return record_payments(s.keeper.pk, paid, by=s.chair)


def _register(s: Steps, amount: Decimal, day: dt.date) -> object:
    register = PaymentRegister.objects.get(state="collecting")
    line = register.lines.order_by("position")[0]
    return enter_sums(register.pk, {line.pk: (amount, day)}, by=s.chair)


def _receipt(s: Steps, amount: Decimal, day: dt.date) -> object:
    register = PaymentRegister.objects.get(state="closed")
    return receive_money(
        register.pk, amount=amount, made_on=day, received_from="Смирновой", ground="Взносы", note="Часть",
        version=register.version, by=s.chair,
    )  # fmt: skip


def _expense(s: Steps, amount: Decimal, day: dt.date) -> object:
    return pay_out(s.keeper.pk, amount=amount, made_on=day, texts=Texts("Дубову", "Почта"), by=s.chair)


def _bank(s: Steps, amount: Decimal, day: dt.date) -> object:
    line = BankLine.objects.filter(state="open", amount__gt=SUM).order_by("pk")[0]
    return post_line(line.pk, [Share(s.life.members[0].pk, amount)], by=s.chair)


def _payroll(s: Steps, amount: Decimal, day: dt.date) -> object:
    found = PayrollList.objects.get(state="compared")
    # Only the list's own total is accepted.
    paid = found.total if amount == SUM else amount
    return post_list(found.pk, paper="17", paid_on=day, paid=paid, by=s.life.union.chair)


def _pass(s: Steps, amount: Decimal, day: dt.date) -> object:
    return pass_on(
        s.keeper.pk, s.life.society.region.pk, amount=amount, made_on=day, source="received", paper="№ 7", by=s.chair
    )


def _shares(s: Steps, amount: Decimal, day: dt.date) -> object:
    place, head = s.life.union.region, s.life.union.head
    shares = [(place.pk, "", Decimal(99)), (head.pk, "", amount)]
    return decide_shares(
        place.pk, body="Правление", number="4", decided_on=day, valid_from=TODAY, shares=shares, by=s.by(place.pk)
    )


def _rate(s: Steps, amount: Decimal, day: dt.date) -> object:
    head = s.life.society.head
    return set_rate(head.federation, fee="annual", amount=amount, valid_from=FUTURE, paper="Протокол", by=s.by(head.pk))


def _distribution(s: Steps, amount: Decimal, day: dt.date) -> object:
    last = TODAY - dt.timedelta(days=1)
    return distribute(s.keeper.pk, last=last, made_on=day, by=s.chair)


def _confirmed(s: Steps, amount: Decimal, day: dt.date) -> object:
    sent = pass_on(
        s.keeper.pk, s.life.society.region.pk, amount=SUM, made_on=TODAY, source="received", paper="№ 8", by=s.chair
    )
    return confirm_remittance(sent.pk, received_on=day, source="received", by=s.by(sent.receiver_id))


Step = Callable[[Steps, Decimal, dt.date], object]
WITH_SUMS: list[Step] = [
    _payment, _payments, _register, _receipt, _expense, _bank, _payroll, _pass, _shares, _rate,
]  # fmt: skip
WITH_DAYS: list[Step] = [
    _payment, _payments, _register, _receipt, _expense, _payroll, _pass, _distribution, _confirmed, _shares,
]  # fmt: skip
#: Steps whose day is not the day of an entry.
NOT_POSTED: list[Step] = [_register, _shares]


def _refused(step: Step, s: Steps, amount: Decimal, day: dt.date) -> str:
    """Return the field that the refusal names, «refused» without a field, or the other outcome."""
    before = LedgerEntry.objects.count()
    try:
        step(s, amount, day)
    except RuleViolation as violation:
        moved = LedgerEntry.objects.count() - before - (step is _confirmed)
        return violation.field or "refused" if not moved and violation.message else f"{moved} posted"
    except Exception as error:  # noqa: BLE001 - what is told
        return f"{type(error).__name__}: {error}"
    return "done"


def test_n_d1_no_step_takes_a_sum_that_cannot_be() -> None:
    s = begin()
    taken = {}
    for step in WITH_SUMS:
        for text in BAD:
            told = _refused(step, s, Decimal(text), TODAY)
            if told not in {"amount", "paid", "refused"}:
                taken[step.__name__, text] = told
    assert taken == {}
    # Control: a possible sum is accepted.
    assert {step.__name__: _refused(step, s, SUM, TODAY) for step in WITH_SUMS} == {
        step.__name__: "done" for step in WITH_SUMS
    }


def test_n_d1_no_step_takes_a_day_to_come_or_of_a_closed_month() -> None:
    s = begin()
    fields = {_payroll: "paid_on", _confirmed: "received_on", _shares: "decided_on", _register: "paid_on"}
    told = {step.__name__: _refused(step, s, SUM, FUTURE) for step in WITH_DAYS}
    assert told == {step.__name__: fields.get(step, "made_on") for step in WITH_DAYS}
    close_books(s.keeper.pk, CLOSED, by=s.chair)
    # The others have earlier limits, and separate tests.
    posting = [step for step in WITH_DAYS if step not in {*NOT_POSTED, _confirmed, _distribution, _receipt, _payroll}]
    told = {step.__name__: _refused(step, s, SUM, CLOSED) for step in posting}
    assert told == {step.__name__: "made_on" for step in posting}


#: Page → the field of its sum, and other values.
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "pay_out": ("amount", {"to_bank": "other", "paid_to": "Дубову", "ground": "Почта"}),
    "receive": ("amount", {"received_from": "Смирновой", "ground": "Взносы", "note": "Часть"}),
    "pay": ("amount", {"purpose": "voluntary:", "paper": "Квитанция", "confirmed": "on"}),
    "pass_on": ("amount", {"source": "received", "paper": "Поручение № 7"}),
    "post_payroll_list": ("paid", {"paper": "17", "paid_on": f"{TODAY:%d.%m.%Y}"}),
    "add_rate": ("amount", {"fee": "annual", "valid_from": f"{FUTURE:%d.%m.%Y}", "paper": "Протокол"}),
}


@pytest.mark.parametrize("name", PAGES)
def test_n_d1_no_page_takes_a_sum_that_cannot_be_and_what_is_typed_stays(name: str) -> None:
    s = begin()
    place = s.life.society
    of_page: dict[str, tuple[Any, int | None]] = {
        "pay_out": (s.chair, None),
        "receive": (s.chair, PaymentRegister.objects.get(state="closed").pk),
        "pay": (s.chair, s.life.members[0].pk),
        "pass_on": (s.chair, place.region.pk),
        "post_payroll_list": (s.life.union.chair, PayrollList.objects.get(state="compared").pk),
        "add_rate": (s.by(place.head.pk), None),
    }
    by, pk = of_page[name]
    field, rest = PAGES[name]
    address = reverse(f"dues:{name}", args=[pk] if pk else [])
    browser, before = signed_in(by), LedgerEntry.objects.count()
    values = {"made_on": f"{TODAY:%d.%m.%Y}", "key": "0b9f3a52-5c4e-4f0b-9d0c-0a6c3a1f6f11", **rest}
    lost = {}
    for text in TYPED:
        answer = browser.post(address, {**values, field: text})
        page = answer.content.decode()
        if answer.status_code != 200 or field not in answer.context["form"].errors or text not in page:
            lost[text] = answer.status_code
    assert (lost, LedgerEntry.objects.count()) == ({}, before)


@pytest.mark.parametrize(
    ("text", "whole"),
    [("0.01", True), ("1.10", True), ("1.100", True), ("9999999999999.99", True), ("10000000000000", False),
     *((text, False) for text in BAD)],
)  # fmt: skip
def test_n_d1_a_sum_is_above_zero_in_whole_kopecks(text: str, whole: bool) -> None:
    assert is_sum(Decimal(text)) is whole


def test_v_d5_sums_are_entered_in_the_lines_of_the_own_register_alone() -> None:
    s = begin()
    own = PaymentRegister.objects.get(state="collecting")
    other = PaymentRegister.objects.filter(state="closed").get().lines.order_by("pk")[0]
    with pytest.raises(type(other).DoesNotExist):
        enter_sums(own.pk, {other.pk: (SUM, TODAY)}, by=s.chair)
    assert type(other).objects.get(pk=other.pk).amount == other.amount
