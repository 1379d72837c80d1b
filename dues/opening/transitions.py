"""Transitions that record and undo opening balances (V-D1, N-D1, N-D2)."""

from __future__ import annotations

from collections.abc import Mapping

from dues.ledger import book as ledger
from dues.ledger.queries.entries import entries_by_account
from dues.payments.queries import members_of
from dues.payments.rules import check_no_row_refused
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.transitions import change

from . import rules


def record_openings(place_id: int, paid_to: Mapping[int, int], *, paper: str, by: Actor) -> int:
    """Record for each member, by id, the last year paid in the organisation's former books, all or none.

    Return the number of members with changed entries; the same balance again changes nothing (N-D2). Raises
    `RowsRefused` with the refusals of all rows, `RuleViolation`, `NotAllowed`, `Member.DoesNotExist` for somebody who
    is not registered there.
    """
    with change(by=by, rule="V-D1", event="dues.openings_recorded") as act:
        place = act.lock(Organization.objects.visible_to(by), place_id)
        act.require(Permission.RECORD_DUES, place)
        rules.check_takes_over(place)
        rules.check_paper(paper)
        registered = members_of(place, Member.objects.visible_to(by)).filter(pk__in=list(paid_to))
        members = {member.pk: member for member in act.lock_many(registered)}
        if members.keys() != paid_to.keys():
            raise Member.DoesNotExist
        accounts = ledger.open_accounts(act, list(members.values()))
        entries = entries_by_account(accounts.values())
        former = {entry.account_id for entry in rules.taken_over(accounts.values())}
        plans, refused = rules.plan_openings(
            members.values(), {pk: entries[account.pk] for pk, account in accounts.items()},
            {pk for pk, account in accounts.items() if account.pk in former}, paid_to, rates_of(place.federation),
            act.today,
        )  # fmt: skip
        check_no_row_refused(refused)
        new = [ledger.Opening(accounts[pk], paid_to[pk], members[pk].joined_on) for pk in plans]
        ledger.post_openings(act, new, organization=place, paper=paper.strip())
        act.silent = not new
        act.about(place, organization=place, count=len(new))
    return len(new)


def take_opening_back(member_id: int, *, reason: str, by: Actor) -> None:
    """Reverse the member's opening balance, which was recorded by mistake (N-D1).

    Raises `RuleViolation`, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="N-D1", event="dues.opening_taken_back") as act:
        member = act.lock(Member.objects.visible_to(by).registered(), member_id)
        act.require(Permission.RECORD_DUES, member.unit)
        account = ledger.open_accounts(act, [member])[member.pk]
        entries = rules.taken_over([account])
        rules.check_can_be_taken_back(entries, member, reason)
        ledger.reverse(act, entries, accounts=[account], rule="N-D1", paper=reason.strip())
        act.about(member, organization=member.organization)
