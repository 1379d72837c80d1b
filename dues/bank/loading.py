"""Loading files with bank statements, from pages and the command line (V-D4, N-D2)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.organizations.models import Organization
from registry.spreadsheets.columns import Heading, Stored, cell_of, read_rows
from registry.spreadsheets.files import ReadBefore, Unreadable, digest_of

from .enums import Band, LineState
from .models import BankLine
from .queries.accounts import account_days, own_accounts, remembered_columns
from .reading import client_bank
from .reading.statement import MAX_TEXT, Document, Fault, Statement, StatementRefused, fingerprint, not_ours
from .reading.table import Table, accounts_named, columns_of, is_enough, read_table
from .rules.lines import MOVED, PAID, check_has_account, check_keeps_bank
from .transitions.loading import Columns, Loaded, load_statement

#: Kind of the job that reads large tables.
READ = "dues.read_statement"
AccountDays = Mapping[str, Sequence[tuple[dt.date, dt.date]]]


class ColumnsUnknown(Exception):
    """Raised if nobody has confirmed the meaning of the table's columns, or its account."""


class TableRefused(StatementRefused):
    """Raised if a table is refused under the assumed meaning of its columns."""


@dataclass(frozen=True)
class Opened:
    """A table with its heading, the meaning of its columns, and the possible accounts."""

    rows: Sequence[Stored]
    heading: Heading
    columns: Mapping[int, str]
    #: Whether the meaning was confirmed for another file with these headings.
    remembered: bool
    #: The account if the table names it, or the organisation has only one.
    accounts: Sequence[str]

    @property
    def account(self) -> str:
        """The account of the table, empty if it has to be chosen."""
        return self.accounts[0] if len(self.accounts) == 1 else ""

    @property
    def is_known(self) -> bool:
        """Return whether the table can be read without asking."""
        return self.remembered and (bool(self.account) or "own" in self.columns.values())

    @property
    def examples(self) -> list[str]:
        """The first contents of each column below the heading."""
        under = [cells for _number, cells in self.rows[self.heading.rows :]]
        return [next((text for cells in under if (text := cell_of(cells, at))), "") for at in range(self.width)]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.heading.texts)

    def read(self, own: Sequence[str], columns: Mapping[int, str] | None = None, account: str = "") -> Table:
        """Return the payments under this meaning of the columns. Raises `TableRefused`."""
        columns = self.columns if columns is None else columns
        try:
            return read_table(self.rows, self.heading, columns, own=own, account=account or self.account)
        except StatementRefused as refused:
            raise TableRefused(refused.faults) from None


def open_table(organization: Organization, data: bytes | ReadBefore) -> Opened:
    """Return the table in a file. Raises `StatementRefused` if there is none, or it is about other accounts."""
    try:
        rows = read_rows(data, MAX_TEXT)
    except Unreadable as unreadable:
        message = _("This is not a bank statement that can be read. %(why)s")
        raise StatementRefused([Fault(0, message % {"why": unreadable.message})]) from None
    heading, columns = columns_of(rows)
    known = remembered_columns(organization, heading.digest)
    if known is not None:
        heading, columns = columns_of(rows, known.columns)
    own = own_accounts(organization)
    named = accounts_named(rows[: heading.rows])
    mine = [account for account in named if account in own]
    if named and not mine:
        raise StatementRefused([not_ours(named)])
    return Opened(rows, heading, columns, known is not None and is_enough(columns.values()), mine or own)


def load_file(
    organization: Organization,
    data: bytes | ReadBefore,
    *,
    columns: Mapping[int, str] | None = None,
    account: str = "",
    by: Actor,
    dry_run: bool = False,
) -> Loaded:
    """Read the file and load its new payments; a dry run rolls everything back.

    `columns` are the meaning of a table's columns, which is remembered; by default the remembered one is used.
    `account` is for a table that names none. Raises `ColumnsUnknown`, `StatementRefused` with the faults of the file,
    `RuleViolation`, `NotAllowed`.
    """
    check_keeps_bank(organization)
    own = own_accounts(organization)
    check_has_account(own)
    confirmed = None
    if isinstance(data, bytes) and client_bank.is_client_bank(data):
        statement = client_bank.read(data, own)
    else:
        opened = open_table(organization, data)
        if columns is None and not (opened.is_known or (opened.remembered and account)):
            raise ColumnsUnknown
        meant = opened.columns if columns is None else columns
        statement = opened.read(own, meant, account).statement
        confirmed = Columns(opened.heading.digest, opened.heading.meaning(meant))
    with transaction.atomic():
        loaded = load_statement(
            organization.pk,
            lines_of(statement, own, account_days(organization)),
            digest=digest_of(data),
            first_day=statement.first_day,
            last_day=statement.last_day,
            columns=confirmed,
            by=by,
        )
        if dry_run:
            transaction.set_rollback(True)
    return loaded


def lines_of(statement: Statement, own: Sequence[str], days: AccountDays | None = None) -> list[BankLine]:
    """Return the documents as unsaved lines; `days` are the terms of accounts that are not in the passport.

    Raises `StatementRefused` for a document without a day.
    """
    lines = [_line(document, statement, own, days or {}) for document in statement.documents]
    without = [document.line for document in statement.documents if (document.day or statement.last_day) is None]
    if without:
        raise StatementRefused([Fault(line, _("The day cannot be read.")) for line in without])
    return lines


def _line(document: Document, statement: Statement, own: Sequence[str], days: AccountDays) -> BankLine:
    moved = document.other_account in own
    is_open = document.incoming and not moved
    made_on = document.day or statement.last_day or dt.date.min
    remarks = list(document.remarks)
    periods = days.get(document.own_account)
    if periods and not any(since <= made_on <= until for since, until in periods):
        remarks.append(_("On that day the account was not yet, or no longer, that of your organisation."))
    key = "\n".join(map(str, (*fingerprint(document), document.ordinal)))
    return BankLine(
        position=document.line,
        fingerprint=hashlib.sha256(key.encode()).hexdigest(),
        account=document.own_account,
        incoming=document.incoming,
        made_on=made_on,
        amount=document.amount,
        number=document.number,
        kind=document.kind,
        other_name=document.other_name,
        other_account=document.other_account,
        other_inn=document.other_inn,
        purpose=document.purpose,
        raw=document.raw,
        remarks="\n".join(remarks),
        state=LineState.OPEN if is_open else LineState.OTHER,
        band=Band.OPEN if is_open else "",
        reason="" if is_open else MOVED if moved else PAID,
    )
