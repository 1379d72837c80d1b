"""Collecting dues in the demonstration: collectors, registers in every state, cash (V-D4 to V-D6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from documents.papers.card import chair_of
from documents.printing.declension import Case, decline, sex_of, split_name
from dues.collecting import transitions
from dues.collecting.models import CashOrder, CollectorOrder, PaymentRegister
from dues.expenses.transitions import Texts, pay_out
from registry.accounts.models import Account
from registry.organizations.models import Organization

from ..access import Actor
from ..days import day_text
from .people import People

FEE = Decimal("50.00")
#: Days since the present collectors were appointed, days since their last registers were closed, and how long those
#: were open.
SINCE, CLOSED, _OPEN = 45, 9, 6


def collect(
    keeper: Organization, cells: list[Organization], people: People, by: Actor
) -> tuple[dt.date, Decimal]:  # fmt: skip
    """Appoint two collectors, and create registers with their cells: handed in, closed, being collected, a draft.

    Return the day and the sum of the cash deposited at the bank.
    """
    today = people.today
    account = Account.objects.get(login="voi-local-collector")
    since, closed_on = today - dt.timedelta(days=SINCE), today - dt.timedelta(days=CLOSED)
    first = appoint(keeper, "12", since, account.full_name, account, cells[:2], by)
    second = appoint(keeper, "13", since, _somebody(people), None, cells[2:], by)
    handed_in = _closed(first, cells[0], today.year + 1, 4, closed_on, by)
    hand_in(handed_in, handed_in.total, closed_on, by)
    closed = _closed(first, cells[1], today.year + 1, 3, closed_on, by)
    hand_in(closed, FEE, closed_on, by, note="Остальное сдам в пятницу")
    bring_to_bank(keeper, 2 * FEE, closed_on, by)
    filling = transitions.begin_collecting(_open(second, cells[2], today.year, by).pk, by=by)
    lines = filling.lines.order_by("position")[:2]
    transitions.enter_sums(filling.pk, {line.pk: (FEE, today) for line in lines}, by=by)
    mistaken = _open(second, cells[2], today.year + 1, by)
    transitions.cancel_register(mistaken.pk, reason="Открыта вместо ведомости за этот год", by=by)
    if len(cells) > 3:
        _open(second, cells[3], today.year + 1, by)
    return closed_on, 2 * FEE


def _somebody(people: People) -> str:
    person = people.person(city="", region="", postcode="")
    return " ".join(person[part] for part in ("surname", "given_name", "patronymic") if person[part])


def former_collector(keeper: Organization, cells: list[Organization], people: People, by: Actor) -> CollectorOrder:
    """Appoint last year's collector, who has no account."""
    issued_on = dt.date(people.today.year - 1, 1, 9)
    return appoint(keeper, "3", issued_on, _somebody(people), None, cells, by)


def appoint(
    keeper: Organization, number: str, issued_on: dt.date, full_name: str, account: Account | None,
    cells: list[Organization], by: Actor,
) -> CollectorOrder:  # fmt: skip
    """Record the order that appoints the collector for the cells."""
    return transitions.appoint_collector(
        keeper.pk,
        number=number,
        issued_on=issued_on,
        full_name=full_name,
        collector_id=account.pk if account else None,
        cells=[cell.pk for cell in cells],
        by=by,
    )


def begin(order: CollectorOrder, cell: Organization, year: int, day: dt.date, number: int, by: Actor) -> int:
    """Begin a register of a past day with its number in that year; return its id."""
    register = transitions.begin_collecting(_open(order, cell, year, by).pk, by=by)
    dated = {"number": number, "number_year": day.year, "opened_on": day}
    PaymentRegister.objects.filter(pk=register.pk).update(**dated)
    return register.pk


def close(register_id: int, day: dt.date, by: Actor) -> PaymentRegister:
    """Close the register on a past day."""
    transitions.close_register(register_id, by=by)
    PaymentRegister.objects.filter(pk=register_id).update(closed_on=day)
    return PaymentRegister.objects.select_related("order").get(pk=register_id)


def hand_in(register: PaymentRegister, amount: Decimal, day: dt.date, by: Actor, *, note: str = "") -> CashOrder:
    """Receive the register's money by a cash receipt order of the day."""
    name = register.order.full_name
    return transitions.receive_money(
        register.pk,
        amount=amount,
        made_on=day,
        received_from=decline(*split_name(name), sex=sex_of(name), case=Case.GENITIVE),
        ground=f"Членские взносы за {register.year} год",
        enclosure=f"Ведомость № {register.number} от {day_text(register.opened_on)}",
        note=note,
        version=PaymentRegister.objects.get(pk=register.pk).version,
        by=by,
    )


def bring_to_bank(keeper: Organization, amount: Decimal, day: dt.date, by: Actor) -> None:
    """Deposit cash to the bank account in the passport."""
    receipt = f"Квитанция к объявлению на взнос наличными № {day:%d%m}"
    spend(keeper, amount, day, "Сдача наличных на расчётный счёт", by, enclosure=receipt, to_bank=True)


def spend(
    keeper: Organization, amount: Decimal, day: dt.date, ground: str, by: Actor, *, enclosure: str = "",
    to_bank: bool = False,
) -> None:  # fmt: skip
    """Pay cash to the chair by a cash expense order of the day."""
    texts = Texts(
        paid_to=decline(
            *split_name(keeper.chair_name), sex=sex_of(keeper.chair_name, keeper.chair_sex), case=Case.DATIVE
        ),
        ground=ground,
        enclosure=enclosure,
        head_post="Председатель",
        head=chair_of(keeper),
    )
    account_number = keeper.passport.account if to_bank else ""
    pay_out(keeper.pk, amount=amount, made_on=day, texts=texts, account_number=account_number, by=by)


def _open(order: CollectorOrder, cell: Organization, year: int, by: Actor) -> PaymentRegister:
    return transitions.open_register(order.pk, cell_id=cell.pk, fee="annual", year=year, by=by)


def _closed(
    order: CollectorOrder, cell: Organization, year: int, count: int, day: dt.date, by: Actor
) -> PaymentRegister:  # fmt: skip
    register = transitions.begin_collecting(_open(order, cell, year, by).pk, by=by)
    PaymentRegister.objects.filter(pk=register.pk).update(opened_on=day - dt.timedelta(days=_OPEN))
    lines = register.lines.order_by("position")[:count]
    transitions.enter_sums(register.pk, {line.pk: (FEE, day) for line in lines}, by=by)
    return close(register.pk, day, by)
