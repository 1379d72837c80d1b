"""Charges of property contributions, and the reversal of their unpaid part (V-D2, V-D8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dues.contributions.models import PropertyContribution
from members.people.models import Member
from registry.organizations.models import Organization
from registry.sizes import CHUNK_READ

from ..enums import EntryKind, Fee
from ..models import DuesAccount, LedgerEntry
from ..queries.entries import entries_by_account
from ..rules.standing import standing
from .accounts import open_accounts, update_standing
from .charges import charge_all, charge_key
from .entries import insert, reverse

if TYPE_CHECKING:
    from registry.transitions import Act


def charge_contribution(
    act: Act, contribution: PropertyContribution, members: Sequence[Member], *, organization: Organization
) -> int:
    """Charge each term of the contribution to the members who lack it; return the number of members charged (V-D2).

    The number of statements does not depend on the number of members.
    """
    accounts = list(open_accounts(act, members).values())
    counts = []
    for term in contribution.terms.order_by("due_on"):
        charge = LedgerEntry(
            kind=EntryKind.CHARGE,
            fee=Fee.PROPERTY,
            year=contribution.decided_on.year,
            contribution=contribution,
            amount=term.amount,
            made_on=contribution.decided_on,
            due_on=term.due_on,
            paper=contribution.paper,
        )
        counts.append(charge_all(act, accounts, charge, organization=organization, rule="V-D2"))
    return max(counts, default=0)


def reverse_contribution(
    act: Act, contribution: PropertyContribution, *, organization: Organization, reason: str
) -> int:
    """Reverse the unpaid part of the contribution in the organisation's books; return the number of members.

    The paid part of a partly paid charge is charged again, because nothing is refunded (V-D8).
    """
    charges = LedgerEntry.objects.valid().filter(
        contribution=contribution, organization=organization, kind=EntryKind.CHARGE
    )
    ids = sorted(set(charges.values_list("account", flat=True)))
    touched = 0
    for start in range(0, len(ids), CHUNK_READ):
        accounts = act.lock_many(DuesAccount.objects.filter(pk__in=ids[start : start + CHUNK_READ]))
        touched += _reverse_open(act, contribution, accounts, organization, reason)
    return touched


def _reverse_open(
    act: Act,
    contribution: PropertyContribution,
    accounts: Sequence[DuesAccount],
    organization: Organization,
    reason: str,
) -> int:
    entries = entries_by_account(accounts)
    wrong: list[LedgerEntry] = []
    kept: list[LedgerEntry] = []
    touched: set[int] = set()
    for account in accounts:
        before = Counter(charge_key(e) for e in entries[account.pk] if e.kind == EntryKind.CHARGE)
        for one in standing(entries[account.pk]).open:
            charge = one.charge
            if charge.contribution_id != contribution.pk or charge.organization_id != organization.pk:
                continue
            wrong.append(charge)
            touched.add(account.pk)
            if one.left < charge.amount:
                key = charge_key(charge)
                kept.append(
                    LedgerEntry(
                        account=account,
                        organization=organization,
                        kind=EntryKind.CHARGE,
                        fee=charge.fee,
                        year=charge.year,
                        contribution_id=charge.contribution_id,
                        amount=charge.amount - one.left,
                        made_on=act.today,
                        due_on=charge.due_on,
                        paper=charge.paper,
                        key=f"charge:{account.pk}:{key}:{before[key] + 1}",
                        posted_at=act.now,
                        posted_by=act.by.account,
                        rule="V-D2",
                    )
                )
    reverse(act, wrong, accounts=[], rule="V-D2", paper=reason)
    insert(kept, organization)
    update_standing([account for account in accounts if account.pk in touched])
    return len(touched)
