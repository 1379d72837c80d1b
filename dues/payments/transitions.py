"""Transitions that record and reverse payments (V-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dues.collecting.enums import RegisterState
from dues.collecting.models import PaymentRegister
from dues.ledger import book as ledger
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.queries.entries import entries_by_account
from dues.ledger.rules.closing import check_open, closed_until
from dues.ledger.rules.holdings import left_to_hand_in
from dues.ledger.rules.standing import live, standing
from dues.rates.models import Rate
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from members.people.transitions.paper_card import ask_for_reprint
from registry.access import Actor
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.transitions import Act, change

from . import rules
from .queries import members_of


@dataclass(frozen=True)
class Paid:
    """A payment to be recorded; `key` identifies its form or line (N-D2).

    Unless `confirmed`, likely typing errors are refused with the field `confirmed`.
    """

    member_id: int
    fee: str
    year: int | None
    amount: Decimal
    made_on: dt.date
    paper: str
    key: str
    confirmed: bool = True
    #: Id of the property contribution that is paid.
    contribution: int | None = None


@dataclass(frozen=True)
class Recorded:
    """The entry, and whether it already existed, so that nothing was changed (N-D2)."""

    entry: LedgerEntry
    before: bool


def record_payment(
    member_id: int,
    *,
    fee: str,
    year: int | None,
    amount: Decimal,
    made_on: dt.date,
    paper: str,
    key: str,
    confirmed: bool = True,
    contribution: int | None = None,
    by: Actor,
) -> Recorded:
    """Record a payment of the member; `key` identifies the form, which is recorded only once.

    Unless `confirmed`, likely typing errors are refused with the field `confirmed`. Raises `RuleViolation`,
    `NotAllowed`, `Member.DoesNotExist`.
    """
    paid = Paid(member_id, fee, year, amount, made_on, paper, key, confirmed, contribution)
    with change(by=by, rule="V-D1", event="dues.paid") as act:
        visible = Member.objects.visible_to(by).registered()
        _lock_books(act, visible.filter(pk=member_id).values_list("organization", flat=True).get())
        member = act.lock(visible, member_id)
        act.require(Permission.RECORD_DUES, member.unit)
        assert member.organization is not None  # noqa: S101 - registered
        account = ledger.open_accounts(act, [member])[member.pk]
        entries = list(LedgerEntry.objects.filter(account=account).select_related("contribution"))
        before = rules.payment_with_key(entries, key)
        if before is not None:
            act.silent = True
            return Recorded(before, before=True)
        check_open(made_on, closed_until(member.organization))
        _check(paid, member, entries, rates_of(member.organization.federation), act.today)
        entry = ledger.post_payments(act, [_payment(paid, account)], organization=member.organization)[0]
        ask_for_reprint([member])
        act.about(member, organization=member.organization, entry=entry.pk, fee=fee)
    return Recorded(entry, before=False)


def record_payments(place_id: int, payments: Sequence[Paid], *, by: Actor) -> int:
    """Record payments of many members of an organisation that keeps cards, or of a cell, all or none.

    Return the number of new ones; those with a recorded `key` are skipped. Raises `RowsRefused` with the refusals of
    all rows, `NotAllowed`, `Member.DoesNotExist` for somebody who is not registered there.
    """
    with change(by=by, rule="V-D1", event="dues.list_paid") as act:
        found = Organization.objects.visible_to(by).get(pk=place_id)
        _lock_books(act, found.pk, found.card_keeper.pk if found.card_keeper is not None else None)
        place = Organization.objects.visible_to(by).get(pk=place_id)
        act.require(Permission.RECORD_DUES, place)
        rules.check_collects(place)
        keeper = place.card_keeper
        assert keeper is not None  # noqa: S101 - every cell is below a keeper
        wanted = {paid.member_id for paid in payments}
        registered = members_of(place, Member.objects.visible_to(by)).filter(pk__in=wanted)
        members = {member.pk: member for member in act.lock_many(registered)}
        if members.keys() != wanted:
            raise Member.DoesNotExist
        posted = post_checked(act, payments, members, keeper=keeper)
        act.silent = not posted
        act.about(place, organization=keeper, count=len(posted))
    return len(posted)


def post_checked(
    act: Act,
    payments: Sequence[Paid],
    members: Mapping[int, Member],
    *,
    keeper: Organization,
    money: ledger.AccountKey = ledger.RECEIVED,
) -> list[tuple[Paid, LedgerEntry]]:
    """Post payments of members locked by the caller, all or none; return the new ones with their entries.

    Payments with a posted `key` are skipped. Raises `RowsRefused` with the refusals of all rows.
    """
    accounts = ledger.open_accounts(act, list(members.values()))
    entries = entries_by_account(accounts.values(), named=True)
    rates, closed = rates_of(keeper.federation), closed_until(keeper)
    new: dict[str, tuple[Paid, ledger.Payment]] = {}
    refused: dict[int, RuleViolation] = {}
    for paid in payments:
        account = accounts[paid.member_id]
        payment = _payment(paid, account)
        if payment.key in new or rules.payment_with_key(entries[account.pk], paid.key) is not None:
            continue
        try:
            check_open(paid.made_on, closed)
            _check(paid, members[paid.member_id], entries[account.pk], rates, act.today)
        except RuleViolation as violation:
            refused.setdefault(paid.member_id, violation)
        new[payment.key] = (paid, payment)
    rules.check_no_row_refused(refused)
    posted = ledger.post_payments(act, [payment for _paid, payment in new.values()], organization=keeper, money=money)
    ask_for_reprint(members[paid.member_id] for paid, _payment in new.values())
    return list(zip((paid for paid, _payment in new.values()), posted, strict=True))


def _lock_books(act: Act, *organizations: int | None) -> None:
    """Lock the organisations that post entries, so that no month is closed at the same time (N-D1)."""
    act.lock_many(Organization.objects.filter(pk__in=[pk for pk in organizations if pk is not None]))


def _check(paid: Paid, member: Member, entries: Sequence[LedgerEntry], rates: Sequence[Rate], today: dt.date) -> None:
    """Raise `RuleViolation` if the member cannot make this payment."""
    rules.check_payment(member, amount=paid.amount, made_on=paid.made_on, paper=paid.paper, today=today)
    rules.check_after_decision(member, paid.fee, paid.made_on)
    kept = live(entries)
    offered = rules.purposes(rates, kept, standing(entries), today, joined_on=member.joined_on)
    purpose = rules.check_purpose((paid.fee, paid.year, paid.contribution), offered)
    rules.check_sum(purpose, paid.amount)
    if not paid.confirmed:
        rules.check_plausible(purpose, kept, rates, amount=paid.amount, made_on=paid.made_on)


def _payment(paid: Paid, account: DuesAccount) -> ledger.Payment:
    return ledger.Payment(
        account=account,
        fee=paid.fee,
        year=paid.year,
        amount=paid.amount,
        made_on=paid.made_on,
        paper=paid.paper.strip(),
        key=rules.payment_key(account.pk, paid.key),
        contribution=paid.contribution,
    )


def reverse_payment(entry_id: int, *, reason: str, by: Actor) -> LedgerEntry:
    """Reverse a payment recorded by mistake; both entries remain (N-D1).

    If the member has left since, the organisation that has recorded the payment still reverses it. Raises
    `RuleViolation`, `NotAllowed`, `LedgerEntry.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.payment_reversed") as act:
        is_here = LedgerEntry.objects.visible_to(by).filter(pk=entry_id).exists()
        entries = LedgerEntry.objects.visible_to(by) if is_here else LedgerEntry.objects.in_books_of(by).of_members()
        entry = entries.select_related("account", "debit", "organization__federation").get(pk=entry_id)
        register = _lock_register(act, entry)
        people = Member.objects.visible_to(by).registered() if is_here else Member.objects.all()
        members = act.lock_many(people.filter(dues=entry.account_id))
        if is_here and not members:
            raise Member.DoesNotExist
        place = members[0].unit if is_here else entry.organization
        act.require(Permission.RECORD_DUES, place)
        account = act.lock(DuesAccount, entry.account_id)
        rules.check_reversal(entry, members[0] if is_here else None, reason=reason)
        ledger.reverse(act, [entry], accounts=[account], rule="N-D1", paper=reason.strip())
        if register is not None and not left_to_hand_in(register):
            register.state = RegisterState.HANDED_IN
            act.save(register)
        ask_for_reprint(members)
        keeper = members[0].organization if is_here else entry.organization
        act.about(members[0] if members else None, organization=keeper, entry=entry.pk)
    return LedgerEntry.objects.get(reverses=entry)


def _lock_register(act: Act, entry: LedgerEntry) -> PaymentRegister | None:
    """Return the register of the payment, locked, so that its money is not handed in meanwhile (V-D6)."""
    found = PaymentRegister.objects.filter(lines__entry=entry).first()
    if found is None:
        return None
    act.lock(Organization, found.organization_id)
    return act.lock(PaymentRegister, found.pk)
