"""Rules for opening balances (V-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import AccountKind, EntryKind
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.rules.opening import OpeningPlan
from dues.payments.rules import in_own_books
from members.people.models import Member
from registry.errors import RuleViolation
from registry.organizations.models import Organization

#: Maximum number of past years for which balances are taken over.
MAX_YEARS = 10

#: Entries that are taken over from former books, and their reversals.
OF_FORMER_BOOKS = Q(debit__kind=AccountKind.OPENING) | Q(credit__kind=AccountKind.OPENING)


def taken_over(accounts: Iterable[DuesAccount]) -> list[LedgerEntry]:
    """Return the entries of the accounts' opening balances that are not reversed."""
    ids = [account.pk for account in accounts]
    entries = LedgerEntry.objects.filter(OF_FORMER_BOOKS, account__in=ids, reversed_by__isnull=True)
    return list(entries.exclude(kind=EntryKind.REVERSAL).select_related("organization").order_by("pk"))


def check_takes_over(place: Organization) -> None:
    """Raise `RuleViolation` (V-D1) unless the organisation keeps cards and charges an annual fee."""
    if not place.keeps_cards or not place.charter.charges_dues:
        message = _("Opening balances are recorded by the organisation that keeps the cards and charges annual fees.")
        raise RuleViolation("V-D1", message)


def first_year(today: dt.date) -> int:
    """Return the earliest year that can be the last paid one."""
    return today.year - MAX_YEARS


def check_paid_to(member: Member, year: int, today: dt.date) -> None:
    """Raise `RuleViolation` (V-D1) for a year that cannot be the last one for which the member has paid."""
    if not first_year(today) <= year <= today.year + 1:
        message = _("Enter a year from %(first)s to %(last)s.")
        values = {"first": first_year(today), "last": today.year + 1}
        raise RuleViolation("V-D1", message % values, field="paid_to")
    if member.joined_on is not None and year < member.joined_on.year - 1:
        message = _("The member joined in %(joined)s. If nothing has been paid since, enter %(before)s.")
        values = {"joined": member.joined_on.year, "before": member.joined_on.year - 1}
        raise RuleViolation("V-D1", message % values, field="paid_to")


def check_paper(paper: str) -> None:
    """Raise `RuleViolation` (N-D1) unless the former book or register is named."""
    if not paper.strip():
        raise RuleViolation("N-D1", _("Name the book or register that the balances are taken from."), field="paper")


def check_not_taken_over(plan: OpeningPlan, *, taken_over: bool) -> None:
    """Raise `RuleViolation` (N-D2) if another opening balance is recorded; the same one changes nothing."""
    if taken_over and (plan.charges or plan.paid):
        message = _("Another opening balance is recorded for this member. Take it back first.")
        raise RuleViolation("N-D2", message, field="paid_to")


def check_can_be_taken_back(entries: Sequence[LedgerEntry], member: Member, reason: str) -> None:
    """Raise `RuleViolation` (N-D1) unless the organisation recorded an opening balance, and a reason is given."""
    if not entries:
        raise RuleViolation("N-D1", _("No opening balance is recorded for this member."))
    if not all(in_own_books(entry, member) for entry in entries):
        raise RuleViolation("N-D1", _("Another organisation recorded this opening balance; only it can take it back."))
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")
