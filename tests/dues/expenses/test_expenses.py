"""Cash expense orders: numbers, purposes of the money, the balance of the cash desk, void orders (V-D6, N-D1)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.transitions.forgetting import forget_people_of_old_papers
from dues.bank.transitions.posting import mark_deposit, put_back
from dues.collecting.models import CashOrder, PaymentRegister
from dues.collecting.transitions import void_cash_order
from dues.expenses.models import ExpenseOrder
from dues.expenses.rules import check_day
from dues.expenses.transitions import Texts, pay_out, void_expense_order
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.rules.holdings import held_by, spendable
from dues.ledger.transitions import close_books
from registry.enums import Role
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from tests.clock import at
from tests.dues.bank.world import OWN, Doc, statement
from tests.dues.collecting.test_cash import BOTH, receive
from tests.dues.collecting.world import FEE, TODAY, Collecting, collecting
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY, KOPECK = dt.timedelta(days=1), Decimal("0.01")
ACCOUNT = "40703810900000000001"


@pytest.fixture
def w() -> Collecting:
    """A world with 100 roubles in the cash desk."""
    w = collecting()
    receive(w, w.closed())
    return w


def pay(w: Collecting, amount: Decimal = FEE, account_number: str = "", **changed: Any) -> ExpenseOrder:
    made_on, by = changed.pop("made_on", TODAY), changed.pop("by", w.chair)
    values = {"paid_to": "Дубову Петру", "ground": "Почтовые расходы", "enclosure": "Квитанция № 4", **changed}
    texts = Texts(**values)
    return pay_out(w.keeper.pk, amount=amount, made_on=made_on, texts=texts, account_number=account_number, by=by)


def held(w: Collecting) -> dict[str, Decimal]:
    kinds = ["cash", "bank", "spent"]
    accounts = BookAccount.objects.filter(organization=w.keeper, kind__in=kinds)
    return {account.kind: held_by(account) for account in accounts}


def test_v_d6_money_goes_to_the_bank_account_or_to_another_purpose(w: Collecting) -> None:
    to_bank = pay(w, Decimal("60.50"), ACCOUNT)
    assert (to_bank.number, to_bank.year, to_bank.entry.debit.number) == (1, TODAY.year, ACCOUNT)
    assert to_bank.entry.paper == f"Расходный кассовый ордер № 1 от {TODAY:%d.%m.%Y}"
    assert pay(w, Decimal("39.50")).number == 2
    assert (held(w), wrong()) == (
        {"cash": Decimal(0), "bank": Decimal("60.50"), "spent": Decimal("39.50")},
        [],
    )


def test_n_d2_a_form_pays_money_out_once(w: Collecting) -> None:
    def send(key: str) -> ExpenseOrder:
        texts = Texts("Дубову Петру", "Почтовые расходы", "Квитанция № 4")
        return pay_out(w.keeper.pk, amount=FEE, made_on=TODAY, texts=texts, key=key, by=w.chair)

    first = send("form")
    assert [send(key) == first for key in ("form", "another")] == [True, False]
    assert (held(w), wrong()) == ({"cash": BOTH - 2 * FEE, "spent": 2 * FEE}, [])


@pytest.mark.both
def test_n_d1_the_cash_desk_never_holds_less_than_nothing(w: Collecting) -> None:
    with refused("N-D1", field="amount"):
        pay(w, BOTH + KOPECK)
    pay(w, BOTH - KOPECK)
    pay(w, KOPECK)
    with refused("N-D1", field="amount"):
        pay(w, KOPECK)
    # A receipt cannot become void while its money has been paid out.
    with refused("N-D1"):
        void_cash_order(CashOrder.objects.get().pk, reason="Ошибка", by=w.chair)


def test_n_d1_what_later_days_need_is_not_paid_out_before(w: Collecting) -> None:
    CashOrder.objects.update(made_on=TODAY)
    assert [spendable(w.keeper, day) for day in (TODAY - DAY, TODAY, TODAY + DAY)] == [0, BOTH, BOTH]
    with refused("N-D1", field="amount"):
        pay(w, KOPECK, made_on=TODAY - DAY)
    with at(TODAY + DAY):
        pay(w, FEE, made_on=TODAY + DAY)
    assert [spendable(w.keeper, TODAY + days * DAY) for days in (-1, 0, 1, 2)] == [0, *[BOTH - FEE] * 3]
    other = places.voi().keeper
    assert spendable(other, TODAY) == 0


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("-1"), Decimal("0.001"), Decimal("NaN"), Decimal("Infinity")])
def test_v_d6_a_sum_that_cannot_be_paid_is_refused(w: Collecting, amount: Decimal) -> None:
    with refused("V-D6", field="amount"):
        pay(w, amount)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"paid_to": " "}, "paid_to"),
        ({"ground": ""}, "ground"),
        ({"enclosure": " ", "account_number": ACCOUNT}, "enclosure"),
        ({"account_number": ACCOUNT[1:]}, "to_bank"),
        ({"account_number": ACCOUNT[1:] + "A"}, "to_bank"),
        ({"account_number": "٤" * 20}, "to_bank"),
        ({"made_on": TODAY + DAY}, "made_on"),
    ],
)
def test_v_d6_an_order_says_who_gets_the_money_and_what_for(w: Collecting, changed: dict[str, Any], field: str) -> None:
    with refused("V-D6", field=field):
        pay(w, **changed)
    assert ExpenseOrder.objects.count() == 0


def test_v_d6_numbers_follow_the_days_of_their_year(w: Collecting) -> None:
    for last in (None, TODAY - DAY, TODAY):
        check_day(TODAY, last, TODAY)
    with refused("V-D6", field="made_on"):
        check_day(TODAY, TODAY + DAY, TODAY + DAY)


def test_v_d6_numbers_begin_again_with_the_year() -> None:
    w = collecting()
    register, last_day = w.closed(), dt.date(TODAY.year - 1, 12, 31)
    PaymentRegister.objects.update(closed_on=last_day)
    receive(w, register, made_on=last_day)
    orders = [pay(w, KOPECK, made_on=day) for day in (last_day, last_day, TODAY)]
    assert [(order.year, order.number) for order in orders] == [
        (TODAY.year - 1, 1),
        (TODAY.year - 1, 2),
        (TODAY.year, 1),
    ]


def test_n_d1_nothing_is_paid_out_in_a_closed_month(w: Collecting) -> None:
    last = TODAY.replace(day=1) - DAY
    close_books(w.keeper.pk, last, by=w.chair)
    with refused("N-D1", field="made_on"):
        pay(w, made_on=last)


def test_n_d1_a_void_order_keeps_its_number_and_the_money_is_back(w: Collecting) -> None:
    order = pay(w)
    with refused("N-D1", field="reason"):
        void_expense_order(order.pk, reason=" ", by=w.chair)
    void_expense_order(order.pk, reason="Не тот получатель", by=w.chair)
    with refused("N-D1"):
        void_expense_order(order.pk, reason="Ещё раз", by=w.chair)
    assert (held(w), pay(w, BOTH).number, wrong()) == ({"cash": BOTH, "spent": 0}, 2, [])


def test_n_d1_an_order_is_not_void_while_a_bank_statement_has_its_money(w: Collecting) -> None:
    order = pay(w, account_number=OWN)
    loaded = load_file(w.keeper, statement(Doc("КАССА", "Сдано наличными")), by=w.chair)
    (line,) = loaded.lines
    mark_deposit(line.pk, by=w.chair)
    with refused("N-D1", match="в выписке банка"):
        void_expense_order(order.pk, reason="Ошибка", by=w.chair)
    assert (held(w)["bank"], wrong()) == (FEE, [])
    put_back(line.pk, reason="Ошибка", by=w.chair)
    void_expense_order(order.pk, reason="Ошибка", by=w.chair)
    assert (held(w)["bank"], wrong()) == (FEE, [])


def test_v_d6_an_organisation_without_cards_of_its_own_writes_no_orders(w: Collecting) -> None:
    region = w.place.region
    texts = Texts(paid_to="Дубову Петру", ground="Почтовые расходы", enclosure="")
    with refused("V-D4", match="ведёт учётные карточки"):
        pay_out(region.pk, amount=FEE, made_on=TODAY, texts=texts, by=w.place.region_chair)
    assert not ExpenseOrder.objects.exists()
    assert pay(w).organization == w.keeper


def test_v_d6_only_officers_of_the_organisation_pay_money_out(w: Collecting) -> None:
    reviewer = trees.officer(w.keeper, Role.REVIEWER)
    for by in (w.collector, w.place.region_chair, reviewer):
        with pytest.raises(NotAllowed):
            pay(w, by=by)
    stranger = places.voi().chair
    with pytest.raises(Organization.DoesNotExist):
        pay(w, by=stranger)
    order = pay(w)
    for by in (w.collector, stranger):
        with pytest.raises(ExpenseOrder.DoesNotExist):
            void_expense_order(order.pk, reason="Ошибка", by=by)
    seen = [list(ExpenseOrder.objects.visible_to(by)) for by in (w.chair, reviewer, w.collector, stranger)]
    assert seen == [[order], [order], [], []]


@pytest.mark.both
def test_n_d1_integrity_finds_gaps_orders_without_entries_and_days_below_zero(w: Collecting) -> None:
    orders = [pay(w, Decimal(10)) for _ in range(3)]
    assert wrong() == []
    ExpenseOrder.objects.filter(pk=orders[2].pk).update(number=4)
    assert wrong() == [f"expenseorder: the numbers of organisation {w.keeper.pk} in {TODAY.year} have gaps"]
    ExpenseOrder.objects.filter(pk=orders[2].pk).update(number=3, amount=Decimal(11))
    assert wrong() == [f"expenseorder {orders[2].pk} does not agree with its entry"]
    ExpenseOrder.objects.filter(pk=orders[2].pk).update(amount=Decimal(10))
    entry = LedgerEntry.objects.get(pk=orders[0].entry_id)
    entry.pk, entry.key, entry.made_on = None, "astray", TODAY - DAY
    entry.save(force_insert=True)
    desk = BookAccount.objects.get(kind="cash")
    assert sorted(wrong()) == [
        f"account of the books {desk.pk} holds less than nothing",
        f"entry {entry.pk} moves cash without an order",
    ]


@pytest.mark.both
def test_v_d6_money_is_paid_out_on_the_page_of_the_cash_desk(w: Collecting) -> None:
    client = signed_in(w.chair)
    sent = {
        "to_bank": "bank", "amount": "60,50", "made_on": f"{TODAY:%d.%m.%Y}", "paid_to": "Дубову Петру",
        "ground": "Сдача наличных", "enclosure": "Квитанция № 4", "key": str(uuid.uuid4()),
    }  # fmt: skip
    page = client.post(reverse("dues:pay_out"), sent)
    assert list(page.context["form"].errors) == ["to_bank"]
    w.keeper.passport.account = ACCOUNT
    w.keeper.passport.save()
    assert client.post(reverse("dues:pay_out"), {**sent, "to_bank": "other", "amount": "100,01"}).status_code == 200
    # A form sent twice pays once.
    assert [client.post(reverse("dues:pay_out"), sent).status_code for _ in range(2)] == [302, 302]
    order = ExpenseOrder.objects.get()
    assert (order.amount, order.entry.debit.number) == (Decimal("60.50"), ACCOUNT)
    assert "Дубову Петру" not in client.get(reverse("dues:cash")).content.decode()
    shown = client.get(reverse("dues:cash"), {"orders": "out"}).content.decode()
    assert ("Дубову Петру" in shown, reverse("dues:void_expense_order", args=[order.pk]) in shown) == (True, True)
    printed = client.post(reverse("dues:print_expense_order", args=[order.pk]))
    assert (printed.status_code, printed["Content-Type"]) == (200, "application/pdf")
    done = client.post(reverse("dues:void_expense_order", args=[order.pk]), {"reason": "Ошибка"})
    assert (done.status_code, hasattr(ExpenseOrder.objects.get().entry, "reversed_by")) == (302, True)
    assert (
        reverse("dues:void_expense_order", args=[order.pk])
        not in client.get(reverse("dues:cash"), {"orders": "out"}).content.decode()
    )


def test_n_d1_papers_name_people_for_five_years_after_theirs(w: Collecting) -> None:
    """Covers lines of bank statements, cash orders and their histories (practice 7.5)."""
    pay(w, account_number=OWN)
    load_file(w.keeper, statement(Doc()), by=w.chair)
    papers: list[tuple[Any, str]] = [(CashOrder, "received_from"), (ExpenseOrder, "paid_to"), (BankLine, "other_name")]
    rows: list[tuple[Any, str]] = [
        *((model.objects.all(), name) for model, name in papers),
        *((model.history.all(), name) for model, name in papers[:2]),
    ]

    def named(made_on: dt.date, today: dt.date) -> list[bool]:
        before = [list(found.values_list(name, flat=True)) for found, name in rows]
        with transaction.atomic():
            for found, _name in rows:
                found.update(made_on=made_on)
            forget_people_of_old_papers(today)
            after = [list(found.values_list(name, flat=True)) for found, name in rows]
            transaction.set_rollback(True)
        return [one == other for one, other in zip(before, after, strict=True)]

    assert named(dt.date(2004, 12, 31), dt.date(2009, 12, 31)) == [True] * 5
    assert named(dt.date(2004, 12, 31), dt.date(2010, 1, 1)) == [False] * 5
    assert named(dt.date(2005, 1, 1), dt.date(2010, 12, 31)) == [True] * 5
