"""Members whose opening balance is not recorded yet (V-D1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import Exists, OuterRef

from dues.ledger.enums import EntryKind
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.queries.entries import entries_by_account
from dues.ledger.rules.opening import OpeningPlan
from dues.payments.queries import members_of
from dues.rates.rules.rates import rates_of
from members.people.models import Member, MemberQuerySet
from members.people.search import matching
from registry.access import Actor
from registry.errors import RuleViolation
from registry.organizations.models import Organization

from .rules import OF_FORMER_BOOKS, plan_openings, taken_over


def without_opening(actor: Actor, place: Organization) -> MemberQuerySet:
    """Return the members of the organisation whose annual fees are not paid by the registry's books.

    Members with an opening balance are left out.
    """
    entries = LedgerEntry.objects.valid().filter(OF_FORMER_BOOKS, account=OuterRef("dues__id"))
    people = members_of(place, Member.objects.visible_to(actor)).filter(dues__paid_to__isnull=True)
    return people.exclude(Exists(entries.exclude(kind=EntryKind.REVERSAL)))


def found_among(people: MemberQuerySet, text: str, cell: str) -> MemberQuerySet:
    """Return the members that match a surname or ticket number, and the cell: an id, «none», or empty for all."""
    condition = matching(text)
    if condition is not None:
        people = people.filter(condition)
    if cell == "none":
        return people.filter(cell__isnull=True)
    return people.filter(cell=int(cell)) if cell else people


def previewed(
    place: Organization, paid_to: Mapping[int, int], actor: Actor, today: dt.date
) -> tuple[dict[int, OpeningPlan], dict[int, RuleViolation]]:
    """Return what the last paid years, by the member's id, would record now, and the refusals."""
    members = list(members_of(place, Member.objects.visible_to(actor)).filter(pk__in=list(paid_to)))
    accounts = {account.member_id: account for account in DuesAccount.objects.filter(member__in=members)}
    entries = entries_by_account(accounts.values())
    by_member = {pk: entries[account.pk] for pk, account in accounts.items() if pk is not None}
    former = {entry.account_id for entry in taken_over(accounts.values())}
    earlier = {pk for pk, account in accounts.items() if account.pk in former and pk is not None}
    return plan_openings(members, by_member, earlier, paid_to, rates_of(place.federation), today)
