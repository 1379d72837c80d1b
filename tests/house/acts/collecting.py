"""Collectors, payment registers, cash receipt orders."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.collecting import transitions as collecting
from dues.collecting.models import CollectorOrder, PaymentRegister
from dues.expenses import transitions as expenses

from .base import CARD, KEPT, PLACE, Asked, Scene, Table

#: Registers: a collector sees only those of their own orders, a cell only its own.
REGISTER = "+++0- + --- -0 000 +"


def _named(s: Scene) -> dict[str, Any]:
    return {"number": "1", "issued_on": timezone.localdate() - dt.timedelta(days=1), "full_name": "Смирнова Ольга"}


def _order(s: Scene) -> CollectorOrder:
    return collecting.appoint_collector(s.keeper.pk, **_named(s), by=s.chair)


def _wanted(s: Scene) -> dict[str, Any]:
    fee = "annual" if s.society else "percent"
    return {"order_id": _order(s).pk, "cell_id": s.member.cell_id, "fee": fee, "year": timezone.localdate().year}


def _opened(s: Scene) -> PaymentRegister:
    register = collecting.open_register(**_wanted(s), by=s.chair)
    collecting.add_to_register(register.pk, s.member.pk, by=s.chair)
    return register


def _empty(s: Scene) -> PaymentRegister:
    register = collecting.open_register(**_wanted(s), by=s.chair)
    register.lines.all().delete()
    return register


def _begun(s: Scene, *, filled: bool = False) -> PaymentRegister:
    register = collecting.begin_collecting(_opened(s).pk, by=s.chair)
    if filled:
        collecting.enter_sums(register.pk, _sums(register), by=s.chair)
    return register


def _sums(register: PaymentRegister) -> dict[int, Any]:
    return {line.pk: (Decimal("50.00"), timezone.localdate()) for line in register.lines.all()}


def _closed(s: Scene) -> PaymentRegister:
    return collecting.close_register(_begun(s, filled=True).pk, by=s.chair)


def _received(s: Scene) -> dict[str, Any]:
    register = _closed(s)
    return {
        "register_id": register.pk, "amount": register.total, "made_on": timezone.localdate(),
        "received_from": "Смирновой Ольги", "ground": "Взносы", "version": register.version,
    }  # fmt: skip


def _cash_order(s: Scene) -> int:
    return collecting.receive_money(**_received(s), by=s.chair).pk


def _expense(s: Scene) -> dict[str, Any]:
    _cash_order(s)
    texts = expenses.Texts("Липовой Анне", "Почтовые расходы")
    return {
        "organization_id": s.keeper.pk, "amount": Decimal(20), "made_on": timezone.localdate(), "texts": texts,
    }  # fmt: skip


def _expense_order(s: Scene) -> int:
    return expenses.pay_out(**_expense(s), by=s.chair).pk


TABLE: Table = {
    collecting.appoint_collector: Asked(PLACE, "Organization", lambda s: {"organization_id": s.keeper.pk, **_named(s)}),
    collecting.end_appointment: Asked(
        KEPT,
        "CollectorOrder",
        lambda s: {"order_id": _order(s).pk, "ended_on": timezone.localdate(), "reason": "Ошибка"},
    ),
    collecting.open_register: Asked(
        KEPT,
        "Organization CollectorOrder",
        _wanted,
    ),
    collecting.add_to_register: Asked(
        REGISTER,
        "PaymentRegister",
        lambda s: {"register_id": _empty(s).pk, "member_id": s.member.pk},
    ),
    collecting.begin_collecting: Asked(
        REGISTER, "Organization PaymentRegister", lambda s: {"register_id": _opened(s).pk}
    ),
    collecting.enter_sums: Asked(
        REGISTER,
        "PaymentRegister RegisterLine",
        lambda s: {"register_id": (register := _begun(s)).pk, "sums": _sums(register)},
    ),
    collecting.close_register: Asked(
        REGISTER,
        "Organization PaymentRegister Member RegisterLine DuesAccount",
        lambda s: {"register_id": _begun(s, filled=True).pk},
    ),
    collecting.cancel_register: Asked(
        REGISTER, "PaymentRegister", lambda s: {"register_id": _begun(s).pk, "reason": "Ошибка"}
    ),
    collecting.receive_money: Asked(CARD, "Organization PaymentRegister", _received),
    collecting.void_cash_order: Asked(
        KEPT, "Organization PaymentRegister CashOrder", lambda s: {"order_id": _cash_order(s), "reason": "Ошибка"}
    ),
    expenses.pay_out: Asked(PLACE, "Organization", _expense),
    expenses.void_expense_order: Asked(
        KEPT, "Organization ExpenseOrder", lambda s: {"order_id": _expense_order(s), "reason": "Ошибка"}
    ),
}
