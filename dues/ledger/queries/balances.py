"""Balances of the accounts of an organisation's books (N-D1). Amounts are roubles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db.models import Sum

from registry.organizations.models import Organization

from ..models import LedgerEntry


def balances(organization: Organization, *, until: dt.date | None = None) -> defaultdict[int, Decimal]:
    """Return debits less credits by account, of entries up to the day; by the id of the account."""
    entries = LedgerEntry.objects.filter(organization=organization).order_by()
    if until is not None:
        entries = entries.filter(made_on__lte=until)
    found: defaultdict[int, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for side, sign in (("debit", 1), ("credit", -1)):
        for pk, total in entries.values_list(side).annotate(total=Sum("amount")):
            found[pk] += sign * total
    return found
