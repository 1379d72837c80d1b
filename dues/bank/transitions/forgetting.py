"""Anonymising payers whose cards were destroyed (V-B14), and people on papers past their retention."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef

from dues.collecting.models import CashOrder
from dues.expenses.models import ExpenseOrder

from ..enums import LineState
from ..models import BankLine, BankPart
from ..rules.forgetting import last_year_over

_GONE = "сведения уничтожены"
#: Fields that name the payer or the receiver in a line of a statement.
_UNNAMED = {"other_name": "", "other_account": "", "other_inn": "", "purpose": "", "raw": "", "remarks": ""}


def forget_payers() -> int:
    """Blank the texts of posted lines whose members no longer have a card; return the number of lines.

    Sums, days and digests stay, so that the books agree and the file is recognised.
    """
    payments = BankPart.objects.valid().filter(line=OuterRef("pk"), entry__account__isnull=False)
    told = BankLine.objects.filter(state=LineState.POSTED).exclude(other_name="", other_account="", purpose="")
    without = told.filter(Exists(payments)).exclude(Exists(payments.filter(entry__account__member__isnull=False)))
    return without.update(**_UNNAMED)


def forget_people_of_old_papers(today: dt.date) -> None:
    """Remove names of payers and receivers from lines of statements and cash orders; days, numbers and sums stay.

    Lines posted to members are anonymised with their cards.
    """
    until = last_year_over(today)
    lines = BankLine.objects.filter(made_on__lte=until).exclude(state=LineState.POSTED)
    lines.exclude(other_name="", other_account="", other_inn="", purpose="").update(**_UNNAMED)
    for model, name in ((CashOrder, "received_from"), (ExpenseOrder, "paid_to")):
        orders: Any = model
        for rows in (orders.objects, orders.history):
            rows.filter(made_on__lte=until).exclude(**{name: _GONE}).update(**{name: _GONE})
