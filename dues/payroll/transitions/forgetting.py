"""Anonymising people without a card in payroll lists, and discarding lists that nobody compared (practice 7.5)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from dues.bank.rules.forgetting import last_year_over
from registry.access import Actor

from ..enums import ListState
from ..models import PayrollLine, PayrollList
from .lists import discard_list

#: Time within which a list has to be compared; afterwards it is discarded with its rows.
DRAFT_KEPT = dt.timedelta(days=30)


def forget_drafts() -> None:
    """Discard lists that were not compared within `DRAFT_KEPT`."""
    old = PayrollList.objects.filter(state=ListState.DRAFT, loaded_at__lt=timezone.now() - DRAFT_KEPT)
    for found in old.select_related("employer__organization"):
        discard_list(found.pk, by=Actor.system("payroll", found.employer.organization))


def forget_strangers(today: dt.date) -> int:
    """Remove the names of non-members from old lists; sums stay. Return the number of lines."""
    old = PayrollLine.objects.filter(member__isnull=True, payroll_list__month__lte=last_year_over(today))
    return old.exclude(who="").update(full_name="", employee_number="", who="")
