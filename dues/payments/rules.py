"""Rules for payments and their reversals (V-D1, V-D3, U-D1, N-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from dues.bank.models import BankPart
from dues.ledger.enums import EntryKind, Fee
from dues.ledger.models import LedgerEntry
from dues.ledger.rules.holdings import check_held
from dues.ledger.rules.standing import Open, Standing
from dues.money import MAX_AMOUNT, is_sum, roubles
from dues.rates.models import Rate
from dues.rates.rules.rates import rate_on
from members.people.models import Member
from registry.days import day_text
from registry.errors import RuleViolation
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization

_BY_YEAR = {Fee.ANNUAL, Fee.PERCENT}


class RowsRefused(RuleViolation):
    """Raised if some rows of a list are refused; `by_row` has the refusals by the id of the member or line."""

    def __init__(self, by_row: Mapping[int, RuleViolation]) -> None:
        first = next(iter(by_row.values()))
        super().__init__(first.rule, first.message, field=first.field)
        self.by_row = by_row


#: Kind of dues, year, and the id of a property contribution.
What = tuple[str, int | None, int | None]


@dataclass(frozen=True)
class Purpose:
    """The purpose of a payment: kind of dues, year, and the amount left to pay.

    A property contribution has its id and title; its `first` term is due on `due_on`, and `left` is the whole amount.
    """

    fee: Fee
    year: int | None
    left: Decimal
    due_on: dt.date | None = None
    contribution: int | None = None
    title: str = ""
    first: Decimal = Decimal("0.00")

    @property
    def key(self) -> str:
        """The value of the purpose in a form."""
        return f"{self.fee}:{self.year or ''}" + (f":{self.contribution}" if self.contribution else "")

    @property
    def what(self) -> What:
        """The kind of dues, its year, and the id of the property contribution."""
        return str(self.fee), self.year, self.contribution

    @property
    def next_sum(self) -> Decimal:
        """The sum to pay by `due_on`: the first term, or everything that is left."""
        return self.first or self.left


def purposes(
    rates: Sequence[Rate], entries: Sequence[LedgerEntry], now: Standing, today: dt.date, *, joined_on: dt.date | None
) -> list[Purpose]:
    """Return the purposes for which the member can pay: open charges, years not charged yet, voluntary (V-D3).

    Years before joining are not offered.
    """
    first = joined_on.year if joined_on is not None else today.year - 1
    found = _of_open(now.open)
    fees = {rate.fee for rate in rates}
    charged = {(e.fee, e.year) for e in entries if e.kind == EntryKind.CHARGE}
    if Fee.ENTRANCE in fees and (Fee.ENTRANCE, None) not in charged and now.entrance_paid_on is None:
        found.append(Purpose(Fee.ENTRANCE, None, Decimal("0.00")))
    for fee in sorted(_BY_YEAR & fees):
        for year in (today.year - 1, today.year, today.year + 1):
            if year >= first and (fee, year) not in charged and (fee != Fee.PERCENT or year <= today.year):
                found.append(Purpose(Fee(fee), year, Decimal("0.00")))
    return [*found, Purpose(Fee.VOLUNTARY, None, Decimal("0.00"))]


def _of_open(debts: Sequence[Open]) -> list[Purpose]:
    """Return the purposes of uncovered charges; the terms of a property contribution are one purpose."""
    found: dict[What, Purpose] = {}
    for o in debts:
        charge = o.charge
        before = found.get(charge.what)
        if before is not None:
            found[charge.what] = replace(before, left=before.left + o.left, first=before.first or before.left)
            continue
        title = charge.contribution.title if charge.contribution is not None else ""
        found[charge.what] = Purpose(Fee(charge.fee), charge.year, o.left, charge.due_on, charge.contribution_id, title)
    return list(found.values())


def suggested(
    purpose: Purpose, entries: Sequence[LedgerEntry], rates: Sequence[Rate], *, joined_on: dt.date | None
) -> Decimal | None:
    """Return the sum to pay: the rest of the charge, or of the rate if the year is not charged yet.

    For a property contribution in instalments it is the rest of the first one.

    None if there is no rate in roubles. `entries` are those that are not reversed.
    """
    if purpose.left or purpose.fee != Fee.ANNUAL or purpose.year is None:
        return purpose.next_sum or None
    new_year = dt.date(purpose.year, 1, 1)
    rate = rate_on(rates, Fee.ANNUAL, max(new_year, joined_on) if joined_on is not None else new_year)
    if rate is None:
        return None
    paid = sum(
        (e.amount for e in entries if (e.kind, e.fee, e.year) == (EntryKind.PAYMENT, purpose.fee, purpose.year)),
        Decimal("0.00"),
    )
    return rate.amount - paid if rate.amount > paid else None


def check_collects(place: Organization) -> None:
    """Raise `RuleViolation` (V-D1) unless the organisation keeps cards or is a cell, because others collect no dues."""
    if not place.keeps_cards and place.level != place.charter.cell:
        message = _("Dues are collected by the organisation that keeps the cards, and by its cells.")
        raise RuleViolation("V-D1", message)


def payment_key(account_id: int, form: str) -> str:
    """Return the ledger key for a payment recorded by a form (N-D2)."""
    return f"payment:{account_id}:{form}"


def payment_with_key(entries: Sequence[LedgerEntry], form: str) -> LedgerEntry | None:
    """Return the payment recorded earlier by this form, or None (N-D2)."""
    return next((e for e in entries if e.account_id and e.key == payment_key(e.account_id, form)), None)


def check_payment(member: Member, *, amount: Decimal, made_on: dt.date, paper: str, today: dt.date) -> None:
    """Raise `RuleViolation` for an invalid amount, an impossible date or a missing paper (V-D1)."""
    if not is_sum(amount):
        raise RuleViolation("V-D1", _("Enter an amount in roubles and kopecks, above zero."), field="amount")
    if amount > MAX_AMOUNT:
        raise RuleViolation("V-D1", _("The sum is too large. Check it."), field="amount")
    if made_on > today:
        raise RuleViolation("V-D1", _("The payment date cannot be in the future."), field="made_on")
    if member.birth_date is not None and made_on < member.birth_date:
        raise RuleViolation("V-D1", _("The payment date is before the person's birth."), field="made_on")
    if member.joined_on is not None and made_on.year < member.joined_on.year:
        raise RuleViolation("V-D1", _("The payment date is before the year of joining."), field="made_on")
    if not paper.strip():
        raise RuleViolation("V-D1", _("Name the paper: register, receipt or payment order."), field="paper")


def check_after_decision(member: Member, fee: str, made_on: dt.date) -> None:
    """Raise `RuleViolation` (V-B4) for an entrance fee paid before the decision that admitted the member."""
    if fee != Fee.ENTRANCE or member.joined_on is None or member.joined_year_only:
        return
    if made_on < member.joined_on:
        message = _("The entrance fee is paid after the decision of %(day)s. Record an earlier payment as voluntary.")
        raise RuleViolation("V-B4", message % {"day": day_text(member.joined_on)}, field="made_on")


def check_purpose(what: What, offered: Sequence[Purpose]) -> Purpose:
    """Return the purpose if it is offered. Raises `RuleViolation` for any other (V-D1)."""
    for one in offered:
        if what == one.what:
            return one
    message = _("Nothing is left to pay for this: it is paid already, or the year is not one to pay for.")
    raise RuleViolation("V-D1", message, field="purpose")


def check_no_row_refused(refused: Mapping[int, RuleViolation]) -> None:
    """Raise `RowsRefused` with the rule of the first refusal (V-D1, V-D5, V-B4, N-D2), if there is one."""
    if refused:
        raise RowsRefused(refused)


def check_sum(purpose: Purpose, amount: Decimal) -> None:
    """Raise `RuleViolation` if more than the entrance fee (V-B4) or a property contribution (V-D2) is paid, because
    neither can be an advance.
    """
    if purpose.fee == Fee.ENTRANCE and purpose.left and amount > purpose.left:
        message = _("Of the entrance fee, %(sum)s is left to pay. Record the rest as a separate payment.")
        raise RuleViolation("V-B4", message % {"sum": roubles(purpose.left)}, field="amount")
    if purpose.fee == Fee.PROPERTY and amount > purpose.left:
        message = _("Of the contribution, %(sum)s is left to pay. Record the rest as a separate payment.")
        raise RuleViolation("V-D2", message % {"sum": roubles(purpose.left)}, field="amount")


def check_plausible(
    purpose: Purpose, entries: Sequence[LedgerEntry], rates: Sequence[Rate], *, amount: Decimal, made_on: dt.date
) -> None:
    """Raise `RuleViolation` for a likely typing error: a repeated payment, or more than is due (N-D2)."""
    for entry in entries:
        same = (entry.what, entry.amount, entry.made_on) == (purpose.what, amount, made_on)
        if entry.kind == EntryKind.PAYMENT and same:
            message = _("The same payment is recorded already: %(day)s, %(sum)s, %(paper)s.")
            values = {"day": day_text(entry.made_on), "sum": roubles(entry.amount), "paper": entry.paper}
            raise RuleViolation("N-D2", message % values, field="confirmed")
    if purpose.fee == Fee.ANNUAL:
        rate = rate_on(rates, Fee.ANNUAL, made_on)
        due = purpose.left or (rate.amount if rate is not None else None)
        if due is not None and amount > due:
            message = _("%(sum)s is due, and more is entered: the rest will be recorded as an advance.")
            raise RuleViolation("V-D1", message % {"sum": roubles(due)}, field="confirmed")


def in_own_books(entry: LedgerEntry, member: Member) -> bool:
    """Return whether the entry belongs to the organisation that keeps the card, or to one that has ended."""
    return entry.organization_id == member.organization_id or entry.organization.status == OrganizationStatus.ENDED


def check_reversal(entry: LedgerEntry, member: Member | None, *, reason: str) -> None:
    """Raise `RuleViolation` unless the entry is a payment of this organisation, not reversed, and a reason is given
    (N-D1).

    The member is None if they have left the organisation, which has recorded the payment.
    """
    if entry.kind != EntryKind.PAYMENT:
        raise RuleViolation("N-D1", _("Only a recorded payment can be reversed."))
    if LedgerEntry.objects.filter(reverses=entry).exists():
        raise RuleViolation("N-D1", _("This payment is reversed already."))
    if entry.is_opening:
        raise RuleViolation("N-D1", _("This payment is part of the opening balance. Take the whole balance back."))
    if getattr(entry, "payroll_part", None) is not None:
        raise RuleViolation("N-D1", _("This payment is part of an employer's list. Reverse the whole list."))
    if BankPart.objects.filter(entry=entry).exists():
        raise RuleViolation("N-D1", _("This payment came by a bank statement. Put it back there."))
    if member is not None and not in_own_books(entry, member):
        raise RuleViolation("N-D1", _("Another organisation recorded this payment; only it can reverse it."))
    check_held(entry)
    if not reason.strip():
        raise RuleViolation("N-D1", _("Say why the payment is reversed."), field="reason")
