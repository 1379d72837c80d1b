"""Posting money received by a line of a bank statement (V-D4, N-D1, N-D2).

Its functions are steps of transitions: the caller has locked the lines and the members, and checked the parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.models import LedgerEntry
from dues.ledger.queries.entries import entries_by_account
from dues.ledger.rules.closing import closed_until, first_open_day
from dues.ledger.rules.standing import live, standing
from dues.payments.rules import Purpose, purposes
from dues.payments.transitions import Paid, post_checked
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import Act

from ..enums import NOT_DUES, Evidence, LineState
from ..models import BankLine, BankPart
from ..rules.splitting import less, split

UNKNOWN = ledger.AccountKey(AccountKind.UNKNOWN)
OTHER = ledger.AccountKey(AccountKind.OTHER)


@dataclass(frozen=True)
class Share:
    """A part of a line for a member; without a fee it covers their debts, and the rest is an advance."""

    member_id: int
    amount: Decimal
    fee: str = ""
    year: int | None = None
    #: Id of the property contribution that is paid.
    contribution: int | None = None


def paper_of(line: BankLine) -> str:
    """Return the bank's document in the form for entries."""
    return f"{line.kind or 'Платёжное поручение'} № {line.number or 'б/н'} от {day_text(line.made_on)}"[:200]


def lock_line(act: Act, line_id: int, version: int | None) -> tuple[BankLine, Organization]:
    """Return the line and its organisation, both locked, if the actor may post it."""
    visible = BankLine.objects.visible_to(act.by)
    organization = act.lock(Organization, visible.get(pk=line_id).organization_id)
    line = act.lock(visible, line_id, version=version)
    act.require(Permission.RECORD_DUES, organization)
    line.organization = organization
    return line, organization


def settle(
    act: Act,
    shares: Mapping[BankLine, Sequence[tuple[Share, Evidence]]],
    members: Mapping[int, Member],
    organization: Organization,
) -> list[LedgerEntry]:
    """Post the shares of open lines to members, all or none, with the evidence of each.

    Payments of a closed period are posted on the first open day. Raises `RowsRefused` by the id of the member.
    """
    closed = closed_until(organization)
    numbers = _numbers(shares)
    payments: list[Paid] = []
    of_key: dict[str, tuple[BankLine, Evidence]] = {}
    offered = _offered(act, members, organization)
    for line, parts in shares.items():
        for share, evidence in parts:
            debts = offered[share.member_id]
            kinds = [((share.fee, share.year, share.contribution), share.amount)]
            if not share.fee:
                kinds = split(share.amount, debts, act.today, text=line.purpose)
            offered[share.member_id] = less(debts, kinds)
            for (fee, year, contribution), amount in kinds:
                numbers[line.pk] += 1
                key = f"bank:{line.pk}:{numbers[line.pk]}"
                made_on = first_open_day(line.made_on, closed)
                paid = Paid(share.member_id, fee, year, amount, made_on, paper_of(line), key, contribution=contribution)
                payments.append(paid)
                of_key[key] = (line, evidence)
    posted = post_checked(act, payments, members, keeper=organization, money=UNKNOWN)
    record_parts(act, [(*of_key[paid.key], entry) for paid, entry in posted])
    return [entry for _paid, entry in posted]


def _numbers(lines: Mapping[BankLine, object]) -> Counter[int]:
    """Return how many entries each line has had so far, by its id, because their keys use the next numbers (N-D2)."""
    found = BankPart.objects.filter(line__in=list(lines))
    return Counter(found.values_list("line", flat=True))


def _offered(act: Act, members: Mapping[int, Member], organization: Organization) -> dict[int, list[Purpose]]:
    """Return the purposes that each member can pay for, by the member's id."""
    rates = rates_of(organization.federation)
    accounts = ledger.open_accounts(act, list(members.values()))
    entries = entries_by_account(accounts.values(), named=True)
    offered = {}
    for pk, member in members.items():
        own = entries[accounts[pk].pk]
        offered[pk] = purposes(rates, live(own), standing(own), act.today, joined_on=member.joined_on)
    return offered


def leave_out(
    act: Act,
    line: BankLine,
    *,
    reason: str,
    to: ledger.AccountKey = OTHER,
    evidence: Evidence = Evidence.NOT_DUES,
    key: str = "bank other",
    rule: str = "N-D1",
) -> LedgerEntry:
    """Post the rest of an open line as money that is not dues, with that reason (N-D1)."""
    line.reason = reason
    made_on = first_open_day(line.made_on, closed_until(line.organization))
    number = BankPart.objects.filter(line=line).count() + 1
    move = ledger.Move(UNKNOWN, to, line.left, made_on, paper_of(line), key=f"{key}:{line.pk}:{number}")
    entry = ledger.post_moves(act, [move], organization=line.organization, rule=rule)[0]
    record_parts(act, [(line, evidence, entry)])
    return entry


def record_parts(act: Act, parts: Sequence[tuple[BankLine, Evidence, LedgerEntry]]) -> None:
    """Record the entries of lines; a line with nothing left is posted."""
    BankPart.objects.bulk_create(
        [BankPart(line=line, entry=entry, evidence=evidence) for line, evidence, entry in parts], batch_size=CHUNK
    )
    lines = {line.pk: line for line, _evidence, _entry in parts}
    for line, evidence, entry in parts:
        lines[line.pk].posted += entry.amount
        if not lines[line.pk].left:
            lines[line.pk].state = LineState.OTHER if evidence in NOT_DUES else LineState.POSTED
            lines[line.pk].band = ""
    for line in lines.values():
        line.version += 1
    act.update_many(BankLine, list(lines.values()), ["posted", "state", "band", "reason", "version"])


def money_of(lines: Sequence[BankLine]) -> Decimal:
    """Return the money of the lines that is not posted."""
    return sum((line.left for line in lines), Decimal("0.00"))
