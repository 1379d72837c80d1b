"""The standing of a personal account, a pure function of its entries (V-D1, N-D1). Amounts are roubles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from members.people.enums import MemberState

from ..enums import EntryKind, Fee
from ..models import LedgerEntry

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization

from ..enums import CHARGED

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Open:
    """An uncovered charge with its unpaid amount."""

    charge: LedgerEntry
    left: Decimal


@dataclass(frozen=True)
class Standing:
    """The values stored in `DuesAccount`, and the uncovered charges, the oldest first."""

    unpaid: Decimal
    unpaid_since: dt.date | None
    paid_to: int | None
    advance: Decimal
    entrance_paid_on: dt.date | None
    open: tuple[Open, ...]

    def overdue(self, on: dt.date) -> Decimal:
        """Return the amount due before the day."""
        return sum((o.left for o in self.open if o.charge.due_on and o.charge.due_on < on), NOTHING)

    def left_of_year(self, year: int) -> Decimal:
        """Return the unpaid amount of the annual fee of the year."""
        return sum((o.left for o in self.open if o.charge.fee == Fee.ANNUAL and o.charge.year == year), NOTHING)


def live(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Return charges and payments that are not reversed, by date."""
    entries = list(entries)
    gone = {entry.reverses_id for entry in entries if entry.kind == EntryKind.REVERSAL}
    kept = [entry for entry in entries if entry.kind != EntryKind.REVERSAL and entry.pk not in gone]
    return sorted(kept, key=lambda entry: (entry.made_on, entry.pk))


def standing(entries: Iterable[LedgerEntry]) -> Standing:
    """Return the standing of the entries of one account.

    A payment covers the charge it was made for (kind and year, or the terms of a property contribution); the rest
    covers the oldest charge of the kind, or becomes an advance for the next one.
    """
    kept = live(entries)
    open_charges: list[Open] = []
    advance = NOTHING
    years: dict[int, Decimal] = {}
    entrance_paid_on = None
    for fee in CHARGED:
        charges = [entry for entry in kept if entry.fee == fee and entry.kind == EntryKind.CHARGE]
        payments = [entry for entry in kept if entry.fee == fee and entry.kind == EntryKind.PAYMENT]
        left, beyond = _cover(charges, payments)
        # An entrance fee paid before the registry charged any is not an advance.
        advance += beyond if charges or fee != Fee.ENTRANCE else NOTHING
        open_charges += [Open(charge, left[charge.pk]) for charge in charges if left[charge.pk]]
        if fee == Fee.ANNUAL:
            years = {charge.year or 0: left[charge.pk] for charge in charges}
        elif fee == Fee.ENTRANCE and not any(left.values()):
            entrance_paid_on = _covered_on(sum((c.amount for c in charges), NOTHING), payments)
    open_charges.sort(key=lambda o: (o.charge.due_on or o.charge.made_on, o.charge.pk))
    return Standing(
        unpaid=sum((o.left for o in open_charges), NOTHING),
        unpaid_since=open_charges[0].charge.due_on if open_charges else None,
        paid_to=_paid_to(years),
        advance=advance,
        entrance_paid_on=entrance_paid_on,
        open=tuple(open_charges),
    )


def _cover(charges: Sequence[LedgerEntry], payments: Sequence[LedgerEntry]) -> tuple[dict[int, Decimal], Decimal]:
    """Return the unpaid amount of each charge, and the rest of the payments."""
    left = {charge.pk: charge.amount for charge in charges}
    in_turn = sorted(charges, key=lambda charge: (charge.due_on or charge.made_on, charge.pk))
    paid_for: defaultdict[tuple[int | None, int | None], Decimal] = defaultdict(lambda: NOTHING)
    for payment in payments:
        paid_for[payment.year, payment.contribution_id] += payment.amount
    beyond = NOTHING
    for (year, contribution), amount in paid_for.items():
        named = [c for c in in_turn if year is not None and (c.year, c.contribution_id) == (year, contribution)]
        beyond += _spend(amount, named, left)
    return left, _spend(beyond, in_turn, left)


def _spend(amount: Decimal, charges: Iterable[LedgerEntry], left: dict[int, Decimal]) -> Decimal:
    for charge in charges:
        spent = min(amount, left[charge.pk])
        left[charge.pk] -= spent
        amount -= spent
    return amount


def _covered_on(charged: Decimal, payments: Sequence[LedgerEntry]) -> dt.date | None:
    paid = NOTHING
    for payment in payments:
        paid += payment.amount
        if paid >= charged:
            return payment.made_on
    return None


def _paid_to(years: dict[int, Decimal]) -> int | None:
    last = None
    for year in sorted(years):
        if years[year]:
            break
        last = year
    return last


def standing_of(member: Member) -> Standing:
    """Return the member's present standing, computed from the entries."""
    return standing(_entries(member))


def standings_in(organization: Organization, members: Sequence[int]) -> dict[int | None, Standing]:
    """Return the standings of members now registered in the organisation, by the member's id."""
    here = {"account__member__organization": organization, "account__member__state": MemberState.REGISTERED}
    entries: defaultdict[int | None, list[LedgerEntry]] = defaultdict(list)
    for entry in LedgerEntry.objects.filter(account__member__in=members, **here).select_related("account"):
        entries[entry.member_id].append(entry)
    return {member: standing(own) for member, own in entries.items()}


def arrears(member: Member, on: dt.date) -> Decimal:
    """Return the member's arrears on the day, by the entries made until then."""
    entries = [e for e in _entries(member) if e.kind == EntryKind.REVERSAL or e.made_on <= on]
    return standing(entries).overdue(on)


def _entries(member: Member) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(account__member=member))
