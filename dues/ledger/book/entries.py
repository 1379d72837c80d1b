"""Entries with their two accounts of the books, and reversals (N-D1, ADR 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import QuerySet, Value

from registry.organizations.models import Organization
from registry.sizes import CHUNK

from ..enums import CHARGED, AccountKind, EntryKind
from ..models import BookAccount, DuesAccount, LedgerEntry
from .accounts import update_standing

if TYPE_CHECKING:
    from registry.transitions import Act


#: Key of an account of the books: kind, kind of dues, year.
AccountKey = tuple[AccountKind, str, int]


def insert(
    entries: Sequence[LedgerEntry], organization: Organization, *, instead: AccountKey | None = None
) -> list[LedgerEntry]:
    """Insert charges and payments into the organisation's books, each with its two accounts.

    `instead` is booked in place of the account of income and of money received: both are in the former books.
    """
    sides = [sides_of(entry) for entry in entries]
    if instead is not None:
        members = (AccountKind.MEMBERS, "", 0)
        sides = [(d if d == members else instead, c if c == members else instead) for d, c in sides]
    accounts = book_accounts(organization, {key for both in sides for key in both})
    for entry, (debit, credit) in zip(entries, sides, strict=True):
        entry.debit, entry.credit = accounts[debit], accounts[credit]
    return LedgerEntry.objects.bulk_create(entries, batch_size=CHUNK)


def sides_of(entry: LedgerEntry) -> tuple[AccountKey, AccountKey]:
    """Return the debit and the credit account; a payment of a kind without charges is income at once."""
    members, income = (AccountKind.MEMBERS, "", 0), (AccountKind.INCOME, str(entry.fee), entry.year or 0)
    if entry.kind == EntryKind.CHARGE:
        return members, income
    return (AccountKind.RECEIVED, "", 0), members if entry.fee in CHARGED else income


def book_accounts(organization: Organization, wanted: Set[AccountKey]) -> dict[AccountKey, BookAccount]:
    """Return the accounts of the organisation's books, and open the missing ones among `wanted`."""
    known = _known_accounts(organization)
    missing = [
        BookAccount(organization=organization, kind=kind, fee=fee, year=year)
        for kind, fee, year in sorted(wanted - known.keys())
    ]
    if not missing:
        return known
    # Another process may open the same account at the same time.
    BookAccount.objects.bulk_create(missing, ignore_conflicts=True)
    return _known_accounts(organization)


def _known_accounts(organization: Organization) -> dict[AccountKey, BookAccount]:
    found = BookAccount.objects.filter(organization=organization)
    return {(AccountKind(account.kind), account.fee, account.year): account for account in found}


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
        cursor.execute(f"INSERT INTO {LedgerEntry._meta.db_table} ({columns}) {sql}", params)


def _plain(field: Any) -> Any:
    """Return the field itself, or the referenced field of a foreign key."""
    return getattr(field, "target_field", field)


def reverse(
    act: Act, entries: Sequence[LedgerEntry], *, accounts: Sequence[DuesAccount], rule: str, paper: str = ""
) -> None:
    """Post a reversal of each entry and update the accounts, which the caller has locked (N-D1)."""
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
                amount=entry.amount,
                made_on=act.today,
                paper=paper,
                reverses=entry,
                key=f"reversal:{entry.pk}",
                posted_at=act.now,
                posted_by=act.by.account,
                rule=rule,
            )
            for entry in entries
        ],
        batch_size=CHUNK,
    )
    update_standing(accounts)
