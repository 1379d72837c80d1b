"""Transitions that record and reverse payments (V-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dues.ledger import book as ledger
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.rules.standing import live, standing
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from members.people.transitions.paper_card import ask_for_reprint
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change

from . import rules


@dataclass(frozen=True)
class Paid:
    """A payment to be recorded; `key` identifies its form or line (N-D2)."""

    member_id: int
    fee: str
    year: int | None
    amount: Decimal
    made_on: dt.date
    paper: str
    key: str


@dataclass(frozen=True)
class Recorded:
    """The entry, and whether it existed before, so that nothing was changed (N-D2)."""

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
    by: Actor,
) -> Recorded:
    """Record a payment of the member; `key` identifies the form, which is recorded only once.

    Unless `confirmed`, likely typing errors are refused with the field `confirmed`. Raises `RuleViolation`,
    `NotAllowed`,
    `Member.DoesNotExist`.
    """
    paid = Paid(member_id, fee, year, amount, made_on, paper, key)
    with change(by=by, rule="V-D1", event="dues.paid") as act:
        member = act.lock(Member.objects.visible_to(by).registered(), member_id)
        act.require(Permission.RECORD_DUES, member.unit)
        assert member.organization is not None  # noqa: S101 - registered
        account = ledger.open_accounts(act, [member])[member.pk]
        entries = list(LedgerEntry.objects.filter(account=account))
        before = rules.payment_with_key(entries, key)
        if before is not None:
            act.silent = True
            return Recorded(before, before=True)
        rates = rates_of(member.organization.federation)
        rules.check_payment(member, amount=amount, made_on=made_on, paper=paper, today=act.today)
        rules.check_after_decision(member, fee, made_on)
        kept = live(entries)
        offered = rules.purposes(rates, kept, standing(entries), act.today, joined_on=member.joined_on)
        purpose = rules.check_purpose((fee, year), offered)
        rules.check_sum(purpose, amount)
        if not confirmed:
            rules.check_plausible(purpose, kept, rates, amount=amount, made_on=made_on)
        entry = ledger.post_payments(act, [_payment(paid, account)], organization=member.organization)[0]
        ask_for_reprint([member])
        act.about(member, organization=member.organization, entry=entry.pk, fee=fee)
    return Recorded(entry, before=False)


def record_payments(organization_id: int, payments: Sequence[Paid], *, by: Actor) -> int:
    """Record payments of many members of an organisation, all or none; return the number of new ones.

    The purposes are not compared with the debts: the money was received, and payments beyond the charges are
    advances. Raises `RuleViolation` for the first invalid payment, `NotAllowed`.
    """
    with change(by=by, rule="V-D1", event="dues.list_paid") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        found = Member.objects.visible_to(by).registered().filter(organization=organization)
        members = found.in_bulk({paid.member_id for paid in payments})
        accounts = ledger.open_accounts(act, list(members.values()))
        known = set(
            LedgerEntry.objects.filter(account__in=[a.pk for a in accounts.values()]).values_list("key", flat=True)
        )
        new: dict[str, ledger.Payment] = {}
        for paid in payments:
            if paid.member_id not in members:
                raise Member.DoesNotExist
            payment = _payment(paid, accounts[paid.member_id])
            if payment.key in known or payment.key in new:
                continue
            rules.check_payment(
                members[paid.member_id], amount=paid.amount, made_on=paid.made_on, paper=paid.paper, today=act.today
            )
            rules.check_after_decision(members[paid.member_id], paid.fee, paid.made_on)
            new[payment.key] = payment
        ledger.post_payments(act, list(new.values()), organization=organization)
        paid_now = {payment.account.member_id for payment in new.values()}
        ask_for_reprint(member for pk, member in members.items() if pk in paid_now)
        act.about(organization, organization=organization, count=len(new))
        act.silent = not new
    return len(new)


def _payment(paid: Paid, account: DuesAccount) -> ledger.Payment:
    return ledger.Payment(
        account=account,
        fee=paid.fee,
        year=paid.year,
        amount=paid.amount,
        made_on=paid.made_on,
        paper=paid.paper.strip(),
        key=rules.payment_key(account.pk, paid.key),
    )


def reverse_payment(entry_id: int, *, reason: str, by: Actor) -> LedgerEntry:
    """Reverse a payment recorded by mistake; both entries remain (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `LedgerEntry.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.payment_reversed") as act:
        entry = LedgerEntry.objects.visible_to(by).select_related("account").get(pk=entry_id)
        member = act.lock(Member.objects.visible_to(by).registered(), entry.account.member_id)
        act.require(Permission.RECORD_DUES, member.unit)
        account = ledger.open_accounts(act, [member])[member.pk]
        rules.check_reversal(entry, member, reason=reason)
        ledger.reverse(act, [entry], accounts=[account], rule="N-D1", paper=reason.strip())
        ask_for_reprint([member])
        act.about(member, organization=member.organization, entry=entry.pk)
    return LedgerEntry.objects.get(reverses=entry)
