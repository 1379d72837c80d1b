"""Papers of collecting dues for tests: filled, partly filled, empty, and with the longest values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from documents.printing.core import Batch, Paper, papers
from dues.collecting.models import CashOrder, CollectorOrder, PaymentRegister, RegisterLine
from dues.collecting.transitions import receive_money, void_cash_order
from dues.distribution.models import SettlementAct
from dues.distribution.transitions import answer_act, draw_act
from dues.expenses.models import ExpenseOrder
from dues.expenses.transitions import Texts, pay_out, void_expense_order
from registry.organizations.models import Organization
from tests.documents.samples import batch_of
from tests.dues.collecting.world import FEE, TODAY, Collecting, collecting
from tests.dues.distribution.world import Sharing, sharing
from tests.dues.reports.world import pay, reported

Printed = tuple[Paper, Sequence[Mapping[str, Any]], Batch]


def received(w: Collecting, register: PaymentRegister, amount: Decimal = FEE * 2, **changed: Any) -> CashOrder:
    """Record the receipt of the money of the closed register."""
    values: dict[str, Any] = {
        "received_from": "Смирновой Ольги Петровны", "ground": "Членские взносы, ведомость № 1",
        "enclosure": "Ведомость на 1 л.", "accountant": "Липова А.С.", "cashier": "Дубов П.Н.", **changed,
    }  # fmt: skip
    order = receive_money(register.pk, amount=amount, made_on=TODAY, version=register.version, by=w.chair, **values)
    return CashOrder.objects.select_related("organization__federation", "entry__reversed_by").get(pk=order.pk)


def loaded(register: PaymentRegister) -> PaymentRegister:
    """Return the register as the pages load it."""
    related = ("organization__federation", "cell", "order")
    return PaymentRegister.objects.select_related(*related).get(pk=register.pk)


def _of_a_register() -> list[Any]:
    w = collecting()
    batch = batch_of(w.keeper)
    collected = w.begun()
    w.fill(collected, FEE)
    given: list[Any] = [(loaded(collected), batch), (None, batch)]
    return given


def _of_a_closed_one() -> tuple[Collecting, PaymentRegister, Batch]:
    w = collecting()
    return w, loaded(w.closed()), batch_of(w.keeper)


def register_or_slips() -> list[Any]:
    _w, closed, batch = _of_a_closed_one()
    return [(closed, batch), *_of_a_register()]


def of_a_cash_order() -> list[Any]:
    w, closed, batch = _of_a_closed_one()
    return [(received(w, closed), batch), (None, batch)]


def paid_out(w: Collecting, amount: Decimal = FEE, account_number: str = "", **changed: Any) -> ExpenseOrder:
    """Pay money out of the cash desk."""
    values = {
        "paid_to": "Дубову Петру Николаевичу", "ground": "Почтовые расходы по решению правления",
        "enclosure": "Авансовый отчёт № 2", "head_post": "Председатель", "head": "Липова А.С.",
        "accountant": "Липова А.С.", "cashier": "Дубов П.Н.", **changed,
    }  # fmt: skip
    order = pay_out(
        w.keeper.pk, amount=amount, made_on=TODAY, texts=Texts(**values), account_number=account_number, by=w.chair
    )
    return ExpenseOrder.objects.select_related("organization__federation", "entry__reversed_by").get(pk=order.pk)


def of_an_expense() -> list[Any]:
    w, closed, batch = _of_a_closed_one()
    received(w, closed)
    return [(paid_out(w), batch), (None, batch)]


def of_an_appointment() -> list[Any]:
    w = collecting()
    order = CollectorOrder.objects.select_related("organization__federation").get()
    return [(order, batch_of(w.keeper)), (None, batch_of(w.keeper))]


def of_a_period() -> list[Any]:
    """Return the arguments for a day with a void and a valid order, and for a day without movements."""
    w, closed, batch = _of_a_closed_one()
    void_cash_order(received(w, closed).pk, reason="ошибка в сумме", by=w.chair)
    received(w, loaded(closed))
    void_expense_order(paid_out(w).pk, reason="ошибка в сумме", by=w.chair)
    paid_out(w)
    early = TODAY - dt.timedelta(days=400)
    return [(w.keeper, TODAY, TODAY, batch), (w.keeper, early, early, batch)]


def _reconciled() -> tuple[Sharing, SettlementAct]:
    """Return an act of a local organisation and its region, answered with a difference."""
    w = sharing()
    w.decide((w.local, "60.00"), (w.region, "40.00"))
    w.pay("1000.00")
    w.share()
    w.send("100.05")
    act = draw_act(w.local.pk, w.region.pk, first=TODAY, last=TODAY, by_superior=False, by=w.chair)
    answer_act(act.pk, differences="100,05 руб. в пути, платёжное поручение № 7", by=w.region_chair)
    return w, loaded_act(act.pk)


def loaded_act(pk: int) -> SettlementAct:
    """Return the act as its page loads it."""
    return SettlementAct.objects.select_related("organization__federation", "superior__federation").get(pk=pk)


def of_an_act() -> list[Any]:
    w, act = _reconciled()
    return [(act, batch_of(w.local))]


def of_a_report() -> list[Any]:
    """Return the arguments for two years with sums and a period without any."""
    w = reported()
    year, early = w.year(), TODAY.year - 9
    return [
        (w.keeper, year.first, year.last, batch_of(w.keeper)),
        (w.region, year.first, year.last, batch_of(w.region)),
        (w.keeper, dt.date(early, 1, 1), dt.date(early, 1, 31), batch_of(w.keeper)),
    ]


BUILT_OF: dict[str, Callable[[], list[Any]]] = {
    "payment_register": register_or_slips,
    "payment_slips": register_or_slips,
    "cash_order": of_a_cash_order,
    "expense_order": of_an_expense,
    "collector_order": of_an_appointment,
    "settlement_act": of_an_act,
    "cash_journal": of_a_period,
    "cash_book": of_a_period,
    "dues_report": of_a_report,
}


def long_register(w: Collecting, count: int, name: str, ticket: str) -> PaymentRegister:
    """Return a closed register with this number of lines with the longest names and sums."""
    closed = w.closed()
    RegisterLine.objects.filter(register=closed).delete()
    RegisterLine.objects.bulk_create(
        RegisterLine(
            register=closed, position=at, full_name=name, ticket_number=ticket, amount=Decimal("999999.99"),
            paid_on=TODAY,
        )
        for at in range(1, count + 1)
    )  # fmt: skip
    return closed


#: Texts of a cash expense order, and their maximum lengths.
_LONGEST = {"enclosure": 200, "head_post": 100, "head": 100, "accountant": 100, "cashier": 100}


def longest(
    code: str, wide: bool, text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> Printed:
    """Return the paper with the longest allowed values."""
    if code == "settlement_act":
        return _longest_act(wide, text, organization)
    if code == "dues_report":
        return _longest_report(wide, text, organization)
    w = collecting()
    name = text(200, wide=wide)
    CollectorOrder.objects.update(number=text(20, wide=wide), full_name=text(150, wide=wide), valid_until=TODAY)
    if code == "collector_order":
        place = organization(w.keeper, wide)
        w.order.cells.set([organization(cell, wide) for cell in w.place.cells])
        Organization.history.update(full_name=place.full_name, chair_name=place.chair_name)  # type: ignore[attr-defined]
        found: Any = CollectorOrder.objects.select_related("organization__federation").get()
    elif code in {"cash_journal", "cash_book"}:
        return _longest_cash(w, code, wide, text, organization)
    elif code == "cash_order":
        closed = w.closed(Decimal("1000000.00"), Decimal("987777.77"))
        found = received(
            w, closed, Decimal("987777.77"), received_from=text(200, wide=wide), ground=text(300, wide=wide),
            enclosure=text(200, wide=wide), accountant=text(100, wide=wide), cashier=text(100, wide=wide),
            note="не хватает",
        )  # fmt: skip
        place = organization(w.keeper, wide)
        Organization.history.update(full_name=place.full_name)  # type: ignore[attr-defined]
        found = CashOrder.objects.select_related("organization__federation", "entry__reversed_by").get()
    elif code == "expense_order":
        received(w, w.closed(Decimal("1000000.00"), Decimal("987777.77")), Decimal("1987777.77"))
        found = paid_out(
            w, Decimal("1987777.77"), paid_to=text(200, wide=wide), ground=text(300, wide=wide),
            **{name: text(most, wide=wide) for name, most in _LONGEST.items()},
        )  # fmt: skip
        place = organization(w.keeper, wide)
        Organization.history.update(full_name=place.full_name)  # type: ignore[attr-defined]
        found = ExpenseOrder.objects.select_related("organization__federation", "entry__reversed_by").get()
    else:
        closed = long_register(w, 60 if code == "payment_register" else 9, name, text(30, wide=wide))
        place = organization(w.keeper, wide)
        organization(w.cell, wide)
        Organization.history.update(  # type: ignore[attr-defined]
            full_name=place.full_name, short_name=place.short_name, genitive_name=""
        )
        found = loaded(closed)
    batch = batch_of(place)
    paper = papers()[code]
    return paper, paper.build(found, batch), batch


def _longest_cash(
    w: Collecting,
    code: str,
    wide: bool,
    text: Callable[..., str],
    organization: Callable[[Organization, bool], Organization],
) -> Printed:
    """Return the paper of a day with 40 void orders and a valid one on each side, with the longest names."""
    closed = w.closed()
    for _ in range(40):
        order = received(w, loaded(closed), received_from=text(200, wide=wide))
        void_cash_order(order.pk, reason=text(200, wide=wide), by=w.chair)
    received(w, loaded(closed))
    for _ in range(40):
        spent = paid_out(w, paid_to=text(200, wide=wide))
        void_expense_order(spent.pk, reason=text(200, wide=wide), by=w.chair)
    place = organization(w.keeper, wide)
    Organization.history.update(full_name=place.full_name, short_name=place.short_name)  # type: ignore[attr-defined]
    batch, paper = batch_of(place), papers()[code]
    return paper, paper.build(place, TODAY, TODAY, batch), batch


def _longest_act(
    wide: bool, text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> Printed:
    """Return an act with 40 sums passed on by papers with the longest names, and the longest answer."""
    w, _act = _reconciled()
    for _ in range(40):
        w.send("0.01", paper=text(150, wide=wide))
    act = draw_act(w.local.pk, w.region.pk, first=TODAY, last=TODAY, by_superior=True, by=w.region_chair)
    answer_act(act.pk, differences=text(500, wide=wide), by=w.chair)
    for place in (w.local, w.region):
        long = organization(place, wide)
        history = Organization.history.filter(id=place.pk)  # type: ignore[attr-defined]
        history.update(full_name=long.full_name, short_name=long.short_name)
    batch, paper = batch_of(w.local), papers()["settlement_act"]
    return paper, paper.build(loaded_act(act.pk), batch), batch


def _longest_report(
    wide: bool, text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> Printed:
    """Return the report with the longest names of organisations, cells and collectors, and large sums."""
    w = reported()
    CollectorOrder.objects.update(number=text(20, wide=wide), full_name=text(150, wide=wide))
    place = organization(w.keeper, wide)
    for cell in w.cells:
        organization(cell, wide)
    for at in range(9):
        pay(w.collecting.elsewhere, "999999.99", w.chair, fee="voluntary", year=None, made_on=TODAY - dt.timedelta(at))
    batch, paper = batch_of(place), papers()["dues_report"]
    return paper, paper.build(place, w.year().first, w.year().last, batch), batch


def extremes(
    text: Callable[..., str], organization: Callable[[Organization, bool], Organization]
) -> dict[str, Callable[[bool], Printed]]:
    """Return the longest paper of each code."""
    return {code: partial(longest, code, text=text, organization=organization) for code in BUILT_OF}
