"""Invariants of payroll lists: lines, payments and the ledger agree to the kopeck (U-D1, N-D1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Sum

from dues.ledger.enums import EntryKind
from registry.integrity import invariant

from .enums import READ_LISTS, ListState
from .models import PayrollList, PayrollPart
from .rules.lists import NOTHING, identified


@invariant("The entries of a posted payroll list come to the sum of its known people")
def posted_lists() -> Iterable[str]:
    posted = PayrollList.objects.filter(state=ListState.POSTED).order_by("pk")
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    # A correction reverses a payment and posts the rest of it; what it restores belongs to another list.
    now = PayrollPart.objects.filter(payroll_list__in=posted, times=F("payroll_list__times"))
    for part in now.select_related("entry", "corrects").iterator():
        sums[part.payroll_list_id] += -part.entry.amount if part.entry.kind == EntryKind.REVERSAL else part.entry.amount
    for payroll_list in posted.iterator():
        if sums[payroll_list.pk] != identified(payroll_list):
            yield f"payroll list {payroll_list.pk}: its entries are not the sum of its known people"


@invariant("A payroll list that is not posted has no valid entries, and its total is that of its lines")
def other_lists() -> Iterable[str]:
    valid = PayrollPart.objects.exclude(payroll_list__state=ListState.POSTED).exclude(entry__kind=EntryKind.REVERSAL)
    for pk in valid.filter(entry__reversed_by__isnull=True).values_list("payroll_list", flat=True).distinct():
        yield f"payroll list {pk} is not posted and has entries"
    compared = PayrollList.objects.filter(state__in=READ_LISTS)
    for pk, total, lines in compared.annotate(sum=Sum("lines__amount")).values_list("pk", "total", "sum"):
        if total != (lines or NOTHING):
            yield f"payroll list {pk}: its total is not the sum of its lines"
