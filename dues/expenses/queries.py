"""Cash orders of a period, received and paid out (V-D6)."""

from __future__ import annotations

import datetime as dt

from dues.collecting.models import CashOrder
from registry.organizations.models import Organization

from .models import ExpenseOrder


def cash_orders_between(
    organization: Organization, first: dt.date, last: dt.date
) -> tuple[list[CashOrder], list[ExpenseOrder]]:
    """Return the cash receipt orders and the cash expense orders of the period, both days included, by number."""
    of_period = {"organization": organization, "made_on__range": (first, last)}
    received = CashOrder.objects.filter(**of_period).select_related("entry__reversed_by")
    paid_out = ExpenseOrder.objects.filter(**of_period).select_related("entry__reversed_by")
    return list(received.order_by("year", "number")), list(paid_out.order_by("year", "number"))
