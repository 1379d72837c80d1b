"""The other organisations of bank statement lines, by evidence (V-D7). Amounts are roubles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from dues.bank.enums import LineState
from dues.bank.models import BankLine, OwnAccount
from dues.distribution.enums import ON_THE_WAY, RemittanceState, Source
from dues.distribution.models import Remittance
from dues.distribution.queries import owed_upward
from dues.ledger.enums import AccountKind
from registry.organizations.models import Organization, OrganizationPassport

#: Days between the paper of money passed on and its payment, and until the receiver gets it.
_SENT, _CAME = dt.timedelta(days=10), dt.timedelta(days=60)


@dataclass(frozen=True)
class Proposal:
    """The other organisation of a line, and the matching money passed on; None if that is still to be recorded."""

    partner: Organization
    remittance: Remittance | None = None


def proposals(organization: Organization, lines: Iterable[BankLine]) -> dict[int, Proposal]:
    """Return the probable money between organisations of each line, by the line's id.

    The evidence is the account or the INN of the other organisation together with the sum of money in transit or, for a
    payment, with a debt of at least that sum. Uses a constant number of queries.
    """
    free = [line for line in lines if _is_free(line)]
    if not free:
        return {}
    linked = Remittance.objects.filter(sent_line__in=free).values_list("sent_line", flat=True)
    taken = set(linked)
    free = [line for line in free if line.pk not in taken]
    sent = Q(organization=organization, source=Source.BANK, sent_line=None) & ~Q(state=RemittanceState.TAKEN_BACK)
    came = Q(receiver=organization, received_line=None)
    same = Remittance.objects.filter(sent | came, amount__in={line.amount for line in free})
    found = same.select_related("organization", "receiver", "receipt__debit")
    remittances = list(found.order_by("made_on", "pk"))
    debts = owed_upward(organization) if any(not line.incoming for line in free) else []
    partners = {one.pk: one for row in remittances for one in (row.organization, row.receiver) if one != organization}
    partners |= {debt.organization.pk: debt.organization for debt in debts}
    accounts = _accounts(partners)
    used: set[int] = set()
    proposed: dict[int, Proposal] = {}
    for line in sorted(free, key=lambda one: (one.made_on, one.pk)):
        near = [one for one in partners.values() if _is_of(line, one, accounts[one.pk], organization)]
        remittance = next((one for one in remittances if one.pk not in used and _is(one, line, near)), None)
        if remittance is not None:
            used.add(remittance.pk)
            proposed[line.pk] = Proposal(remittance.organization if line.incoming else remittance.receiver, remittance)
        elif not line.incoming:
            debt = next((one for one in debts if one.organization in near and one.open >= line.amount), None)
            if debt is not None:
                proposed[line.pk] = Proposal(debt.organization)
    return proposed


def linked_to(line: BankLine) -> Remittance | None:
    """Return the money between organisations that the line was confirmed to be."""
    return Remittance.objects.filter(Q(sent_line=line) | Q(received_line=line)).select_related("receipt").first()


def _is_free(line: BankLine) -> bool:
    if line.incoming:
        return line.state == LineState.OPEN and not line.posted
    return line.state == LineState.OTHER


def _accounts(partners: Iterable[int]) -> defaultdict[int, set[str]]:
    """Return the account numbers of the organisations by their ids."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for rows, name in ((OrganizationPassport.objects, "account"), (OwnAccount.objects, "number")):
        own = rows.filter(organization__in=list(partners)).order_by("pk")
        for pk, number in own.values_list("organization", name):
            if number:
                found[pk].add(number)
    return found


def _is_of(line: BankLine, partner: Organization, accounts: set[str], own: Organization) -> bool:
    """Return whether the other side of the line is the partner; an INN shared by both is no evidence."""
    inn = partner.inn if partner.inn != own.inn else ""
    return line.other_account in accounts or bool(inn and line.other_inn == inn)


def _is(remittance: Remittance, line: BankLine, near: Sequence[Organization]) -> bool:
    """Return whether the money passed on matches the line in direction, partner, sum and days."""
    if remittance.amount != line.amount:
        return False
    days = line.made_on - remittance.made_on
    if not line.incoming:
        mine = remittance.organization_id == line.organization_id and remittance.receiver in near
        return mine and remittance.sent_line_id is None and abs(days) <= _SENT
    if remittance.receiver_id != line.organization_id or remittance.organization not in near:
        return False
    if not dt.timedelta(0) <= days <= _CAME:
        return False
    if remittance.state in ON_THE_WAY:
        return True
    # Confirmed by hand before; the bank statement must not add the money to the account twice.
    by_bank = {AccountKind.BANK, AccountKind.OTHER}
    return remittance.receipt is not None and remittance.receipt.debit.kind in by_bank
