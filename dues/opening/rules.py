"""Rules for opening balances (V-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dues.ledger.enums import AccountKind, EntryKind, Fee
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.rules.opening import OpeningPlan, plan_opening
from dues.money import MAX_AMOUNT
from dues.payments.rules import in_own_books
from dues.rates.models import Rate
from dues.rates.rules.rates import rate_on
from members.people.models import Member
from registry.errors import RuleViolation
from registry.organizations.models import Organization

Table = TypeVar("Table")

#: Maximum number of past years for which balances are taken over.
MAX_YEARS = 10
#: Maximum number of rows in a list, which is posted in one transaction.
MAX_ROWS = 5000

#: Entries taken over from former books, and their reversals.
OF_FORMER_BOOKS = Q(debit__kind=AccountKind.OPENING) | Q(credit__kind=AccountKind.OPENING)


def taken_over(accounts: Iterable[DuesAccount]) -> list[LedgerEntry]:
    """Return the entries of the accounts' opening balances that are not reversed."""
    ids = [account.pk for account in accounts]
    entries = LedgerEntry.objects.valid().filter(OF_FORMER_BOOKS, account__in=ids)
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
    """Raise `RuleViolation` (V-D1) for an impossible last paid year."""
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
    """Raise `RuleViolation` (N-D2) if another opening balance is recorded; recording the same one changes nothing."""
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


def check_columns(table: Table | None) -> Table:
    """Return the table found in the file. Raises `RuleViolation` (V-D1) if no sheet has the columns."""
    if table is None:
        message = _("No columns were found. Name them «ФИО» or «№ билета», and «Уплачено по год» or «Задолженность».")
        raise RuleViolation("V-D1", message, field="file")
    return table


def check_number_of_rows(count: int) -> None:
    """Raise `RuleViolation` (V-D1) for a list without rows, or with more than `MAX_ROWS`."""
    if not count:
        raise RuleViolation("V-D1", _("Below the headings there is no row with a member."), field="file")
    if count > MAX_ROWS:
        message = _("The list has more than %(most)s rows. Divide it into several files.")
        raise RuleViolation("V-D1", message % {"most": MAX_ROWS}, field="file")


def year_of_debt(debt: Decimal, rates: Sequence[Rate], today: dt.date) -> int:
    """Return the last paid year for a debt, which must be the sum of whole annual fees up to this year.

    Raises `RuleViolation` (V-D1) for any other sum.
    """
    left, year = debt, today.year
    if debt.is_finite() and 0 <= debt <= MAX_AMOUNT:
        while left > 0 and year > first_year(today):
            rate = rate_on(rates, Fee.ANNUAL, dt.date(year, 1, 1))
            if rate is None:
                break
            left -= rate.amount
            year -= 1
        if left == 0:
            return year
    raise RuleViolation("V-D1", _("The debt is not a sum of whole annual fees. Enter the last paid year instead."))


def paid_to_of(year: str, debt: str, rates: Sequence[Rate], today: dt.date) -> int:
    """Return the last paid year in a row of a list, given by the year or by the debt, both as typed.

    Raises `RuleViolation` (V-D1) if neither is given.
    """
    year = year.removesuffix("г.").removesuffix("год").strip()
    if year:
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise RuleViolation("V-D1", _("Enter a year of four digits."))
        return int(year)
    debt = "".join(debt.split()).replace(",", ".")
    if not debt:
        raise RuleViolation("V-D1", _("Neither the paid year nor the debt is given."))
    try:
        amount = Decimal(debt) if debt.isascii() else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    return year_of_debt(amount, rates, today)


def plan_openings(
    members: Iterable[Member],
    entries: Mapping[int, Sequence[LedgerEntry]],
    taken_over: Collection[int],
    paid_to: Mapping[int, int],
    rates: Sequence[Rate],
    today: dt.date,
) -> tuple[dict[int, OpeningPlan], dict[int, RuleViolation]]:
    """Return the plans that change something and the refusals, by the member's id.

    `entries` and `taken_over` (existing opening balances) are also by the member's id.
    """
    plans: dict[int, OpeningPlan] = {}
    refused: dict[int, RuleViolation] = {}
    for member in members:
        year, own = paid_to[member.pk], entries.get(member.pk, ())
        try:
            check_paid_to(member, year, today)
            plan = plan_opening(own, rates, paid_to=year, joined_on=member.joined_on, today=today)
            check_not_taken_over(plan, taken_over=member.pk in taken_over)
        except RuleViolation as violation:
            refused[member.pk] = violation
            continue
        if plan.charges or plan.paid:
            plans[member.pk] = plan
    return plans, refused
