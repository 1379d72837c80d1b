"""Opening balances of personal accounts, taken over from the organisation's former books (V-D1, N-D1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dues.rates.rules.rates import rates_of
from dues.rates.rules.reductions import Due, paper_of, reductions_in
from members.people.models import Member
from registry.organizations.models import Organization

from ..enums import EntryKind, Fee
from ..models import DuesAccount, LedgerEntry
from ..queries.entries import entries_by_account
from ..rules.closing import closed_until, first_open_day
from ..rules.opening import plan_opening
from .accounts import update_standing
from .charges import exempt
from .entries import OPENING, insert

if TYPE_CHECKING:
    from registry.transitions import Act


@dataclass(frozen=True)
class Opening:
    """The last year paid in the former books; `joined_on` is the day on which the member joined."""

    account: DuesAccount
    paid_to: int
    joined_on: dt.date | None


def post_openings(
    act: Act, openings: Sequence[Opening], *, organization: Organization, paper: str, rule: str = "V-D1"
) -> None:
    """Post the charges and payments of former books to accounts locked by the caller, and update the accounts."""
    rates, closed = rates_of(organization.federation), closed_until(organization)
    reductions = reductions_in(organization)
    ids = [opening.account.member_id for opening in openings if opening.account.member_id is not None]
    people = Member.objects.only("category").in_bulk(ids) if reductions else {}
    entries = entries_by_account([opening.account for opening in openings])
    common = {"organization": organization, "fee": Fee.ANNUAL, "posted_at": act.now, "posted_by": act.by.account}
    taken_over: list[LedgerEntry] = []
    charged_now: list[LedgerEntry] = []
    for opening in openings:
        account, own = opening.account, entries[opening.account.pk]
        before = Counter((entry.kind, entry.year) for entry in own)
        plan = plan_opening(own, rates, paid_to=opening.paid_to, joined_on=opening.joined_on, today=act.today)
        for charge in plan.charges:
            made_on = first_open_day(dt.date(charge.year, 1, 1), closed)
            due = Due(charge.rate.amount)
            if charge.charged_now and (member := people.get(account.member_id or 0)) is not None:
                due = reductions.due(charge.rate, member, dt.date(charge.year, 1, 1))
            if not due.amount:
                entry = LedgerEntry(fee=Fee.ANNUAL, year=charge.year)
                exempt(act, [(account.pk, entry, due.reduction)])
                continue
            number = before[EntryKind.CHARGE, charge.year] + 1
            key = f"{Fee.ANNUAL}:{charge.year}:{number}"
            (charged_now if charge.charged_now else taken_over).append(
                LedgerEntry(
                    account=account,
                    kind=EntryKind.CHARGE,
                    year=charge.year,
                    amount=due.amount,
                    made_on=made_on,
                    due_on=charge.due_on,
                    paper=paper_of(charge.rate, due) if charge.charged_now else paper,
                    key=f"charge:{account.pk}:{key}" if charge.charged_now else f"opening:{account.pk}:charge:{key}",
                    rule=rule,
                    **common,
                )
            )
        for year, amount in plan.paid:
            number = before[EntryKind.PAYMENT, year] + 1
            taken_over.append(
                LedgerEntry(
                    account=account,
                    kind=EntryKind.PAYMENT,
                    year=year,
                    amount=amount,
                    made_on=first_open_day(min(dt.date(year, 12, 31), act.today), closed),
                    paper=paper,
                    key=f"opening:{account.pk}:payment:{Fee.ANNUAL}:{year}:{number}",
                    rule=rule,
                    **common,
                )
            )
    insert(taken_over, organization, money=OPENING, income=OPENING)
    insert(charged_now, organization)
    update_standing([opening.account for opening in openings])
