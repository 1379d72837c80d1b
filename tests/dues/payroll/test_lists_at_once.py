"""Payroll lists posted twice at the same time, or interrupted, have one effect or none (N-D1, N-D2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from dues.ledger.models import LedgerEntry
from dues.payroll.enums import ListState
from dues.payroll.models import PayrollList, PayrollPart
from dues.payroll.transitions import posting
from dues.payroll.transitions.posting import reverse_list
from registry.errors import RuleViolation
from tests.dues.test_ledger import wrong

from .world import deducted

pytestmark = pytest.mark.usefixtures("several_connections")
ROWS = ("1;Абрамова Марфа Никифоровна;600", "2;Белов Иван Иванович;300,50")


def at_once(step: Any) -> list[bool]:
    """Run the step in six threads; return whether each was done, the refused ones first."""

    def call(_number: int) -> bool:
        try:
            step()
        except RuleViolation:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        return sorted(pool.map(call, range(6)))


def test_n_d2_of_postings_and_reversals_at_once_one_is_done() -> None:
    w = deducted()
    found = w.compare(*ROWS)
    (line,) = w.bank("900.50")
    assert at_once(lambda: w.post(found, lines=[line.pk])) == [False] * 5 + [True]
    assert (LedgerEntry.objects.filter(kind="payment").count(), wrong()) == (2, [])
    assert at_once(lambda: reverse_list(found.pk, reason="ошибка", by=w.chair)) == [False] * 5 + [True]
    line.refresh_from_db()
    assert (line.posted, wrong()) == (0, [])


def test_n_d1_a_list_that_is_interrupted_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    w = deducted()
    found = w.compare(*ROWS)
    (line,) = w.bank("900.50")

    def broken(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(posting, "_remember_numbers", broken)
    with pytest.raises(KeyboardInterrupt):
        w.post(found, lines=[line.pk])
    state = PayrollList.objects.get().state
    assert (state, PayrollPart.objects.count(), wrong()) == (ListState.COMPARED, 0, [])
    assert not LedgerEntry.objects.filter(kind="payment").exists()
