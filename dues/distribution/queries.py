"""Debts of an organisation to others: owed, passed on, open (V-D7). Amounts are roubles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from dues.ledger.enums import AccountKind, EntryKind
from dues.ledger.models import BookAccount, LedgerEntry
from dues.ledger.rules.standing import NOTHING
from registry.access import Actor
from registry.organizations.models import Organization

from .enums import ON_THE_WAY
from .models import DistributionLine, DistributionShare, Remittance


def sides(organization: Organization, pk: int) -> tuple[Organization, Organization] | None:
    """Return the debtor and its superior if the organisation's books have debts to the other one, or claims.

    Debts stay to be settled when one of the two was moved, so that it is no longer above or below the other.
    """
    kinds = (AccountKind.OWED_TO, AccountKind.OWED_BY)
    found = BookAccount.objects.filter(organization=organization, partner=pk, kind__in=kinds)
    account = found.select_related("partner__federation").order_by("pk").first()
    if account is None or account.partner is None:
        return None
    both = organization, account.partner
    return both if account.kind == AccountKind.OWED_TO else both[::-1]


def split_into_shares(amount: Decimal, shares: Sequence[DistributionShare]) -> list[Decimal]:
    """Return the sum of each share in whole kopecks; the first one gets the remaining kopecks (ADR 17)."""
    kopecks = int(amount * 100)
    parts = [kopecks * int(share.percent * 100) // 10_000 for share in shares]
    parts[0] += kopecks - sum(parts)
    return [Decimal(part) / 100 for part in parts]


@dataclass(frozen=True)
class Settlement:
    """A debt of one organisation to another, by the books of one of them."""

    organization: Organization
    owed: Decimal
    settled: Decimal
    on_the_way: Decimal = NOTHING

    @property
    def open(self) -> Decimal:
        """The sum still owed."""
        return self.owed - self.settled


def owed_upward(organization: Organization) -> list[Settlement]:
    """Return what the organisation owes to its superiors and has passed on, by its own books."""
    return _settlements(organization, AccountKind.OWED_TO)


def owed_from_below(organization: Organization) -> list[Settlement]:
    """Return what organisations below owe to this one and have passed on, by its books, sorted by name."""
    return _settlements(organization, AccountKind.OWED_BY)


def _settlements(organization: Organization, kind: AccountKind) -> list[Settlement]:
    entries = LedgerEntry.objects.filter(organization=organization)
    sums: dict[int, list[Decimal]] = {}
    for index, side in ((0, _increasing_side(kind)), (1, _falling(kind))):
        found = entries.filter(**{f"{side}__kind": kind}).order_by().values(f"{side}__partner", "kind")
        for row in found.annotate(total=Sum("amount")):
            both = sums.setdefault(row[f"{side}__partner"], [NOTHING, NOTHING])
            if row["kind"] == EntryKind.REVERSAL:
                both[1 - index] -= row["total"]
            else:
                both[index] += row["total"]
    waiting = _waiting(organization, kind)
    partners = Organization.objects.filter(pk__in=sums).order_by("path")
    return [Settlement(one, sums[one.pk][0], sums[one.pk][1], waiting.get(one.pk, NOTHING)) for one in partners]


def _waiting(organization: Organization, kind: AccountKind) -> dict[int, Decimal]:
    own, other = ("organization", "receiver") if kind == AccountKind.OWED_TO else ("receiver", "organization")
    rows = Remittance.objects.filter(**{own: organization}, state__in=ON_THE_WAY).order_by().values(other)
    return {row[other]: row["total"] for row in rows.annotate(total=Sum("amount"))}


def _increasing_side(kind: AccountKind) -> str:
    """Return the side of an entry that increases a debt."""
    return "credit" if kind == AccountKind.OWED_TO else "debit"


def _falling(kind: AccountKind) -> str:
    return "debit" if kind == AccountKind.OWED_TO else "credit"


def open_between(organization: Organization, superior: Organization) -> Decimal:
    """Return what the organisation still owes to the superior, by its own books."""
    return next((one.open for one in owed_upward(organization) if one.organization == superior), NOTHING)


def owes_all(organization: Organization, lines: Iterable[DistributionLine]) -> bool:
    """Return whether the organisation still owes each superior everything in the lines of its distribution."""
    sums: dict[Organization, Decimal] = {}
    for line in lines:
        superior = line.share.organization
        sums[superior] = sums.get(superior, NOTHING) + line.amount
    return all(amount <= open_between(organization, superior) for superior, amount in sums.items())


@dataclass(frozen=True)
class StatementLine:
    """An entry between two organisations; `owed` and `settled` are negative for a reversal."""

    entry: LedgerEntry
    owed: Decimal
    settled: Decimal
    balance: Decimal = NOTHING


def statement(
    organization: Organization,
    superior: Organization,
    kind: AccountKind,
    *,
    last: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> list[StatementLine]:
    """Return the entries between the two by the books of the one that has the account, with the open sum after each.

    `known_at` excludes later entries.
    """
    own, partner = (organization, superior) if kind == AccountKind.OWED_TO else (superior, organization)
    rising, falling = _increasing_side(kind), _falling(kind)
    entries = LedgerEntry.objects.filter(
        Q(**{f"{rising}__kind": kind, f"{rising}__partner": partner})
        | Q(**{f"{falling}__kind": kind, f"{falling}__partner": partner}),
        organization=own,
    )
    if last is not None:
        entries = entries.filter(made_on__lte=last)
    if known_at is not None:
        entries = entries.filter(posted_at__lte=known_at)
    return list(_with_balance(entries.select_related("debit", "credit").order_by("made_on", "pk"), kind))


def _with_balance(entries: Iterable[LedgerEntry], kind: AccountKind) -> Iterable[StatementLine]:
    balance = NOTHING
    for entry in entries:
        raises = getattr(entry, _increasing_side(kind)).kind == kind
        balance += entry.amount if raises else -entry.amount
        undone = entry.kind == EntryKind.REVERSAL
        owed = entry.amount if raises and not undone else -entry.amount if undone and not raises else NOTHING
        settled = entry.amount if not raises and not undone else -entry.amount if undone and raises else NOTHING
        yield StatementLine(entry, owed, settled, balance)


def balance_of(lines: Sequence[StatementLine], before: dt.date | None = None) -> Decimal:
    """Return the debt after the lines, or at the beginning of the day."""
    kept = [line for line in lines if before is None or line.entry.made_on < before]
    return kept[-1].balance if kept else NOTHING


def by_organization(actor: Actor) -> QuerySet[Any, Any]:
    """Return the debts to superiors and the settlements of each organisation in the actor's subtree."""
    entries = LedgerEntry.objects.in_books_of(actor)
    mine = Q(credit__kind=AccountKind.OWED_TO)
    done = Q(debit__kind=AccountKind.OWED_TO)
    return (
        entries.filter(mine | done)
        .order_by()
        .values("organization", "organization__path", "organization__short_name")
        .annotate(
            raised=Sum("amount", filter=mine & ~Q(kind=EntryKind.REVERSAL)),
            lowered=Sum("amount", filter=done & Q(kind=EntryKind.REVERSAL)),
            passed=Sum("amount", filter=done & ~Q(kind=EntryKind.REVERSAL)),
            returned=Sum("amount", filter=mine & Q(kind=EntryKind.REVERSAL)),
        )
        .order_by("organization__path")
    )
