"""Invariants of settlements between organisations (V-D7, N-D1)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Q, Sum

from dues.ledger.enums import AccountKind
from dues.ledger.models import LedgerEntry
from registry.integrity import invariant

from .enums import ON_THE_WAY, RemittanceState
from .models import Distribution, DistributionLine, Remittance

_NOTHING = Decimal("0.00")
Pair = tuple[int, int]


@invariant("What an organisation owes is claimed by the other, but for the money on the way")
def settlements() -> Iterable[str]:
    owed, claimed = _balances(AccountKind.OWED_TO), _balances(AccountKind.OWED_BY)
    rows = Remittance.objects.filter(state__in=ON_THE_WAY).order_by().values_list("organization", "receiver")
    on_the_way = {(own, other): total for own, other, total in rows.annotate(total=Sum("amount"))}
    for own, other in sorted(owed.keys() | {(lower, upper) for upper, lower in claimed}):
        mine, theirs = owed.get((own, other), _NOTHING), -claimed.get((other, own), _NOTHING)
        if mine + on_the_way.get((own, other), _NOTHING) != theirs:
            yield f"organisation {own} owes {mine} to {other}, which claims {theirs}"


def _balances(kind: AccountKind) -> dict[Pair, Decimal]:
    """Return the credits less the debits of each account, by its organisation and the other one."""
    sums: dict[Pair, Decimal] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = LedgerEntry.objects.filter(**{f"{side}__kind": kind}).order_by()
        for own, other, total in rows.values_list("organization", f"{side}__partner").annotate(total=Sum("amount")):
            sums[own, other] = sums.get((own, other), _NOTHING) + sign * total
    return sums


@invariant("A distribution is shared out to the kopeck, and posted in the books of both")
def distributions() -> Iterable[str]:
    amount = F("received") + F("corrections")
    for pk in (
        Distribution.objects.annotate(total=Sum("lines__amount")).exclude(total=amount).values_list("pk", flat=True)
    ):
        yield f"distribution {pk} is not what its lines come to"
    to_others = ~Q(share__organization=F("distribution__organization")) & Q(amount__gt=0)
    own = Q(entry__isnull=True, claim__isnull=True)
    both = Q(
        entry__amount=F("amount"),
        claim__amount=F("amount"),
        entry__organization=F("distribution__organization"),
        claim__organization=F("share__organization"),
    )
    right = (to_others & both) | (~to_others & own)
    for pk in DistributionLine.objects.exclude(pk__in=DistributionLine.objects.filter(right)).values_list(
        "pk", flat=True
    ):
        yield f"line {pk} of a distribution does not agree with its entries"


@invariant("Money passed on is in the books of the sender, and in those of the receiver once confirmed")
def remittances() -> Iterable[str]:
    sent = Q(entry__amount=F("amount"), entry__made_on=F("made_on"), entry__organization=F("organization"))
    undone = Q(state=RemittanceState.TAKEN_BACK, entry__reversed_by__isnull=False)
    kept = ~Q(state=RemittanceState.TAKEN_BACK) & Q(entry__reversed_by__isnull=True)
    came = ~Q(state=RemittanceState.RECEIVED) | Q(
        receipt__amount=F("amount"), receipt__organization=F("receiver"), receipt__made_on=F("received_on")
    )
    right = Remittance.objects.filter(sent, undone | kept, came)
    for pk in Remittance.objects.exclude(pk__in=right).order_by("pk").values_list("pk", flat=True):
        yield f"remittance {pk} does not agree with its entries"
