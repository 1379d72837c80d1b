"""Invariants of cash orders (V-D6, N-D1)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, Max, Q

from dues.collecting.models import CashOrder
from dues.ledger.enums import AccountKind, EntryKind
from dues.ledger.models import LedgerEntry
from registry.integrity import invariant

from .models import ExpenseOrder


@invariant("Cash orders are numbered without gaps, and what the cash desk moves has its order")
def cash_orders() -> Iterable[str]:
    for model, side in ((CashOrder, "debit"), (ExpenseOrder, "credit")):
        name = model._meta.model_name
        years = model.objects.order_by().values("organization", "year").annotate(count=Count("pk"), last=Max("number"))
        for row in years.exclude(count=F("last")):
            yield f"{name}: the numbers of organisation {row['organization']} in {row['year']} have gaps"
        entry = {"entry__amount": F("amount"), "entry__made_on": F("made_on"), "entry__organization": F("organization")}
        right = Q(**entry, **{f"entry__{side}__kind": AccountKind.CASH})
        astray = model.objects.exclude(pk__in=model.objects.filter(right)).order_by("pk")
        yield from (f"{name} {pk} does not agree with its entry" for pk in astray.values_list("pk", flat=True))
    moved = LedgerEntry.objects.filter(kind=EntryKind.MOVE, cash_order__isnull=True, expense_order__isnull=True)
    without = moved.filter(Q(debit__kind=AccountKind.CASH) | Q(credit__kind=AccountKind.CASH)).order_by("pk")
    yield from (f"entry {pk} moves cash without an order" for pk in without.values_list("pk", flat=True))
