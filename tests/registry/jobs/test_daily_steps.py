"""Daily work in many steps: done between the checks of the sweeps, and shared by workers that start together."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError
from django.utils import timezone

from registry.jobs import kinds
from registry.management.commands import worker
from registry.organizations.enums import TimeZone
from tests.clock import at
from tests.house.test_database_restarts import Lost, caused

DAY = dt.date(2040, 3, 5)
NOON = "2040-03-05T09:00"
STEPS = 5


@pytest.fixture(autouse=True)
def _only_this_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_DAILY", {})
    monkeypatch.setattr(kinds, "_DAILY_THERE", {})
    monkeypatch.setattr(kinds, "_BEGUN", deque())


def of_steps(done: list[int], fails_at: dict[int, Exception] | None = None) -> kinds.Daily:
    """Register daily work with some steps, which fails once at each of the given steps."""
    failures = fails_at or {}

    def work(_today: dt.date) -> Iterator[None]:
        for number in range(STEPS):
            if number in failures:
                raise failures.pop(number)
            done.append(number)
            yield

    return kinds.daily(work)


def test_work_of_many_steps_is_begun_and_goes_on_in_the_next_sweeps() -> None:
    done: list[int] = []
    of_steps(done)
    with at(NOON, tick=False):
        kinds.run_daily(DAY)
        assert (done, kinds.steps_remain()) == ([], True)
        kinds.run_steps(0)
        assert done == []
        for count in range(1, STEPS + 1):
            # A step ends when the next one is requested, so work without time left stops after one step.
            assert kinds._BEGUN
            kinds._do_steps(kinds._BEGUN.popleft(), 0)
            assert done == list(range(count))
        kinds.run_steps()
        assert (done, kinds.steps_remain()) == (list(range(STEPS)), False)
        kinds.run_daily(DAY)
        assert not kinds.steps_remain()


def test_what_remains_when_the_day_is_over_is_left_to_the_next() -> None:
    done: list[int] = []
    of_steps(done)
    with at(NOON, tick=False):
        kinds.run_daily(DAY)
        kinds._do_steps(kinds._BEGUN.popleft(), 0)
    with at("2040-03-06T00:00", tick=False):
        kinds.run_daily(timezone.localdate())
        kinds.run_steps()
    assert (done, kinds.steps_remain()) == ([0, *range(STEPS)], False)


@pytest.mark.parametrize(
    ("error", "again"), [(caused(OperationalError(), Lost(None)), True), (ValueError(), False)], ids=["lost", "other"]
)
def test_steps_whose_database_was_lost_are_begun_again_on_the_same_day(error: Exception, *, again: bool) -> None:
    done: list[int] = []
    of_steps(done, {2: error})
    with at(NOON):
        for _sweep in range(2):
            kinds.run_daily(DAY)
            kinds.run_steps()
    assert (done, kinds.steps_remain()) == ([0, 1, *(range(STEPS) if again else ())], False)


def test_steps_go_by_the_days_of_their_time_zone() -> None:
    seen: list[tuple[str, dt.date]] = []

    def work(_today: dt.date, zone: str) -> Iterator[None]:
        seen.append((zone, timezone.localdate()))
        yield

    kinds.daily_there(work)
    with at("2040-03-05T15:30", tick=False):
        kinds.run_daily_there(timezone.now())
        kinds.run_steps()
    assert sorted(seen) == sorted(
        (zone, DAY + dt.timedelta(days=zone == TimeZone.KAMCHATKA)) for zone in ("", *TimeZone.values)
    )


def test_other_steps_go_on_with_those_of_the_day() -> None:
    done: list[int] = []
    with at(NOON):
        kinds.add_steps("more", of_steps(done)(DAY) or iter(()), DAY, pytest.fail)
        kinds.run_steps()
    assert done == list(range(STEPS))


def test_other_steps_are_put_back_if_the_database_was_lost() -> None:
    again: list[str] = []
    steps = of_steps([], {1: caused(OperationalError(), Lost(None))})(DAY) or iter(())
    with at(NOON):
        kinds.add_steps("more", steps, DAY, lambda: again.append("put back"))
        kinds.run_steps()
    assert (again, kinds.steps_remain()) == (["put back"], False)


def test_a_worker_does_not_wait_before_it_goes_on_with_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    remain, done = [True, True, False], []

    def wait(seconds: float) -> None:
        done.append(f"waits {seconds} s")
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "sign_of_worker", lambda _number: done.append("signs"))
    monkeypatch.setattr(worker.jobs, "sweep", lambda: done.append("sweeps"))
    monkeypatch.setattr(worker, "steps_remain", lambda: remain.pop(0))
    monkeypatch.setattr(worker.time, "sleep", wait)
    with pytest.raises(KeyboardInterrupt):
        worker._sweep_forever()
    assert done == ["signs", "sweeps"] * 3 + [f"waits {worker.SWEEP_SECONDS} s"]


# Work shared by workers


def shared(rows: int, left: Callable[[list[int]], list[int]], work: Callable[[int], object]) -> kinds.Steps:
    return kinds.run_shared("shared", range(rows), left, work)


def test_workers_that_begin_at_once_share_the_rows() -> None:
    done: list[int] = []
    rows = 20 * kinds.SHARED

    def left(some: list[int]) -> list[int]:
        return [row for row in some if row not in done]

    first, second = (shared(rows, left, done.append) for _worker in range(2))
    for _step in range(rows):
        next(first, None)
        next(second, None)
    assert set(done) == set(range(rows))
    # In the same order, two workers would do each row twice; now they overlap by one batch at most.
    assert len(done) < rows + rows // 4


def test_rows_are_taken_in_an_order_of_its_own_by_each_worker() -> None:
    orders = []
    for _worker in range(2):
        done: list[int] = []
        list(shared(100, list, done.append))
        orders.append(done)
        assert sorted(done) == list(range(100))
    assert orders[0] != orders[1]


def test_what_is_done_already_is_asked_for_some_at_a_time() -> None:
    asked: list[int] = []

    def left(some: list[int]) -> list[int]:
        asked.append(len(some))
        return []

    assert list(shared(2 * kinds.SHARED + 1, left, pytest.fail)) == []
    assert asked == [kinds.SHARED, kinds.SHARED, 1]


def test_a_row_whose_work_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def work(row: int) -> None:
        if row == 3:
            raise ValueError
        done.append(row)

    list(shared(5, list, work))
    assert (sorted(done), caplog.messages) == ([0, 1, 2, 4], ["shared failed for 3"])


def test_a_lost_database_stops_the_work() -> None:
    def work(_row: int) -> None:
        raise caused(OperationalError(), Lost(None))

    with pytest.raises(OperationalError):
        list(shared(5, list, work))
