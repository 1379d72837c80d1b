"""Columns are filled in steps that can be interrupted, by several workers at once, and made NOT NULL afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.utils import timezone

from dues.ledger.models import LedgerEntry
from registry.operations import DemandFilled
from registry.upkeep import jobs
from registry.upkeep.models import SignOfLife

pytestmark = [pytest.mark.usefixtures("several_connections"), pytest.mark.both]

OLD = timezone.now().replace(year=2001)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[int]]]:
    """Create ten rows without a value; yield the keys of each call of the step."""
    SignOfLife.objects.bulk_create(SignOfLife(name=f"row {number}", at=OLD) for number in range(10))
    calls: list[list[int]] = []
    monkeypatch.setattr(jobs, "_BACKFILLS", {})
    monkeypatch.setattr(jobs, "_FINISHED", set())

    @jobs.backfill("rows", lambda: SignOfLife.objects.filter(at=OLD))
    def step(keys: list[int]) -> None:
        calls.append(keys)
        SignOfLife.objects.filter(pk__in=keys).update(at=timezone.now())

    yield calls
    SignOfLife.objects.all().delete()


def lacking() -> int:
    return SignOfLife.objects.filter(at=OLD).count()


def test_rows_are_filled_in_steps_each_once(asked: list[list[int]]) -> None:
    assert list(jobs.fill("rows", size=4)) == [4, 4, 2]
    assert [len(keys) for keys in asked] == [4, 4, 2]
    assert len({key for keys in asked for key in keys}) == 10
    assert (lacking(), jobs.is_filled("rows"), list(jobs.fill("rows"))) == (0, True, [])


def test_what_was_filled_before_an_interruption_stays_and_the_rest_follows(
    asked: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = jobs._BACKFILLS["rows"]

    def cut_off(keys: list[int]) -> None:
        found.step(keys)
        if len(asked) == 2:
            raise KeyboardInterrupt

    monkeypatch.setitem(jobs._BACKFILLS, "rows", jobs.Backfill(found.rows, cut_off))
    with pytest.raises(KeyboardInterrupt):
        list(jobs.fill("rows", size=4))
    # The second step was rolled back as a whole.
    assert lacking() == 6
    assert list(jobs.fill("rows", size=4)) == [4, 2]
    assert asked[1] == asked[2]


def test_a_step_that_fills_nothing_ends_and_is_told(asked: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    found = jobs._BACKFILLS["rows"]
    monkeypatch.setitem(jobs._BACKFILLS, "rows", jobs.Backfill(found.rows, lambda keys: None))
    assert list(jobs.fill("rows", size=4)) == [4, 4, 2]
    with pytest.raises(CommandError, match=r"Rows are left, held by others or not filled by the step: rows\."):
        call_command("backfill")


def test_the_command_fills_everything_and_knows_its_names(asked: list[list[int]], capsys: Any) -> None:
    with pytest.raises(CommandError, match=r"Unknown: goods. There are: rows\."):
        call_command("backfill", "goods")
    call_command("backfill", "--size", "3")
    assert capsys.readouterr().out == "rows: 10 rows filled.\nNothing is left to fill.\n"
    assert (lacking(), len(asked)) == (0, 4)


def test_a_worker_fills_for_some_seconds_and_asks_no_more_when_all_is_done(
    asked: list[list[int]], monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[..., Any]
) -> None:
    monkeypatch.setattr(jobs, "STEP", 4)
    monkeypatch.setattr(jobs.fill, "__kwdefaults__", {"size": 4})
    monkeypatch.setattr(jobs, "WORKER_SECONDS", -1.0)
    jobs.fill_some(timezone.now())
    assert lacking() == 6
    monkeypatch.setattr(jobs, "WORKER_SECONDS", 10.0)
    jobs.fill_some(timezone.now())
    assert lacking() == 0
    with django_assert_num_queries(0):
        jobs.fill_some(timezone.now())


def test_attested_rows_are_not_filled_behind_the_back_of_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = LedgerEntry.objects.all
    monkeypatch.setitem(jobs._BACKFILLS, "entries", jobs.Backfill(rows, lambda keys: None))
    with pytest.raises(TypeError, match=r"Rows of dues\.LedgerEntry are attested: they change by transitions alone\."):
        list(jobs.fill("entries"))


@pytest.mark.postgresql
def test_two_at_once_fill_each_row_once(asked: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second worker skips the rows locked by the first."""
    found, both = jobs._BACKFILLS["rows"], threading.Barrier(2, timeout=10)

    def together(keys: list[int]) -> None:
        found.step(keys)
        both.wait()

    monkeypatch.setitem(jobs._BACKFILLS, "rows", jobs.Backfill(found.rows, together))

    def work() -> None:
        try:
            next(jobs.fill("rows", size=5))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key for keys in asked for key in keys) == sorted(SignOfLife.objects.values_list("pk", flat=True))
    assert lacking() == 0


def test_a_value_is_demanded_only_when_every_row_has_it() -> None:
    name = ("name", models.TextField(null=True))
    good = migrations.CreateModel("Good", [("id", models.BigAutoField(primary_key=True)), name])
    state = ProjectState()
    good.state_forwards("shop", state)
    demand = DemandFilled("good", "name")
    with connection.schema_editor() as editor:
        good.database_forwards("shop", editor, ProjectState(), state)
    try:
        goods = state.apps.get_model("shop", "Good").objects
        row = goods.create()
        with pytest.raises(CommandError) as refused, connection.schema_editor() as editor:
            demand.database_forwards("shop", editor, state, state)
        words = "Rows of shop.Good lack name. Nothing was changed: run «backfill», then migrate."
        assert refused.value.args == (words,)
        goods.filter(pk=row.pk).update(name="")
        with connection.schema_editor() as editor:
            demand.database_forwards("shop", editor, state, state)
            demand.database_backwards("shop", editor, state, state)
    finally:
        with connection.schema_editor() as editor:
            good.database_backwards("shop", editor, state, ProjectState())
    assert demand.describe() == "Demand that name of good is filled"
    assert demand.deconstruct() == ("DemandFilled", [], {"model_name": "good", "name": "name"})
