"""Files with bank statements, as pages and the command line load them (V-D4, N-D2)."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.organizations.models import Organization

from .enums import Band, LineState
from .models import BankLine
from .queries.accounts import own_accounts
from .reading.client_bank import fingerprint, read
from .reading.statement import Document, Fault, Statement, StatementRefused
from .rules.lines import check_has_account, check_keeps_bank
from .transitions.loading import Loaded, load_statement

#: Reasons for which a line is not dues from the beginning.
PAID, MOVED = "Списание со счёта", "Перевод между своими счетами"


def load_file(organization: Organization, data: bytes, *, by: Actor, dry_run: bool = False) -> Loaded:
    """Read the file, and load its new payments; a dry run loads and takes everything back.

    Raises `StatementRefused` with the faults of the file, `RuleViolation`, `NotAllowed`.
    """
    check_keeps_bank(organization)
    own = own_accounts(organization)
    check_has_account(own)
    statement = read(data, own)
    with transaction.atomic():
        loaded = load_statement(
            organization.pk,
            lines_of(statement, own),
            digest=hashlib.sha256(data).hexdigest(),
            first_day=statement.first_day,
            last_day=statement.last_day,
            by=by,
        )
        if dry_run:
            transaction.set_rollback(True)
    return loaded


def lines_of(statement: Statement, own: list[str]) -> list[BankLine]:
    """Return the documents as unsaved lines. Raises `StatementRefused` for a document without a day."""
    lines = [_line(document, statement, own) for document in statement.documents]
    without = [document.line for document in statement.documents if (document.day or statement.last_day) is None]
    if without:
        raise StatementRefused([Fault(line, _("The day cannot be read.")) for line in without])
    return lines


def _line(document: Document, statement: Statement, own: list[str]) -> BankLine:
    moved = document.other_account in own
    is_open = document.incoming and not moved
    key = "\n".join(map(str, (*fingerprint(document), document.ordinal)))
    return BankLine(
        position=document.line,
        fingerprint=hashlib.sha256(key.encode()).hexdigest(),
        account=document.own_account,
        incoming=document.incoming,
        made_on=document.day or statement.last_day or dt.date.min,
        amount=document.amount,
        number=document.number,
        kind=document.kind,
        other_name=document.other_name,
        other_account=document.other_account,
        other_inn=document.other_inn,
        purpose=document.purpose,
        raw=document.raw,
        remarks="\n".join(document.remarks),
        state=LineState.OPEN if is_open else LineState.OTHER,
        band=Band.OPEN if is_open else "",
        reason="" if is_open else MOVED if moved else PAID,
    )
