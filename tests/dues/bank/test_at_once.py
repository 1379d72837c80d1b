"""The same file or payment processed at the same time, and an interrupted process: one effect or none (N-D1, N-D2)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from dues.bank.models import BankLine, BankPart, BankStatement
from dues.bank.transitions import posting, settling
from dues.bank.transitions.posting import post_line, post_sure
from dues.bank.transitions.settling import Share
from dues.bank.transitions.unloading import unload_statement
from dues.ledger.models import LedgerEntry
from registry.errors import RuleViolation, StaleVersion
from registry.transitions import Act
from tests.dues.test_ledger import wrong

from .world import FEE, Doc, bank


def at_once(*steps: Callable[[], object]) -> list[str]:
    """Run the steps in ten threads; return the sorted names of their exceptions, an empty string for each success."""

    def run(step: Callable[[], object]) -> str:
        try:
            step()
        except (RuleViolation, StaleVersion, BankLine.DoesNotExist) as error:
            return type(error).__name__
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(10) as pool:
        return sorted(pool.map(run, steps))


@pytest.mark.usefixtures("several_connections")
def test_n_d2_the_same_file_twenty_times_at_once_is_loaded_once() -> None:
    w = bank()
    assert at_once(*[lambda: w.load(Doc(), Doc(), w.named())] * 20) == [""] * 20
    assert (BankStatement.objects.count(), BankLine.objects.count(), wrong()) == (1, 3, [])
    assert LedgerEntry.objects.filter(kind="move").count() == 3


@pytest.mark.usefixtures("several_connections")
def test_n_d1_two_clerks_on_one_payment_post_it_once() -> None:
    w = bank()
    line = w.line()
    steps = [
        lambda pk=member.pk: post_line(line.pk, [Share(pk, FEE)], version=1, by=w.chair)  # type: ignore[misc]
        for member in w.members[:2]
    ]
    assert at_once(*steps) == ["", "StaleVersion"]
    assert (BankPart.objects.count(), wrong()) == (1, [])


@pytest.mark.postgresql
@pytest.mark.usefixtures("several_connections")
def test_n_d1_without_the_lock_both_would_post_it(monkeypatch: pytest.MonkeyPatch) -> None:
    w = bank()
    line = w.line()
    both = Barrier(2, timeout=10)

    def unlocked(act: Act, rows: Any, pk: Any, *, version: int | None = None) -> Any:
        queryset = rows._default_manager.all() if isinstance(rows, type) else rows
        row = queryset.get(pk=pk)
        if isinstance(row, BankLine):
            both.wait()
        return row

    monkeypatch.setattr(Act, "lock", unlocked)
    steps = [
        lambda pk=member.pk: post_line(line.pk, [Share(pk, FEE)], by=w.chair)  # type: ignore[misc]
        for member in w.members[:2]
    ]
    assert at_once(*steps) == ["", ""]
    assert BankPart.objects.count() == 2


@pytest.mark.usefixtures("several_connections")
def test_n_d1_twenty_presses_post_the_sure_payments_once() -> None:
    w = bank()
    w.load(w.named(0), w.named(1))
    done = at_once(*[lambda: post_sure(w.keeper.pk, seen=(2, Decimal(100)), by=w.chair)] * 20)
    assert done == [""] + ["RuleViolation"] * 19
    assert (BankPart.objects.count(), wrong()) == (2, [])


@pytest.mark.usefixtures("several_connections")
def test_n_d1_ten_presses_take_a_file_back_once() -> None:
    w = bank()
    pk = w.load(Doc(), w.named()).statement.pk
    done = at_once(*[lambda: unload_statement(pk, reason="Не те столбцы", by=w.chair)] * 10)
    assert done == [""] + ["RuleViolation"] * 9
    assert (LedgerEntry.objects.filter(kind="reversal").count(), BankLine.objects.count(), wrong()) == (2, 0, [])


@pytest.mark.usefixtures("several_connections")
def test_n_d1_a_payment_is_posted_or_its_file_taken_back_but_not_both() -> None:
    w = bank()
    line = w.line()
    done = at_once(
        lambda: unload_statement(line.statement_id, reason="Не те столбцы", by=w.chair),
        lambda: post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair),
    )
    left = (BankLine.objects.count(), BankPart.objects.count())
    assert (done, left) in [(["", "RuleViolation"], (1, 1)), (["", "DoesNotExist"], (0, 0))]
    assert wrong() == []


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.django_db
@pytest.mark.parametrize(("module", "name"), [(settling, "record_parts"), (settling, "post_checked"),
                                              (posting, "_remember")])  # fmt: skip
def test_n_d1_of_a_posting_that_is_killed_nothing_is_left(
    module: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    w = bank()
    line = w.line()

    def killed(*args: object, **kwargs: object) -> None:
        raise Killed

    monkeypatch.setattr(module, name, killed)
    with pytest.raises(Killed):
        post_line(line.pk, [Share(w.members[0].pk, FEE)], by=w.chair)
    line.refresh_from_db()
    assert (line.posted, BankPart.objects.count(), LedgerEntry.objects.filter(kind="payment").count()) == (0, 0, 0)
    assert wrong() == []
