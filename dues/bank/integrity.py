"""Invariants of bank statements: the statement, its lines and the ledger agree to the kopeck (N-D1)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount
from dues.ledger.rules.holdings import held_by
from registry.fields import KopecksField
from registry.integrity import EVERYTHING, Scope, invariant
from registry.sizes import CHUNK_READ

from .enums import LineState
from .models import BankLine, BankStatement

_NOTHING = Decimal("0.00")


def _sum(path: str, condition: Q) -> Coalesce:
    return Coalesce(Sum(path, filter=condition), 0, output_field=KopecksField())


@invariant("The totals of a bank statement are those of its lines, and one that was taken back has none")
def statement_totals(scope: Scope = EVERYTHING) -> Iterable[str]:
    found = scope.of(BankStatement.objects.all(), "organization").annotate(
        came=_sum("lines__amount", Q(lines__incoming=True)), went=_sum("lines__amount", Q(lines__incoming=False))
    )
    kept = Q(unloaded_at__isnull=True, received=F("came"), paid=F("went"))
    found = found.exclude(kept | Q(unloaded_at__isnull=False, came=0, went=0))
    yield from (f"bank statement {pk}: totals are not those of its lines" for pk in found.values_list("pk", flat=True))


@invariant("The entry of a bank line moves its sum to or from the account of the line")
def arrivals(scope: Scope = EVERYTHING) -> Iterable[str]:
    same = Q(entry__amount=F("amount"), entry__organization=F("organization"), entry__made_on=F("made_on"))
    came = Q(incoming=True, entry__debit__kind=AccountKind.BANK, entry__debit__number=F("account"))
    went = Q(incoming=False, entry__credit__kind=AccountKind.BANK, entry__credit__number=F("account"))
    lines = scope.of(BankLine.objects.all(), "organization")
    right = lines.filter(same, came | went, entry__reversed_by__isnull=True)
    astray = lines.exclude(pk__in=right.values("pk"))
    yield from (f"bank line {pk} is not booked as the bank states" for pk in astray.values_list("pk", flat=True))


@invariant("What is posted of a bank line is the sum of its entries that are not reversed")
def posted_sums(scope: Scope = EVERYTHING) -> Iterable[str]:
    valid = Q(parts__isnull=False, parts__entry__reversed_by__isnull=True)
    lines = scope.of(BankLine.objects.all(), "organization")
    found = lines.annotate(entries=_sum("parts__entry__amount", valid)).exclude(posted=F("entries"))
    yield from (f"bank line {pk}: posted is not the sum of its entries" for pk in found.values_list("pk", flat=True))


@invariant("Money not identified is what the open bank lines have left")
def unidentified(scope: Scope = EVERYTHING) -> Iterable[str]:
    rows = (
        scope.of(BankLine.objects.filter(state=LineState.OPEN), "organization").order_by().values_list("organization")
    )
    left: dict[int, Decimal] = dict(rows.annotate(total=Sum(F("amount") - F("posted"))))
    accounts = scope.of(BookAccount.objects.filter(kind=AccountKind.UNKNOWN), "organization").order_by("pk")
    for account in accounts.iterator(chunk_size=CHUNK_READ):
        if -held_by(account) != left.get(account.organization_id, _NOTHING):
            yield f"account of the books {account.pk}: not identified money is not that of the open bank lines"
