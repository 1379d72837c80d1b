"""WCAG 2.2 AA on every page of a chair: axe's audit, no horizontal scrolling on a phone, a quiet console.

Other roles have separate files, so that several processes share the audit. Checks of the demonstration's contents are
here too, because it takes long to load.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.utils import timezone

from dues.bank.enums import Band, Evidence, LineState
from dues.bank.models import BankLine, BankPart
from dues.collecting.enums import RegisterState
from dues.collecting.models import CashOrder, PaymentRegister
from dues.distribution.enums import ActState, RemittanceState
from dues.distribution.models import Distribution, Remittance, SettlementAct
from dues.expenses.models import ExpenseOrder
from dues.ledger.models import ClosedBooks, LedgerEntry
from dues.notices.models import DuesReminder
from dues.payroll.enums import DeductionState, Difference, ListState
from dues.payroll.models import Deduction, PayrollLine, PayrollList

from .audit import faults_of_pages
from .conftest import OpenWindow
from .pages import CHAIR
from .steps import wrong
from .world import World


def values(model: type[models.Model], field: str) -> set[Any]:
    """Return the values of the field in the demonstration."""
    return set(model._default_manager.values_list(field, flat=True))


def test_v_d1_u_d1_the_demonstration_has_two_years_of_money_in_every_state(shown: World) -> None:
    assert values(PaymentRegister, "state") == set(RegisterState)
    assert (values(BankLine, "state"), values(BankLine, "band")) == (set(LineState), {*Band, ""})
    assert values(BankPart, "evidence") >= {Evidence.NUMBER_NAME, Evidence.BY_HAND, Evidence.LIST, Evidence.NOT_DUES}
    assert (values(PayrollList, "state"), values(Deduction, "state")) == (set(ListState), set(DeductionState))
    assert values(PayrollLine, "difference") >= {Difference.FOREIGN, Difference.PERSON, Difference.SUM}
    assert (values(Remittance, "state"), values(SettlementAct, "state")) == (set(RemittanceState), set(ActState))
    assert values(DuesReminder, "state") >= {"printed", "sent", "failed"}
    today = timezone.localdate()
    past = {dt.date(today.year - 1, month, 1) for month in range(1, 13)}
    for login in ("voi-local", "union-primary"):
        keeper = shown.home(login)
        paid = LedgerEntry.objects.filter(organization=keeper, kind="payment").values_list("made_on", flat=True)
        quarters = {(day.month - 1) // 3 for day in paid if day.year == today.year - 1}
        assert (quarters, ClosedBooks.objects.filter(organization=keeper).exists()) == ({0, 1, 2, 3}, True)
        # Shares were passed up to the highest organisation.
        above = Distribution.objects.filter(organization__in=[keeper.pk, *keeper.ancestor_ids[1:]])
        assert above.values("organization").distinct().count() == len(keeper.ancestor_ids)
    assert set(PayrollList.objects.filter(state="posted").values_list("month", flat=True)) >= past - {
        day for day in past if day >= today.replace(day=1) - dt.timedelta(days=62)
    }
    for model in (CashOrder, ExpenseOrder):
        assert {today.year - 1, today.year} - values(model, "year") == set()
    assert wrong() == {}


def test_pages_of_a_chair_pass_the_audit_and_fit_a_phone(shown: World, window: OpenWindow, site: str) -> None:
    assert "\n".join(faults_of_pages(CHAIR, shown, window, site)) == ""
