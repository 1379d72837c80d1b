"""Forgetting the payers of bank statements whose cards were destroyed (V-B14)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from ..enums import LineState
from ..models import BankLine, BankPart


def forget_payers() -> int:
    """Blank the texts of posted lines whose members have no card any more; return the number of lines.

    Sums, days and digests stay, so that the books agree and the file is recognised.
    """
    payments = BankPart.objects.valid().filter(line=OuterRef("pk"), entry__account__isnull=False)
    told = BankLine.objects.filter(state=LineState.POSTED).exclude(other_name="", other_account="", purpose="")
    without = told.filter(Exists(payments)).exclude(Exists(payments.filter(entry__account__member__isnull=False)))
    return without.update(other_name="", other_account="", other_inn="", purpose="", raw="")
