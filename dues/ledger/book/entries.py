"""Entries with their two accounts of the books, and reversals (N-D1, ADR 15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, Value

from registry.evidence import add_similar_rows
from registry.organizations.models import Organization
from registry.sizes import CHUNK

from ..enums import CHARGED, AccountKind, EntryKind
from ..models import BookAccount, DuesAccount, LedgerEntry
from .accounts import update_standing

if TYPE_CHECKING:
    from registry.transitions import Act


@dataclass(frozen=True, order=True)
class AccountKey:
    """An account of an organisation's books; `collector` is the id of the order that appoints the collector,
    `partner` that of the other organisation.
    """

    kind: AccountKind
    fee: str = ""
    year: int = 0
    collector: int = 0
    number: str = ""
    partner: int = 0


MEMBERS = AccountKey(AccountKind.MEMBERS)
RECEIVED = AccountKey(AccountKind.RECEIVED)
CASH = AccountKey(AccountKind.CASH)
OPENING = AccountKey(AccountKind.OPENING)


@dataclass(frozen=True)
class Move:
    """A movement of money between two accounts of an organisation; `key` makes it unique (N-D2)."""

    debit: AccountKey
    credit: AccountKey
    amount: Decimal
    made_on: dt.date
    paper: str
    key: str


def post_moves(act: Act, moves: Sequence[Move], *, organization: Organization, rule: str) -> list[LedgerEntry]:
    """Post movements of money without a member."""
    entries = [
        LedgerEntry(
            organization=organization,
            kind=EntryKind.MOVE,
            amount=move.amount,
            made_on=move.made_on,
            paper=move.paper,
            key=move.key,
            posted_at=act.now,
            posted_by=act.by.account,
            rule=rule,
        )
        for move in moves
    ]
    return _insert(entries, [(move.debit, move.credit) for move in moves], organization)


def insert(
    entries: Sequence[LedgerEntry],
    organization: Organization,
    *,
    money: AccountKey = RECEIVED,
    income: AccountKey | None = None,
) -> list[LedgerEntry]:
    """Insert charges and payments into the organisation's books, each with its two accounts.

    `money` is the account debited by payments, `income` the one credited by charges, if it is not the income account of
    the fee.
    """
    return _insert(entries, [sides_of(entry, money=money, income=income) for entry in entries], organization)


def sides_of(
    entry: LedgerEntry, *, money: AccountKey = RECEIVED, income: AccountKey | None = None
) -> tuple[AccountKey, AccountKey]:
    """Return the debit and the credit account; a payment of a kind without charges is income at once."""
    income = income or AccountKey(AccountKind.INCOME, str(entry.fee), entry.year or 0)
    if entry.kind == EntryKind.CHARGE:
        return MEMBERS, income
    return money, MEMBERS if entry.fee in CHARGED else income


def _insert(
    entries: Sequence[LedgerEntry], sides: Sequence[tuple[AccountKey, AccountKey]], organization: Organization
) -> list[LedgerEntry]:
    accounts = book_accounts(organization, {key for both in sides for key in both})
    for entry, (debit, credit) in zip(entries, sides, strict=True):
        entry.debit, entry.credit = accounts[debit], accounts[credit]
    return LedgerEntry.objects.bulk_create(entries, batch_size=CHUNK)


def book_accounts(organization: Organization, wanted: Set[AccountKey]) -> dict[AccountKey, BookAccount]:
    """Return the accounts of the organisation's books, and open the missing ones among `wanted`."""
    known = _known_accounts(organization)
    while missing := sorted(wanted - known.keys()):
        try:
            with transaction.atomic():
                opened = BookAccount.objects.bulk_create([_account(organization, key) for key in missing])
        except IntegrityError:
            # Another process may have opened the same account at the same time.
            before, known = known, _known_accounts(organization)
            if known.keys() == before.keys():
                raise
        else:
            known |= dict(zip(missing, opened, strict=True))
    return known


def _account(organization: Organization, key: AccountKey) -> BookAccount:
    return BookAccount(
        organization=organization,
        kind=key.kind,
        fee=key.fee,
        year=key.year,
        collector_id=key.collector or None,
        number=key.number,
        partner_id=key.partner or None,
    )


def _known_accounts(organization: Organization) -> dict[AccountKey, BookAccount]:
    found = BookAccount.objects.filter(organization=organization)
    return {_key_of(account): account for account in found}


def _key_of(account: BookAccount) -> AccountKey:
    return AccountKey(
        AccountKind(account.kind),
        account.fee,
        account.year,
        account.collector_id or 0,
        account.number,
        account.partner_id or 0,
    )


def insert_from(rows: QuerySet[Any], values: Mapping[str, Any]) -> None:
    """Insert an entry for each row; the values by field are constants or expressions of the row."""
    fields: list[Any] = [LedgerEntry._meta.get_field(name) for name in values]
    chosen = [
        value if hasattr(value, "resolve_expression") else Value(value, output_field=_plain(field))
        for field, value in zip(fields, values.values(), strict=True)
    ]
    sql, params = rows.order_by("pk").values_list(*chosen).query.sql_with_params()
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {LedgerEntry._meta.db_table} ({columns}) {sql} RETURNING id, account_id, key", params
        )
        inserted = cursor.fetchall()
    same = {field.attname: value for field, value in zip(fields, values.values(), strict=True)}
    add_similar_rows(LedgerEntry, same, ("id", "account_id", "key"), inserted)


def _plain(field: Any) -> Any:
    """Return the field itself, or the referenced field of a foreign key."""
    return getattr(field, "target_field", field)


def reverse(
    act: Act, entries: Sequence[LedgerEntry], *, accounts: Sequence[DuesAccount], rule: str, paper: str = ""
) -> None:
    """Post a reversal of each entry and update the accounts, which the caller has locked (N-D1)."""
    _reverse(act, [(entry, act.today) for entry in entries], rule, paper)
    update_standing(accounts)


def reverse_same_day(act: Act, entries: Sequence[LedgerEntry], *, rule: str, paper: str) -> None:
    """Post a reversal of each movement of money on its own day, which must be open, so that no day counts it (N-D1)."""
    _reverse(act, [(entry, entry.made_on) for entry in entries], rule, paper)


def _reverse(act: Act, entries: Sequence[tuple[LedgerEntry, dt.date]], rule: str, paper: str) -> None:
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                account_id=entry.account_id,
                organization_id=entry.organization_id,
                debit_id=entry.credit_id,
                credit_id=entry.debit_id,
                kind=EntryKind.REVERSAL,
                fee=entry.fee,
                year=entry.year,
                contribution_id=entry.contribution_id,
                amount=entry.amount,
                made_on=made_on,
                paper=paper,
                reverses=entry,
                key=f"reversal:{entry.pk}",
                posted_at=act.now,
                posted_by=act.by.account,
                rule=rule,
            )
            for entry, made_on in entries
        ],
        batch_size=CHUNK,
    )
