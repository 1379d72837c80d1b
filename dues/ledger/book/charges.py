"""Charges of entrance and annual fees (V-B4, V-D1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dues.rates.models import Exemption, Rate, Reduction
from dues.rates.rules.rates import annual_due_of_new, annual_term, due_after_decision, rate_on, rates_of, starting_rates
from dues.rates.rules.reductions import Due, paper_of, reductions_in
from members.people.models import Member
from registry.errors import RuleViolation
from registry.fields import KopecksField
from registry.organizations.models import Federation, Organization
from registry.sizes import CHUNK, CHUNK_IDS

from ..enums import EntryKind, Fee
from ..models import DuesAccount, LedgerEntry
from ..queries.entries import charged_with, entries_by_account, exempted_from
from ..rules.closing import closed_until, first_open_day
from ..rules.standing import live
from .accounts import LockedAccount, lock_accounts, open_accounts, update_standing
from .entries import book_accounts, insert, insert_from, reverse, sides_of

if TYPE_CHECKING:
    from registry.transitions import Act


#: A charge that a member may lack, and the reduction that makes it less than the rate.
Wanted = tuple[LedgerEntry, Reduction | None]


def load_starting_rates(act: Act, federation: Federation) -> list[Rate]:
    """Store the charter's starting rates as the federation's own, once (V-D1)."""
    if Rate.objects.filter(federation=federation).exists():
        return []
    return act.create_many(Rate, starting_rates(federation))


def charge_admission(act: Act, members: Sequence[Member], *, organization: Organization, decided_on: dt.date) -> None:
    """Charge the entrance fee, and the annual fees from the year of the decision to this one (V-B4, K6, K8, K9).

    Existing charges are not repeated.
    """
    rates, reductions = rates_of(organization.federation), reductions_in(organization)
    dues: list[tuple[Rate, int | None, dt.date, dt.date]] = []
    entrance = rate_on(rates, Fee.ENTRANCE, decided_on)
    if entrance is not None:
        dues.append((entrance, None, decided_on, due_after_decision(entrance, decided_on)))
    for year in range(decided_on.year, max(act.today.year, decided_on.year) + 1):
        made_on = max(decided_on, dt.date(year, 1, 1))
        annual = rate_on(rates, Fee.ANNUAL, made_on)
        if annual is not None:
            first = year == decided_on.year
            due_on = annual_due_of_new(annual, decided_on) if first else annual_term(annual, year)
            dues.append((annual, year, made_on, due_on))

    def wanted(member: Member) -> list[Wanted]:
        return [
            charge_by_rate(rate, year, made_on, due_on, reductions.due(rate, member, made_on))
            for rate, year, made_on, due_on in dues
        ]

    post_charges(act, members, wanted, organization=organization, rule="V-B4")


def charge_year(act: Act, organization: Organization, year: int, *, known_before: dt.date | None = None) -> int:
    """Charge the annual fee to all members of the organisation not charged yet; return the number charged (V-D1).

    Members who joined after the year owe nothing for it; those who joined during it owe it like members admitted that
    day. Exempt members are recorded as such on that day, and not charged later. `known_before` excludes cards entered
    on that day or later.
    """
    new_year = dt.date(year, 1, 1)
    rates, reductions = rates_of(organization.federation), reductions_in(organization)
    annual = rate_on(rates, Fee.ANNUAL, new_year)
    if annual is None:
        return 0
    members = Member.objects.registered().filter(organization=organization).exclude(joined_on__year__gt=year)
    if known_before is not None:
        members = members.filter(created_at__lt=timezone.make_aware(dt.datetime.combine(known_before, dt.time())))
    in_it = Q(joined_on__year=year, joined_year_only=False)
    joined_in_it = list(members.filter(in_it).order_by("pk").only("joined_on", "category"))
    # The accounts, once locked, show who is already charged or exempt: a condition on the members would read the ledger
    # of all organisations.
    rest = dict(members.exclude(in_it).order_by("pk").values_list("pk", "category"))

    def wanted(member: Member) -> list[Wanted]:
        joined = member.joined_on or new_year
        then = rate_on(rates, Fee.ANNUAL, joined) or annual
        due = reductions.due(then, member, joined)
        return [charge_by_rate(then, year, joined, annual_due_of_new(then, joined), due)]

    count = post_charges(act, joined_in_it, wanted, organization=organization, rule="V-D1")
    accounts = lock_accounts(act, rest)
    exempted = {pk for pk, *what in exempted_from(one.pk for one in accounts.values()) if what == [Fee.ANNUAL, year]}
    by_due: defaultdict[Due, list[LockedAccount]] = defaultdict(list)
    for member_id, category in rest.items():
        account = accounts[member_id]
        if account.pk not in exempted:
            by_due[reductions.due_of(annual, member_id, category, new_year)].append(account)
    for due, some in by_due.items():
        charge, reduction = charge_by_rate(annual, year, new_year, annual_term(annual, year), due)
        if due.amount:
            count += charge_all(act, some, charge, organization=organization, rule="V-D1")
        else:
            # Some were charged before they were exempt.
            charged = charged_with([account.pk for account in some], charge.fee, year)
            exempt(act, [(account.pk, charge, reduction) for account in some if account.pk not in charged])
    return count


def reverse_admission(act: Act, members: Sequence[Member], *, rule: str) -> None:
    """Reverse all charges of members who were registered by mistake.

    Raises `RuleViolation` if anybody has paid: payments must be reversed first (N-D1).
    """
    accounts = open_accounts(act, members)
    entries = entries_by_account(accounts.values())
    wrong: list[LedgerEntry] = []
    for account in accounts.values():
        kept = live(entries[account.pk])
        if any(entry.kind == EntryKind.PAYMENT for entry in kept):
            message = _("Dues were paid already. Reverse the recorded payments first.")
            raise RuleViolation(rule, message)
        wrong += kept
    Exemption.objects.filter(account__in=list(accounts.values())).delete()
    reverse(act, wrong, accounts=list(accounts.values()), rule=rule)


def charge_by_rate(rate: Rate, year: int | None, made_on: dt.date, due_on: dt.date, due: Due) -> Wanted:
    """Return the charge under the rate, and the reduction; its sum is 0 for an exempt member."""
    charge = LedgerEntry(
        kind=EntryKind.CHARGE,
        fee=rate.fee,
        year=year,
        amount=due.amount,
        made_on=made_on,
        due_on=due_on,
        paper=paper_of(rate, due),
    )
    return charge, due.reduction


def exempt(act: Act, found: Sequence[tuple[int, LedgerEntry, Reduction | None]]) -> None:
    """Record, by account id, the fees that are not charged because the members are exempt.

    Existing records stay.
    """
    Exemption.objects.bulk_create(
        [
            Exemption(account_id=account, fee=charge.fee, year=charge.year, reduction=reduction, made_on=act.today)
            for account, charge, reduction in found
        ],
        batch_size=CHUNK,
        ignore_conflicts=True,
    )


def charge_all(
    act: Act,
    accounts: Sequence[DuesAccount | LockedAccount],
    charge: LedgerEntry,
    *,
    organization: Organization,
    rule: str,
) -> int:
    """Post the same charge to all accounts that lack it, with bulk statements; return the number of entries.

    The accounts are locked by the caller.
    """
    charge.made_on = first_open_day(charge.made_on, closed_until(organization))
    both = sides_of(charge)
    books = book_accounts(organization, set(both))
    values = {
        "organization": organization.pk, "debit": books[both[0]].pk, "credit": books[both[1]].pk, "kind": charge.kind,
        "fee": charge.fee, "year": charge.year, "contribution": charge.contribution_id, "amount": charge.amount,
        "made_on": charge.made_on, "due_on": charge.due_on, "paper": charge.paper, "posted_at": act.now,
        "posted_by": act.by.account.pk if act.by.account else None, "rule": rule,
    }  # fmt: skip
    charged: set[int] = set()
    paid_for_it: set[int] = set()
    for start in range(0, len(accounts), CHUNK_IDS):
        ids = [account.pk for account in accounts[start : start + CHUNK_IDS]]
        same = LedgerEntry.objects.filter(
            account__among=ids, fee=charge.fee, year=charge.year, contribution=charge.contribution_id
        ).exclude(kind=EntryKind.REVERSAL)
        if charge.contribution_id is not None:
            same = same.filter(Q(kind=EntryKind.PAYMENT) | Q(due_on=charge.due_on))
        rows = list(same.order_by().values_list("account", "kind", "reversed_by"))
        paid_for_it |= {pk for pk, kind, reversal in rows if kind == EntryKind.PAYMENT and reversal is None}
        charges = [(pk, reversal) for pk, kind, reversal in rows if kind == EntryKind.CHARGE]
        # Another process may have charged some before the accounts were locked.
        lacking = set(ids) - {pk for pk, reversal in charges if reversal is None}
        charged |= lacking
        before = Counter(pk for pk, _reversal in charges)
        by_number: defaultdict[int, list[int]] = defaultdict(list)
        for pk in sorted(lacking):
            by_number[before[pk] + 1].append(pk)
        for number, some in by_number.items():
            begin, end = Value("charge:"), Value(f":{charge_key(charge)}:{number}")
            key = Concat(begin, Cast("pk", CharField()), end, output_field=CharField())
            insert_from(DuesAccount.objects.filter(pk__among=some), {"account": F("pk"), "key": key, **values})
    _add_to_standing([account for account in accounts if account.pk in charged], charge, paid_for_it)
    return len(charged)


def _add_to_standing(
    charged: Sequence[DuesAccount | LockedAccount], charge: LedgerEntry, paid_for_it: Collection[int]
) -> None:
    """Update the stored standing of the accounts after the charge; `paid_for_it` are those with payments for it."""
    plain: list[int] = []
    others: list[int] = []
    for account in charged:
        # If nothing was paid for it or in advance and no later year is covered, the whole charge is open and nothing
        # else changes.
        covered = charge.fee == Fee.ANNUAL and (account.paid_to or 0) >= (charge.year or 0)
        if account.advance or covered or account.pk in paid_for_it:
            others.append(account.pk)
        else:
            plain.append(account.pk)
    for start in range(0, len(plain), CHUNK_IDS):
        DuesAccount.objects.filter(pk__among=plain[start : start + CHUNK_IDS]).update(
            unpaid=F("unpaid") + Value(charge.amount, output_field=KopecksField()),
            unpaid_since=Least(Coalesce("unpaid_since", Value(charge.due_on)), Value(charge.due_on)),
        )
    for start in range(0, len(others), CHUNK_IDS):
        update_standing(list(DuesAccount.objects.filter(pk__among=others[start : start + CHUNK_IDS])))


def charge_key(charge: LedgerEntry) -> str:
    """Return the part of the key that distinguishes the charge from others of the account: a year, or a term."""
    if charge.contribution_id is not None:
        return f"{charge.fee}:{charge.contribution_id}:{charge.due_on:%Y%m%d}"
    return f"{charge.fee}:{charge.year or ''}"


def post_charges(
    act: Act,
    members: Sequence[Member],
    wanted: Callable[[Member], Sequence[Wanted]],
    *,
    organization: Organization,
    rule: str,
) -> int:
    """Post to each member the wanted charges that are missing; return the number of entries.

    A charge of 0 is recorded as an exemption.
    """
    accounts = open_accounts(act, members)
    entries = entries_by_account(accounts.values())
    exempted = exempted_from(account.pk for account in accounts.values())
    closed = closed_until(organization)
    posted: list[LedgerEntry] = []
    not_posted: list[tuple[int, LedgerEntry, Reduction | None]] = []
    for member in members:
        account = accounts[member.pk]
        charges = [entry for entry in entries[account.pk] if entry.kind == EntryKind.CHARGE]
        standing_charges = {(e.fee, e.year) for e in live(entries[account.pk]) if e.kind == EntryKind.CHARGE}
        before = Counter((entry.fee, entry.year) for entry in charges)
        for charge, reduction in wanted(member):
            kind = (charge.fee, charge.year)
            if kind in standing_charges or (account.pk, *kind) in exempted:
                continue
            if not charge.amount:
                not_posted.append((account.pk, charge, reduction))
                continue
            posted.append(
                LedgerEntry(
                    account=account,
                    organization=organization,
                    kind=EntryKind.CHARGE,
                    fee=charge.fee,
                    year=charge.year,
                    amount=charge.amount,
                    made_on=first_open_day(charge.made_on, closed),
                    due_on=charge.due_on,
                    paper=charge.paper,
                    # The number distinguishes the charge from a reversed one of an undone admission.
                    key=f"charge:{account.pk}:{charge_key(charge)}:{before[kind] + 1}",
                    posted_at=act.now,
                    posted_by=act.by.account,
                    rule=rule,
                )
            )
    insert(posted, organization)
    exempt(act, not_posted)
    touched = {entry.account_id for entry in posted}
    update_standing([account for account in accounts.values() if account.pk in touched])
    return len(posted)
