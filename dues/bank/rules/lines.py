"""Rules for bank statements and their lines (V-D4, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NoReturn

from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import AccountKind, EntryKind
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.rules.holdings import is_stated
from dues.money import is_sum, money
from registry import states
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ..enums import LineState
from ..models import BankLine, BankStatement

#: Reasons for which a line is not dues from the start.
PAID, MOVED = "Списание со счёта", "Перевод между своими счетами"
#: Maximum number of lines posted by one click, and of open lines that are matched again.
MAX_AT_ONCE = 5_000
#: Maximum number of faults listed in the refusal of a job.
MAX_NAMED = 10
#: Maximum number of parts into which a line is split at once.
MAX_PARTS = 50
#: Days between the cash expense order and the day on the account.
_DEPOSIT = dt.timedelta(days=10)


def check_keeps_bank(organization: Organization) -> None:
    """Raise `RuleViolation` (V-D4, V-D7) unless dues, or shares from below, are paid to the organisation's account."""
    if organization.keeps_cards:
        return
    if not BookAccount.objects.filter(organization=organization, kind=AccountKind.OWED_BY).exists():
        message = _("Bank statements are loaded by the organisation that keeps the cards, or gets shares from below.")
        raise RuleViolation("V-D4", message)


def loads_bank(organization: Organization) -> bool:
    """Return whether the organisation has a bank statement that was not undone."""
    return BankStatement.objects.kept().filter(organization=organization).exists()


def states_bank(organization: Organization) -> bool:
    """Return whether bank statements, and not papers, record what the organisation's account receives (N-D1)."""
    return organization.keeps_cards or loads_bank(organization)


def check_has_account(accounts: Sequence[str]) -> None:
    """Raise `RuleViolation` (V-D4) unless the organisation has a bank account."""
    if not accounts:
        message = _("Your bank account is not known. Enter it in the passport of the organisation first.")
        raise RuleViolation("V-D4", message, field="file")


def refuse_statement(faults: Sequence[tuple[int, str]]) -> NoReturn:
    """Raise `RuleViolation` (V-D4) with the first faults of a file, by line; 0 is the whole file."""
    named = [
        _("Line %(line)s: %(text)s") % {"line": line, "text": text} if line else text
        for line, text in faults[:MAX_NAMED]
    ]
    raise RuleViolation("V-D4", " ".join(map(str, named)), field="file")


def check_days(lines: Sequence[BankLine], closed: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (N-D1), naming the line, for a new payment in the closed period or in the future."""
    for line in lines:
        words = {"line": line.position, "day": day_text(line.made_on)}
        if line.made_on > today:
            message = _("Line %(line)s: the payment is of %(day)s, which is in the future. Nothing was loaded.")
            raise RuleViolation("N-D1", message % words, field="file")
        if closed is not None and line.made_on <= closed:
            message = _(
                "Line %(line)s: the payment is of %(day)s, and the books are closed until %(closed)s. "
                "Reopen the period first. Nothing was loaded."
            )
            raise RuleViolation("N-D1", message % {**words, "closed": day_text(closed)}, field="file")


def check_is_open(line: BankLine) -> None:
    """Raise `RuleViolation` (N-D2) unless some money of the line is not identified yet."""
    states.check_is(line, (LineState.OPEN,), "N-D2")


def check_parts(line: BankLine, amounts: Sequence[Decimal]) -> None:
    """Raise `RuleViolation` unless the parts are positive and their total is at most the remaining money of the
    line.
    """
    check_is_open(line)
    if not amounts:
        raise RuleViolation("V-D4", _("Enter who has paid, and how much."))
    if len(amounts) > MAX_PARTS:
        message = _("A payment is split into at most %(count)s parts at once. Post the others after that.")
        raise RuleViolation("V-D4", message % {"count": MAX_PARTS})
    for amount in amounts:
        if not is_sum(amount):
            raise RuleViolation("V-D4", _("Enter an amount in roubles and kopecks, above zero."), field="amount")
    if sum(amounts) > line.left:
        message = _("The parts come to %(sum)s ₽, and only %(left)s ₽ are left of the payment.")
        raise RuleViolation("N-D1", message % {"sum": money(sum(amounts, Decimal(0))), "left": money(line.left)})


def check_not_dues(line: BankLine, reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless money of the line is open and a reason is given."""
    check_is_open(line)
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter what the money is."), field="reason")


def check_own_transfer(line: BankLine, own: Collection[str]) -> None:
    """Raise `RuleViolation` (N-D1) unless the open line came from an account or the INN of the organisation itself.

    `own` are the numbers of its accounts.
    """
    check_is_open(line)
    inn = line.organization.inn
    if line.other_account not in own and not (inn and line.other_inn == inn):
        message = _("The payer is not your organisation. If the account is yours, enter it among your accounts first.")
        raise RuleViolation("N-D1", message)


def check_deposit(line: BankLine) -> LedgerEntry:
    """Return the movement by which the cash desk deposited this money at the bank, around the same day.

    Raises `RuleViolation` (N-D1) if there is none, or another payment of a statement is the same money.
    """
    check_is_open(line)
    moved = LedgerEntry.objects.valid().filter(
        organization=line.organization_id,
        kind=EntryKind.MOVE,
        debit__kind=AccountKind.BANK,
        credit__kind=AccountKind.CASH,
        amount=line.amount,  # type: ignore[misc]
        made_on__range=(line.made_on - _DEPOSIT, line.made_on + _DEPOSIT),
    )
    for entry in moved.select_related("debit").order_by("made_on", "pk"):
        if not line.posted and not is_stated(entry):
            return entry
    message = _("No cash expense order took this sum to the bank around this day.")
    raise RuleViolation("N-D1", message)


def check_control(count: int, total: Decimal, *, seen: tuple[int, Decimal]) -> None:
    """Raise `RuleViolation` (N-D1) if the payments to be posted are not those that the clerk saw."""
    if (count, total) != seen:
        message = _("The sure payments have changed: now %(count)s for %(sum)s ₽. Look through them, and post again.")
        raise RuleViolation("N-D1", message % {"count": count, "sum": money(total)})


def check_can_be_put_back(line: BankLine, reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless something of the line is posted, and a reason is given.

    Postings by a payroll list or as money between organisations are reversed on their own pages.
    """
    if not line.posted:
        raise RuleViolation("N-D1", _("Nothing of this payment is posted."))
    if hasattr(line, "received_as"):
        raise RuleViolation("N-D1", _("The payment confirms money of another organisation, and is put back with it."))
    if line.parts.filter(entry__payroll_part__isnull=False, entry__reversed_by__isnull=True).exists():
        raise RuleViolation("N-D1", _("An employer's list is posted by this payment. Reverse the list."))
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")
