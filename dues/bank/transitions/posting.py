"""Posting lines of bank statements to members, and reversing it (V-D4, N-D1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dues.ledger import book as ledger
from dues.ledger.enums import AccountKind
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.payments.queries import members_of
from dues.payments.rules import RowsRefused
from members.people.models import Member
from members.people.transitions.paper_card import ask_for_reprint
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.sizes import CHUNK
from registry.transitions import Act, change

from ..enums import Band, Evidence, LineState
from ..models import BankLine, BankPart, KnownPayer
from ..queries.accounts import own_accounts
from ..queries.matching import matches
from ..rules import lines as rules
from ..rules.matching import is_personal
from .loading import rematch, set_bands
from .settling import Share, leave_out, lock_line, money_of, settle


def post_line(line_id: int, shares: Sequence[Share], *, version: int | None = None, by: Actor) -> list[LedgerEntry]:
    """Post money of an open line to members, wholly or in parts; the rest stays unidentified (V-D4, N-D1).

    If the whole line is posted to one member, the payer's account is remembered. Raises `RowsRefused` with the refusals
    by the id of the member, `RuleViolation`, `NotAllowed`, `StaleVersion`, `Member.DoesNotExist` for somebody who is
    not registered here.
    """
    with change(by=by, rule="V-D4", event="dues.line_posted") as act:
        line, organization = lock_line(act, line_id, version)
        rules.check_parts(line, [share.amount for share in shares])
        wanted = {share.member_id for share in shares}
        members = _lock_members(act, organization, wanted)
        if members.keys() != wanted:
            raise Member.DoesNotExist
        found = matches(organization, [line], by)[0]
        parts = [(share, found.evidence_for(share.member_id)) for share in shares]
        posted = settle(act, {line: parts}, members, organization)
        if len(wanted) == 1 and line.state == LineState.POSTED:
            _remember(act, line, wanted.pop())
        act.about(line, organization=organization, count=len(posted))
    return posted


def post_sure(organization_id: int, *, seen: tuple[int, Decimal], by: Actor) -> int:
    """Post all lines with a certain payer, if their number and sum are those that the clerk saw (V-D4, N-D1).

    Each is matched again; lines that are no longer certain, or that a rule refuses, wait for a clerk. Return the number
    of posted lines. Raises `RuleViolation`, `NotAllowed`.
    """
    with change(by=by, rule="V-D4", event="dues.sure_posted") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.RECORD_DUES, organization)
        rules.check_keeps_bank(organization)
        sure = BankLine.objects.visible_to(by).filter(organization=organization).sure(rules.MAX_AT_ONCE)
        lines = act.lock_many(BankLine.objects.filter(pk__in=list(sure.values_list("pk", flat=True))))
        rules.check_control(len(lines), money_of(lines), seen=seen)
        found = dict(zip(lines, matches(organization, lines, by), strict=True))
        payers = {line: match.candidates[0] for line, match in found.items() if match.band == Band.SURE}
        members = _lock_members(act, organization, {pk for pk, _evidence in payers.values()})
        try:
            _settle_whole(act, payers, members, organization)
        except RowsRefused as refused:
            # Nothing was posted. Lines of members whose payment a rule refuses wait, and the others are posted.
            payers = {line: payer for line, payer in payers.items() if payer[0] not in refused.by_row}
            _settle_whole(act, payers, members, organization)
        waiting = [line for line in lines if line not in payers]
        for line in waiting:
            line.band = Band.LIKELY if found[line].band == Band.SURE else found[line].band
        BankLine.objects.bulk_update(waiting, ["band"], batch_size=CHUNK)
        act.silent = not payers
        act.about(organization, organization=organization, count=len(payers))
    return len(payers)


def _settle_whole(
    act: Act, payers: dict[BankLine, tuple[int, Evidence]], members: dict[int, Member], organization: Organization
) -> None:
    shares = {line: [(Share(pk, line.left), evidence)] for line, (pk, evidence) in payers.items()}
    settle(act, shares, members, organization)


def mark_not_dues(line_id: int, *, reason: str, version: int | None = None, by: Actor) -> None:
    """Record that the rest of an open line is not dues: a donation, or returned money (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `StaleVersion`.
    """
    with change(by=by, rule="N-D1", event="dues.line_not_dues") as act:
        line, organization = lock_line(act, line_id, version)
        rules.check_not_dues(line, reason)
        leave_out(act, line, reason=reason.strip())
        act.about(line, organization=organization)


def mark_own_transfer(line_id: int, *, version: int | None = None, by: Actor) -> None:
    """Record that the rest of an open line came from another account of the organisation itself (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `StaleVersion`.
    """
    with change(by=by, rule="N-D1", event="dues.line_not_dues") as act:
        line, organization = lock_line(act, line_id, version)
        rules.check_own_transfer(line, own_accounts(organization))
        leave_out(act, line, reason=rules.MOVED)
        act.about(line, organization=organization)


def mark_deposit(line_id: int, *, version: int | None = None, by: Actor) -> None:
    """Record that the money came from the cash desk, whose expense order already added it to the account (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `StaleVersion`.
    """
    with change(by=by, rule="N-D1", event="dues.line_from_cash") as act:
        line, organization = lock_line(act, line_id, version)
        deposit = rules.check_deposit(line)
        bank = ledger.AccountKey(AccountKind.BANK, number=deposit.debit.number)
        leave_out(act, line, reason=deposit.paper, to=bank, key=f"bank cash:{deposit.pk}")
        act.about(line, organization=organization)


def put_back(line_id: int, *, reason: str, version: int | None = None, by: Actor) -> None:
    """Reverse the entries of a line, which then waits to be identified again (N-D1).

    The remembered account of its payer is forgotten. Raises `RuleViolation`, `NotAllowed`, `StaleVersion`.
    """
    with change(by=by, rule="N-D1", event="dues.line_put_back") as act:
        line, organization = lock_line(act, line_id, version)
        rules.check_can_be_put_back(line, reason)
        parts = BankPart.objects.valid().filter(line=line).select_related("entry__account")
        entries = [part.entry for part in parts]
        payers = {entry.member_id for entry in entries if entry.member_id is not None}
        members = act.lock_many(Member.objects.filter(pk__in=payers))
        accounts = act.lock_many(DuesAccount.objects.filter(pk__in={entry.account_id for entry in entries}))
        ledger.reverse(act, entries, accounts=accounts, rule="N-D1", paper=reason.strip())
        ask_for_reprint(members)
        KnownPayer.objects.filter(organization=organization, account=line.other_account, member__in=payers).delete()
        line.state, line.posted, line.reason = LineState.OPEN, Decimal(0), ""
        set_bands(act, organization, [line])
        act.save(line)
        act.about(line, organization=organization, count=len(entries))


def _remember(act: Act, line: BankLine, member_id: int) -> None:
    """Remember the account of the payer, and match the open lines from it again."""
    if not is_personal(line.other_account):
        return
    KnownPayer.objects.get_or_create(
        organization=line.organization,
        account=line.other_account,
        member_id=member_id,
        defaults={"confirmed_on": act.today, "confirmed_by": act.by.account},
    )
    same = BankLine.objects.unidentified().filter(organization=line.organization, other_account=line.other_account)
    ids = list(same.order_by("pk").values_list("pk", flat=True)[: rules.MAX_AT_ONCE])
    rematch(act, line.organization, act.lock_many(BankLine.objects.filter(pk__in=ids)))


def _lock_members(act: Act, organization: Organization, wanted: set[int]) -> dict[int, Member]:
    """Return those of the members who are registered in the organisation, locked."""
    registered = members_of(organization, Member.objects.visible_to(act.by)).filter(pk__in=wanted)
    return {member.pk: member for member in act.lock_many(registered)}
