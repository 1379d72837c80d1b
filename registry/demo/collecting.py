"""Collecting dues in the demonstration: collectors, registers in every state, money in the cash desk (V-D4 to V-D6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from documents.papers.card import chair_of
from documents.printing.declension import Case, decline, sex_of, split_name
from dues.collecting import transitions
from dues.collecting.models import CollectorOrder, PaymentRegister
from dues.expenses.transitions import Texts, pay_out
from registry.accounts.models import Account
from registry.organizations.models import Organization

from ..access import Actor
from ..days import day_text
from .people import People

_FEE = Decimal("50.00")


def collect(keeper: Organization, cells: list[Organization], people: People, by: Actor) -> None:
    """Appoint two collectors, and leave registers with their cells: handed in, closed, being collected, a draft."""
    today = people.today
    account = Account.objects.get(login="voi-local-collector")
    since = today - dt.timedelta(days=150)
    first = _appoint(keeper, "12", since, account.full_name, account, cells[:2], by)
    person = people.person(city="", region="", postcode="")
    name = " ".join(person[part] for part in ("surname", "given_name", "patronymic"))
    second = _appoint(keeper, "13", since, name, None, cells[2:], by)
    handed_in = _closed(first, cells[0], "annual", today.year + 1, 4, by)
    _hand_in(handed_in, handed_in.total, "", by)
    closed = _closed(first, cells[1], "annual", today.year + 1, 3, by)
    _hand_in(closed, _FEE, "Остальное сдам в пятницу", by)
    day = closed.closed_on or today
    _pay_out(keeper, 2 * _FEE, day, "Сдача наличных на расчётный счёт", "Объявление на взнос наличными № 3", by)
    filling = transitions.begin_collecting(_open(second, cells[2], "annual", today.year, by).pk, by=by)
    lines = filling.lines.order_by("position")[:2]
    transitions.enter_sums(filling.pk, {line.pk: (_FEE, today) for line in lines}, by=by)
    if len(cells) > 3:
        _open(second, cells[3], "annual", today.year + 1, by)


def _pay_out(keeper: Organization, amount: Decimal, day: dt.date, ground: str, enclosure: str, by: Actor) -> None:
    """Pay money out of the cash desk to the bank, if the passport names an account, or for another purpose."""
    name = keeper.chair_name
    texts = Texts(
        paid_to=decline(*split_name(name), sex=sex_of(name, keeper.chair_sex), case=Case.DATIVE),
        ground=ground,
        enclosure=enclosure,
        head_post="Председатель",
        head=chair_of(keeper),
    )
    passport = getattr(keeper, "passport", None)
    account_number = passport.account if passport is not None else ""
    pay_out(keeper.pk, amount=amount, made_on=day, texts=texts, account_number=account_number, by=by)


def _appoint(
    keeper: Organization, number: str, issued_on: dt.date, full_name: str, account: Account | None,
    cells: list[Organization], by: Actor,
) -> CollectorOrder:  # fmt: skip
    return transitions.appoint_collector(
        keeper.pk,
        number=number,
        issued_on=issued_on,
        full_name=full_name,
        collector_id=account.pk if account else None,
        cells=[cell.pk for cell in cells],
        by=by,
    )


def _open(order: CollectorOrder, cell: Organization, fee: str, year: int, by: Actor) -> PaymentRegister:
    return transitions.open_register(order.pk, cell_id=cell.pk, fee=fee, year=year, by=by)


def _closed(order: CollectorOrder, cell: Organization, fee: str, year: int, count: int, by: Actor) -> PaymentRegister:
    register = transitions.begin_collecting(_open(order, cell, fee, year, by).pk, by=by)
    day = order.issued_on + dt.timedelta(days=140)
    lines = register.lines.order_by("position")[:count]
    transitions.enter_sums(register.pk, {line.pk: (_FEE, day) for line in lines}, by=by)
    return transitions.close_register(register.pk, by=by)


def _hand_in(register: PaymentRegister, amount: Decimal, note: str, by: Actor) -> None:
    name = register.order.full_name
    transitions.receive_money(
        register.pk,
        amount=amount,
        made_on=register.closed_on or register.order.issued_on,
        received_from=decline(*split_name(name), sex=sex_of(name), case=Case.GENITIVE),
        ground=f"Членские взносы за {register.year} год",
        enclosure=f"Ведомость № {register.number} от {day_text(register.opened_on)}",
        note=note,
        version=register.version,
        by=by,
    )
