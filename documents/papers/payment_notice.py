"""Payment notice with the payment code of the organisation's own account (practice D22, ГОСТ Р 56042-2014)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from documents.printing.codes import code_picture
from documents.printing.core import Batch, Form
from dues.ledger.enums import Fee
from dues.ledger.rules.standing import NOTHING, Open, standing
from dues.money import on_paper
from dues.notices.codes import NoPaymentCode, Payee, payee_of, payment_code
from dues.numbers import payer_number
from registry.days import day_text
from registry.enums import DataClass

from .card import card_of

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization

#: Maximum number of debts listed in the notice; older ones are added up in its last line.
MAX_DEBTS = 8
_NAMES = {
    Fee.ENTRANCE: "Вступительный взнос",
    Fee.ANNUAL: "Членский взнос",
    Fee.PROPERTY: "Имущественный взнос",
}


def build(member: Member | None, batch: Batch) -> Mapping[str, Any]:
    """Return the values of the notice: debts, requisites, and the payment code of the total."""
    keeper = batch.keeper(member)
    account = getattr(member, "dues", None)
    debts = standing(account.entries.all()).open if account is not None and DataClass.MONEY in batch.reads else ()
    total = sum((debt.left for debt in debts), NOTHING)
    payee = batch.once(("payee", keeper and keeper.pk), lambda: _payee(keeper))
    purpose = _purpose(debts)
    return {
        "organization": keeper,
        "card": card_of(member, batch),
        "number": payer_number(member.pk) if member else "",
        "rows": _rows(debts),
        "total": on_paper(total) if debts else "",
        "payee": payee,
        "purpose": purpose,
        "picture": _picture(batch, payee, member, total, purpose) if member and payee and debts else "",
    }


def _payee(keeper: Organization | None) -> Payee | None:
    try:
        return payee_of(keeper) if keeper is not None else None
    except NoPaymentCode:
        return None


def _rows(debts: tuple[Open, ...]) -> list[dict[str, str]]:
    shown = debts if len(debts) <= MAX_DEBTS else debts[-MAX_DEBTS + 1 :]
    earlier = sum((debt.left for debt in debts[: len(debts) - len(shown)]), NOTHING)
    rows = [{"what": "Более ранние взносы", "due": "", "sum": on_paper(earlier)}] if earlier else []
    return rows + [
        {"what": _name(debt), "due": day_text(debt.charge.due_on), "sum": on_paper(debt.left)} for debt in shown
    ]


def _name(debt: Open) -> str:
    name = _NAMES[Fee(debt.charge.fee)]
    if debt.charge.contribution is not None:
        return f"{name} «{debt.charge.contribution.title}»"
    return f"{name} за {debt.charge.year} год" if debt.charge.year else name


def _purpose(debts: tuple[Open, ...]) -> str:
    """Return the purpose of the payment as the bank prints it."""
    years = [str(debt.charge.year) for debt in debts if debt.charge.fee == Fee.ANNUAL]
    parts = [_NAMES[Fee.ENTRANCE]] if any(debt.charge.fee == Fee.ENTRANCE for debt in debts) else []
    parts += [f"Членские взносы за {', '.join(years)} г."] if years else []
    parts += [_NAMES[Fee.PROPERTY]] if any(debt.charge.fee == Fee.PROPERTY for debt in debts) else []
    return "; ".join(parts)


def _picture(batch: Batch, payee: Payee, member: Member, amount: Decimal, purpose: str) -> str:
    code = payment_code(payee, member_id=member.pk, amount=amount, purpose=purpose)
    return batch.picture(f"payment-{member.pk}.svg", code_picture(code))


FORM = Form(
    code="payment_notice",
    title="Уведомление об уплате взносов",
    build=build,
    two_sided=False,
    data_classes=frozenset({DataClass.GENERAL, DataClass.MONEY}),
    prefetched=("dues__entries__contribution",),
    fields=("surname", "given_name", "ticket_number"),
    keeper_fields=("full_name", "inn"),
)
