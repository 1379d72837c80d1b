"""Rules for payroll lists: loading, comparing, answers, posting, reversing (U-D1, N-D1, N-D2). Sums are roubles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dues.bank.enums import LineState
from dues.bank.models import BankLine
from dues.bank.rules.lines import loads_bank
from dues.ledger.models import LedgerEntry
from dues.money import is_sum, money
from members.people.models import Member
from registry import states
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from ..enums import OPEN_LISTS, REASONS, Difference, ListState
from ..models import Employer, PayrollLine, PayrollList

NOTHING = Decimal("0.00")
#: Number of past years whose lists are accepted, because payments are dues of this year or of the last.
YEARS_BACK = 1
#: Maximum number of lists of an employer for one month, and of waiting lists.
MAX_OF_MONTH, MAX_OPEN = 10, 20
#: Maximum sum of a list.
MAX_TOTAL = Decimal("100000000.00")


def check_month(month: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (U-D1) for a future month, or one whose dues can no longer be recorded."""
    if month > today.replace(day=1) or month.year < today.year - YEARS_BACK:
        message = _("Choose a month of this year or of the last, up to the present one.")
        raise RuleViolation("U-D1", message, field="month")


def check_room(employer: Employer, month: dt.date) -> None:
    """Raise `RuleViolation` (U-D1) if there are too many lists of the month, or too many waiting ones."""
    lists = PayrollList.objects.kept().filter(employer=employer)
    if lists.filter(month=month).count() >= MAX_OF_MONTH or lists.filter(state__in=OPEN_LISTS).count() >= MAX_OPEN:
        raise RuleViolation("U-D1", _("Too many lists of this employer wait. Post or discard them first."))


def check_can_be_compared(payroll_list: PayrollList) -> None:
    """Raise `RuleViolation` (U-D1) unless the list is newly loaded."""
    states.check(payroll_list, ListState.COMPARED, "U-D1")
    if payroll_list.state != ListState.DRAFT:
        raise RuleViolation("U-D1", _("The list is posted. Reverse it to change it."))


def check_is_another(payroll_list: PayrollList, digest: str) -> None:
    """Raise `RuleViolation` (N-D2) if the employer already has a list with the same people and sums for the month."""
    same = PayrollList.objects.kept().filter(
        employer=payroll_list.employer_id, month=payroll_list.month, lines_digest=digest
    )
    if same.exclude(pk=payroll_list.pk).exists():
        message = _(
            "The same people and sums were loaded for %(month)s already. Nothing is changed; discard this file."
        )
        raise RuleViolation("N-D2", message % {"month": payroll_list})


def check_is_open(payroll_list: PayrollList) -> None:
    """Raise `RuleViolation` (U-D1) unless the list is compared and not posted."""
    if payroll_list.state != ListState.COMPARED:
        message = _("This cannot be done with the list: %(state)s.")
        raise RuleViolation("U-D1", message % {"state": payroll_list.get_state_display()})


def check_can_be_discarded(payroll_list: PayrollList) -> None:
    """Raise `RuleViolation` (U-D1) if the list is posted or already discarded."""
    states.check(payroll_list, ListState.DISCARDED, "U-D1")


def check_answer(difference: str, reason: str, until: dt.date | None, month: dt.date) -> None:
    """Raise `RuleViolation` (U-D1) for a reason of another kind of difference, or a day before the month of the
    list.
    """
    if reason not in REASONS.get(difference, ()):
        raise RuleViolation("U-D1", _("Choose a reason of this difference."), field="reason")
    if until is not None and not month <= until <= month.replace(year=month.year + 5, day=1):
        message = _("The reason holds at least for the month of the list, and up to five years.")
        raise RuleViolation("U-D1", message, field="until")


def check_is_person(line: PayrollLine, member: Member, organization: Organization) -> None:
    """Raise `RuleViolation` (U-D1) unless the person of the line is open, and the member belongs to the
    organisation.
    """
    if line.difference not in {Difference.PERSON, Difference.FOREIGN}:
        raise RuleViolation("U-D1", _("The person of this line is known."))
    if member.organization_id != organization.pk:
        raise RuleViolation("U-D1", _("Choose a registered member of your organisation."), field="member")


def check_all_answered(payroll_list: PayrollList) -> None:
    """Raise `RuleViolation` (U-D1) while a line has a difference that nobody has explained."""
    waiting = payroll_list.lines.unanswered().count()
    if waiting:
        message = ngettext(
            "%(n)s line has a difference without an answer.",
            "%(n)s lines have a difference without an answer.",
            waiting,
        )
        raise RuleViolation("U-D1", message % {"n": waiting})


def identified(payroll_list: PayrollList) -> Decimal:
    """Return the sum of the lines whose member is known."""
    found = payroll_list.lines.filter(member__isnull=False).aggregate(sum=Sum("amount"))
    return found["sum"] or NOTHING


def check_can_be_posted(payroll_list: PayrollList) -> None:
    """Raise `RuleViolation` (U-D1) unless the list is compared and answered, and its sum is positive."""
    check_is_open(payroll_list)
    check_all_answered(payroll_list)
    if identified(payroll_list) <= 0:
        raise RuleViolation("U-D1", _("Nothing can be posted: the sum of the known people is not above zero."))


def check_lines(lines: Sequence[BankLine], wanted: int, organization: Organization) -> None:
    """Raise `RuleViolation` (N-D2) unless the payments are given in the organisation's way.

    With bank statements, lines with unidentified money are chosen; without them, the payment order is entered.
    """
    if loads_bank(organization) and not wanted:
        message = _("Choose the payments of the bank statement by which the employer paid.")
        raise RuleViolation("N-D2", message, field="lines")
    if len(lines) != wanted or any(line.state != LineState.OPEN or not line.incoming for line in lines):
        message = _("A chosen payment is identified already. Choose again.")
        raise RuleViolation("N-D2", message, field="lines")


def check_totals(payroll_list: PayrollList, *, paid: Decimal, by_bank: bool, note: str) -> None:
    """Raise `RuleViolation` (U-D1, N-D1) unless list, lines and payment have the same total.

    An officer may leave surplus money of a bank statement unidentified; `note` gives the reason.
    """
    if not is_sum(paid) or paid > MAX_TOTAL:
        raise RuleViolation("N-D1", _("Enter a sum in roubles and kopecks, above zero."), field="paid")
    known = identified(payroll_list)
    field = "lines" if by_bank else "paid"
    words = {"paid": money(paid), "known": money(known)}
    if paid < known:
        message = _(
            "The employer paid %(paid)s ₽, and the known people of the list come to %(known)s ₽. "
            "The rest must come first."
        )
        raise RuleViolation("N-D1", message % words, field=field)
    if paid > known and not by_bank:
        message = _(
            "The employer paid %(paid)s ₽, and the known people of the list come to %(known)s ₽. Money that is not "
            "identified is kept on a bank statement: load it first."
        )
        raise RuleViolation("N-D1", message % words, field=field)
    stated = payroll_list.stated_total if payroll_list.stated_total is not None else payroll_list.total
    if {paid, stated, payroll_list.total} != {known} and not note.strip():
        message = _(
            "Total of the list %(stated)s ₽, lines %(lines)s ₽, paid %(paid)s ₽, known people %(known)s ₽. "
            "Say why %(rest)s ₽ stay not identified, or correct the sum."
        )
        more = {"stated": money(stated), "lines": money(payroll_list.total), "rest": money(paid - known)}
        raise RuleViolation("N-D1", message % {**words, **more}, field="note")


def check_payment_order(paper: str, paid_on: dt.date, month: dt.date, today: dt.date) -> None:
    """Raise `RuleViolation` (U-D1) for a payment order without a number, or with an impossible day."""
    if not paper.strip():
        raise RuleViolation("U-D1", _("Enter the number of the payment order."), field="paper")
    if paid_on > today:
        raise RuleViolation("U-D1", _("The payment date cannot be in the future."), field="paid_on")
    if paid_on < month:
        message = _("The list is of a month that begins on %(day)s; the payment cannot be earlier.")
        raise RuleViolation("U-D1", message % {"day": day_text(month)}, field="paid_on")


def payment_to_correct(line: PayrollLine, entry: LedgerEntry | None) -> LedgerEntry:
    """Return the payment that a negative sum corrects.

    Raises `RuleViolation` (N-D1) unless an earlier month's list of the employer has a payment of at least that sum for
    the member.
    """
    if entry is None:
        message = _("Row %(row)s: %(sum)s ₽ is to be taken back, but no list of an earlier month paid so much.")
        raise RuleViolation("N-D1", message % {"row": line.position, "sum": money(-line.amount)})
    return entry


def check_can_be_reversed(payroll_list: PayrollList) -> None:
    """Raise `RuleViolation` (N-D1) unless the list is posted and all its entries are valid.

    A later list that corrects one of them must be reversed first.
    """
    if payroll_list.state != ListState.POSTED:
        raise RuleViolation("N-D1", _("The list is not posted."))
    if payroll_list.parts.filter(times=payroll_list.times, entry__reversed_by__isnull=False).exists():
        raise RuleViolation("N-D1", _("A later list corrects this one. Reverse the later list first."))


def check_reason(reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless a reason is given."""
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")
