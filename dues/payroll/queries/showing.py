"""Payroll lists for showing: counts of differences, figures (U-D1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, Count, Q, When

from dues.bank.models import BankLine
from dues.bank.rules.lines import loads_bank
from registry.access import Actor

from ..enums import Difference
from ..models import PayrollAbsence, PayrollLine, PayrollList

#: Maximum number of payments offered for a list.
MAX_PAYMENTS = 30


def months_offered(today: dt.date, years_back: int) -> list[dt.date]:
    """Return the first days of the months for which lists are accepted, the newest first."""
    first = today.replace(year=today.year - years_back, month=1, day=1)
    count = (today.year - first.year) * 12 + today.month
    return [dt.date(first.year + at // 12, at % 12 + 1, 1) for at in range(count)][::-1]


def open_differences(payroll_list: PayrollList, actor: Actor) -> dict[str, int]:
    """Return the number of lines and absent members without an answer, by difference."""
    lines: Any = PayrollLine.objects.visible_to(actor).filter(payroll_list=payroll_list).unanswered().order_by()
    found = dict(lines.values_list("difference").annotate(Count("pk")))
    absent = PayrollAbsence.objects.visible_to(actor).filter(payroll_list=payroll_list, reason="")
    return {**{one: found.get(one, 0) for one in Difference.values}, Difference.MISSING: absent.count()}


def payments_offered(payroll_list: PayrollList, actor: Actor) -> list[BankLine] | None:
    """Return the open payments received since the month began, those of the employer first.

    None if the organisation loads no bank statements.
    """
    organization = payroll_list.employer.organization
    if not loads_bank(organization):
        return None
    lines = (
        BankLine.objects.visible_to(actor)
        .unidentified()
        .filter(organization=organization, incoming=True, made_on__gte=payroll_list.month)
    )
    own = Case(When(other_inn=payroll_list.employer.inn or "-", then=0), default=1)
    return list(lines.order_by(own, "-made_on", "-pk")[:MAX_PAYMENTS])


def with_open_lines() -> Count:
    """Return the annotation of a list with the number of its lines without an answer."""
    return Count("lines", filter=~Q(lines__difference="") & Q(lines__reason=""))
