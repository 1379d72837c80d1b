"""A payment is recorded once, and a mistaken one is reversed (V-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from members.models import Member
from registry.access import Actor, require
from registry.enums import Permission
from registry.transitions.base import change

from .. import ledger
from ..models import LedgerEntry
from ..rules import payments as rules
from ..rules.rates import rates_of
from ..rules.standing import live, standing


@dataclass(frozen=True)
class Recorded:
    """The entry, and whether it had been recorded before: then nothing changed (N-D2)."""

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
    by: Actor,
) -> Recorded:
    """The member has paid; `key` names the form that was filled in, which is recorded once however often it is sent.

    Raises `RuleViolation`, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-D1", event="dues.paid") as act:
        member = act.lock(Member.objects.visible_to(by).on_account(), member_id)
        require(by, Permission.RECORD_DUES, member.unit)
        account = ledger.open_accounts(act, [member])[member.pk]
        entries = list(LedgerEntry.objects.filter(account=account))
        before = rules.payment_with_key(entries, key)
        if before is not None:
            act.silent = True
            return Recorded(before, before=True)
        assert member.organization is not None  # noqa: S101 - on account
        rules.check_payment(member, amount=amount, made_on=made_on, paper=paper, today=act.today)
        rates = rates_of(member.organization.federation)
        offered = rules.purposes(rates, live(entries), standing(entries), act.today)
        rules.check_purpose((fee, year), offered)
        entry = ledger.post_payment(
            act,
            account,
            organization=member.organization,
            fee=fee,
            year=year,
            amount=amount,
            made_on=made_on,
            paper=paper.strip(),
            key=rules.payment_key(account.pk, key),
        )
        act.about(member, organization=member.organization, entry=entry.pk, fee=fee)
    return Recorded(entry, before=False)


def reverse_payment(entry_id: int, *, reason: str, by: Actor) -> LedgerEntry:
    """A payment recorded by mistake is taken back by an entry that names it; the mistake stays readable (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `LedgerEntry.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.payment_reversed") as act:
        entry = LedgerEntry.objects.visible_to(by).select_related("account__member").get(pk=entry_id)
        member_id = entry.account.member_id
        member = act.lock(Member.objects.visible_to(by).on_account(), member_id)
        require(by, Permission.RECORD_DUES, member.unit)
        account = ledger.open_accounts(act, [member])[member.pk]
        rules.check_reversal(entry, member, reason=reason)
        ledger.reverse(act, [entry], accounts=[account], rule="N-D1", paper=reason.strip())
        act.about(member, organization=member.organization, entry=entry.pk)
    return LedgerEntry.objects.get(reverses=entry)
