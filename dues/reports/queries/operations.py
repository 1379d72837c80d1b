"""Receipts and payments of an organisation's books, for its accountant (N-D1). Amounts are roubles.

Members are not named: their payments are summed by day, paper and kind of dues. Names are included only from cash
orders; from bank statements only organisations are named. docs/accounting.md describes the file.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Min, Q, QuerySet, Sum

from dues.bank.models import BankLine
from dues.collecting.models import PaymentRegister
from dues.ledger.enums import AccountKind, EntryKind, Fee
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.rules.standing import NOTHING
from registry.access import Actor
from registry.days import day_text
from registry.organizations.models import Organization

#: Kind of account → its number in 1C's usual chart of accounts, and how it is split.
ACCOUNTS: dict[str, tuple[str, str]] = {
    AccountKind.MEMBERS: ("76.06", "Расчёты с членами по взносам"),
    AccountKind.INCOME: ("86.02", "Членские взносы"),
    AccountKind.RECEIVED: ("57.01", "Уплата по документам"),
    AccountKind.COLLECTOR: ("71.01", "Сборщик взносов"),
    AccountKind.CASH: ("50.01", "Касса"),
    AccountKind.BANK: ("51", "Расчётный счёт"),
    AccountKind.UNKNOWN: ("76.09", "Невыясненные поступления"),
    AccountKind.SPENT: ("26", "Расходы из кассы"),
    AccountKind.OTHER: ("76.09", "Операции по счёту, не взносы"),
    AccountKind.PASSED: ("86.02", "Передано по распределению"),
    AccountKind.OWED_TO: ("76.09", "Расчёты с вышестоящей организацией"),
    AccountKind.OWED_BY: ("76.09", "Расчёты с нижестоящей организацией"),
    AccountKind.SHARED: ("86.02", "Поступления от нижестоящих"),
    AccountKind.OPENING: ("000", "Начальные остатки"),
}
#: Accounts with money; a debit or credit of one of them is a receipt or a payment.
_MONEY = (
    AccountKind.CASH, AccountKind.BANK, AccountKind.COLLECTOR, AccountKind.RECEIVED, AccountKind.UNKNOWN,
)  # fmt: skip
_FEES: dict[str, str] = {
    Fee.ENTRANCE: "Вступительный взнос",
    Fee.ANNUAL: "Ежегодный членский взнос",
    Fee.PROPERTY: "Имущественный взнос",
    Fee.VOLUNTARY: "Добровольный взнос",
    Fee.PERCENT: "Членский взнос, процент от заработка",
}
#: Length of the INN of a legal entity; that of a person has twelve digits.
_INN_OF_ORGANIZATION = 10
PERSON = "Физическое лицо"


@dataclass(frozen=True)
class Side:
    """An account with its split."""

    account: str
    analytics: str


@dataclass(frozen=True)
class Operation:
    """A line of the file. The sum of a reversal is negative, on the sides of the reversed entry."""

    day: dt.date
    document: str
    number: str
    document_day: dt.date | None
    debit: Side
    credit: Side
    counterparty: str
    inn: str
    amount: Decimal
    fee: str
    year: int | None
    #: The same in every download; a summed line has the id of its first entry.
    code: str
    reversal: bool


def operations(organization: Organization, first: dt.date, last: dt.date, actor: Actor) -> list[Operation]:
    """Return the receipts and payments of the period, both days included, by day."""
    entries = money_entries(organization, first, last, actor)
    found = [*_movements(entries), *_payments(entries)]
    return sorted(found, key=lambda one: (one.day, one.document, int(one.code.rpartition("-")[2])))


def money_entries(organization: Organization, first: dt.date, last: dt.date, actor: Actor) -> QuerySet[LedgerEntry]:
    """Return the entries of the period that move money: payments, movements and their reversals."""
    entries = LedgerEntry.objects.in_books_of(actor).filter(organization=organization, made_on__range=(first, last))
    moves_money = Q(debit__kind__in=_MONEY) | Q(credit__kind__in=_MONEY)
    opening = Q(debit__kind=AccountKind.OPENING) | Q(credit__kind=AccountKind.OPENING)
    return entries.filter(moves_money).exclude(opening).exclude(kind=EntryKind.CHARGE)


def _movements(entries: QuerySet[LedgerEntry]) -> Iterable[Operation]:
    """Return movements of money and their reversals, each with its cash order or line of the bank statement."""
    sides = ("debit__partner", "credit__partner", "debit__collector", "credit__collector")
    own = ("cash_order", "expense_order", "bank_line", *sides)
    related = (*own, *(f"reverses__{name}" for name in own))
    for entry in entries.filter(account__isnull=True).select_related(*related).order_by("made_on", "pk"):
        source = entry.reverses or entry
        document, number, day, name, inn = _paper_of(source)
        yield Operation(
            entry.made_on, document, number, day, _side(source.debit), _side(source.credit), name, inn,
            -entry.amount if entry.reverses else entry.amount, "", None, f"VZ-{entry.pk}", entry.reverses is not None,
        )  # fmt: skip


def _paper_of(entry: LedgerEntry) -> tuple[str, str, dt.date | None, str, str]:
    """Return the kind, number and day of the document of a movement, and its counterparty with INN."""
    received, paid_out = getattr(entry, "cash_order", None), getattr(entry, "expense_order", None)
    line: BankLine | None = getattr(entry, "bank_line", None)
    if received is not None:
        return "Приходный кассовый ордер", str(received.number), received.made_on, received.received_from, ""
    if paid_out is not None:
        return "Расходный кассовый ордер", str(paid_out.number), paid_out.made_on, paid_out.paid_to, ""
    if line is not None:
        return (line.kind or "Платёжное поручение", line.number, line.made_on, *counterparty(line))
    partner = entry.debit.partner or entry.credit.partner
    if partner is not None:
        return "Операция по распределению", "", entry.made_on, partner.short_name, partner.inn
    return "Бухгалтерская справка", "", entry.made_on, "", ""


def counterparty(line: BankLine) -> tuple[str, str]:
    """Return the payer or payee of a bank statement's line and the INN; a person is not named."""
    if len(line.other_inn) == _INN_OF_ORGANIZATION:
        return line.other_name, line.other_inn
    return PERSON, ""


#: Common values of payments that form one line; a reversal has those of the reversed entry.
_SHARED = ("debit", "credit", "fee", "year", "register_line__register", "bank_part__line")


def _payments(entries: QuerySet[LedgerEntry]) -> Iterable[Operation]:
    """Return the payments of members, summed by day, document, accounts, kind of dues and year; reversals likewise."""
    of_members = entries.filter(account__isnull=False).order_by()
    rows = []
    for prefix in ("", "reverses__"):
        some = of_members.filter(reverses__isnull=not prefix)
        names = ("made_on", *(f"{prefix}{name}" for name in _SHARED))
        rows += [(bool(prefix), *row) for row in some.values_list(*names).annotate(total=Sum("amount"), one=Min("pk"))]
    accounts = BookAccount.objects.select_related("partner", "collector").in_bulk(
        {pk for row in rows for pk in row[2:4]}
    )
    registers = PaymentRegister.objects.in_bulk({row[6] for row in rows if row[6]})
    lines = BankLine.objects.in_bulk({row[7] for row in rows if row[7]})
    for reverses, day, debit, credit, fee, year, register, line, total, one in rows:
        document, number, of_day = _paper(registers.get(register), lines.get(line))
        yield Operation(
            day, document, number, of_day, _side(accounts[debit]), _side(accounts[credit]), "", "",
            -total if reverses else total, _FEES[fee], year, f"VZ-{one}", reverses,
        )  # fmt: skip


def _paper(register: PaymentRegister | None, line: BankLine | None) -> tuple[str, str, dt.date | None]:
    """Return the kind, number and day of the document of members' payments."""
    if register is not None:
        return "Ведомость по уплате взносов", str(register.number), register.opened_on
    if line is not None:
        return line.kind or "Платёжное поручение", line.number, line.made_on
    return "Документы об уплате", "", None


def _side(account: BookAccount) -> Side:
    number, words = ACCOUNTS[account.kind]
    if account.kind == AccountKind.BANK:
        words = f"{words} {account.number}"
    elif account.kind == AccountKind.COLLECTOR and account.collector is not None:
        order = account.collector
        words = f"{words}, распоряжение № {order.number} от {day_text(order.issued_on)}"
    elif account.partner is not None:
        words = f"{words}: {account.partner.short_name}"
    return Side(number, words)


@dataclass(frozen=True)
class Turnover:
    """Sum of the debits and of the credits of an account."""

    side: Side
    debit: Decimal
    credit: Decimal


def turnovers(found: Sequence[Operation]) -> list[Turnover]:
    """Return the turnovers of each account, to compare with the accountant's books."""
    sums: defaultdict[Side, list[Decimal]] = defaultdict(lambda: [NOTHING, NOTHING])
    for one in found:
        sums[one.debit][0] += one.amount
        sums[one.credit][1] += one.amount
    ordered = sorted(sums, key=lambda side: (side.account, side.analytics))
    return [Turnover(side, *sums[side]) for side in ordered]
