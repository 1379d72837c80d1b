"""Transitions of lines of bank statements that are money between organisations (V-D7, N-D1)."""

from __future__ import annotations

from decimal import Decimal

from dues.bank.enums import Evidence, LineState
from dues.bank.models import BankLine, BankPart
from dues.bank.rules.lines import PAID
from dues.bank.transitions.loading import set_bands
from dues.bank.transitions.settling import leave_out, lock_line, paper_of
from dues.distribution.enums import ON_THE_WAY, RemittanceState, Source
from dues.distribution.models import Remittance
from dues.distribution.transitions import confirm_remittance, pass_on
from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.rules.closing import closed_until, first_open_day
from registry.access import Actor
from registry.transitions import Act, change

from . import rules
from .queries import Proposal, linked_to, proposals

_RULE = "V-D7"
#: Prefix of the key of an entry that also posted the receipt of the money.
_WITH_RECEIPT = "bank receipt"


def settle_line(line_id: int, *, version: int | None = None, by: Actor) -> Remittance:
    """Confirm that a line is money passed on to another organisation, or received from one (V-D7, N-D1).

    A payment is linked to the money passed on, which is recorded if necessary. Received money is confirmed, and no
    longer unidentified. Each is counted once. Raises `RuleViolation`, `NotAllowed`, `StaleVersion`.
    """
    with change(by=by, rule=_RULE, event="dues.line_settled") as act:
        line, organization = lock_line(act, line_id, version)
        proposal = rules.check_is_likely(proposals(organization, [line]).get(line.pk))
        remittance = _receive(act, line, proposal, by) if line.incoming else _send(act, line, proposal, by)
        act.save(remittance)
        act.about(line, organization=organization)
    return remittance


def _send(act: Act, line: BankLine, proposal: Proposal, by: Actor) -> Remittance:
    """Return the money passed on, linked to the payment; the bank statement has taken it from the account."""
    if proposal.remittance is not None:
        remittance = act.lock(Remittance.objects.visible_to(by), proposal.remittance.pk)
    else:
        remittance = pass_on(
            line.organization_id,
            proposal.partner.pk,
            amount=line.amount,
            made_on=first_open_day(line.made_on, closed_until(line.organization)),
            source=Source.BANK,
            paper=paper_of(line),
            by=by,
        )
    remittance.sent_line = line
    line.reason = f"Перечислено: {proposal.partner.short_name}"[:200]
    line.version += 1
    act.save(line)
    return remittance


def _receive(act: Act, line: BankLine, proposal: Proposal, by: Actor) -> Remittance:
    """Return the received money, which is confirmed now if it was not before."""
    waiting = rules.check_is_likely(proposal.remittance)
    is_new = waiting.state in ON_THE_WAY
    if is_new:
        received_on = first_open_day(line.made_on, closed_until(line.organization))
        confirm_remittance(waiting.pk, received_on=received_on, source=Source.BANK, by=by)
    remittance = act.lock(Remittance.objects.visible_to(by), waiting.pk)
    account = rules.check_is_likely(remittance.receipt).debit
    leave_out(
        act,
        line,
        reason=f"Поступило: {proposal.partner.short_name}"[:200],
        to=ledger.AccountKey(AccountKind(account.kind), number=account.number),
        evidence=Evidence.PARTNER,
        key=_WITH_RECEIPT if is_new else "bank received",
        rule=_RULE,
    )
    remittance.received_line = line
    return remittance


def free_line(line_id: int, *, reason: str, version: int | None = None, by: Actor) -> None:
    """Undo the confirmation that a line is money between organisations (N-D1).

    Received money waits for confirmation again, unless it was confirmed before the line; the line becomes unidentified.
    Money passed on stays recorded. Raises `RuleViolation`, `NotAllowed`, `StaleVersion`.
    """
    with change(by=by, rule="N-D1", event="dues.line_put_back") as act:
        line, organization = lock_line(act, line_id, version)
        linked = rules.check_can_be_freed(linked_to(line), reason)
        remittance = act.lock(Remittance.objects.filter(pk=linked.pk), linked.pk)
        if line.incoming:
            _unconfirm(act, line, remittance, reason.strip())
            line.state, line.posted, line.reason = LineState.OPEN, Decimal(0), ""
            set_bands(act, organization, [line])
            remittance.received_line = None
        else:
            line.reason, remittance.sent_line = PAID, None
        line.version += 1
        act.save(line)
        act.save(remittance)
        act.about(line, organization=organization)


def _unconfirm(act: Act, line: BankLine, remittance: Remittance, reason: str) -> None:
    entries = [part.entry for part in BankPart.objects.valid().filter(line=line).select_related("entry")]
    if any(entry.key.startswith(_WITH_RECEIPT) for entry in entries) and remittance.receipt is not None:
        entries.append(remittance.receipt)
        remittance.state, remittance.receipt, remittance.received_on = RemittanceState.SENT, None, None
    ledger.reverse(act, entries, accounts=[], rule="N-D1", paper=reason)
