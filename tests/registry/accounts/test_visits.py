"""Requests of visitors without an account are counted in the database, together for all workers."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pytest
from django.db import connection

from registry.accounts.models import VisitCount
from registry.accounts.transitions.visits import count_visit, sweep_visits
from registry.jobs.queue import sweep
from tests.clock import at

MINUTE = dt.timedelta(minutes=1)


def visit(address: str | None = "192.0.2.7", page: str = "card") -> int:
    return count_visit(page, address, within=MINUTE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("192.0.2.7", 2),
        ("192.0.2.8", 1),
        (None, 1),
        ("2001:db8:0:7::1", 1),
    ],
)
def test_a_visitor_is_counted_by_the_address(address: str | None, number: int) -> None:
    visit()
    assert visit(address) == number


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "number"), [("2001:db8:0:7::1", 2), ("2001:db8:0:7:ffff::9", 2), ("2001:db8:0:8::1", 1)]
)
def test_addresses_of_one_ipv6_network_are_one_visitor(address: str, number: int) -> None:
    visit("2001:db8:0:7::1")
    assert visit(address) == number


@pytest.mark.django_db
def test_pages_are_counted_apart() -> None:
    assert (visit(), visit(page="other"), visit()) == (1, 1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(("second", "number"), [("12:00:00", 2), ("12:00:59", 2), ("12:01:00", 1)])
def test_a_new_time_window_starts_at_one(second: str, number: int) -> None:
    with at("2040-02-29T12:00:00Z"):
        visit()
    with at(f"2040-02-29T{second}Z"):
        assert visit() == number


@pytest.mark.django_db
@pytest.mark.parametrize(("moment", "gone"), [("12:01:00", 0), ("12:01:01", 1)])
def test_counts_of_past_time_windows_are_deleted(moment: str, gone: int) -> None:
    with at("2040-02-29T12:00:30Z"):
        visit()
        assert VisitCount.objects.get().ends_at == dt.datetime(2040, 2, 29, 12, 1, tzinfo=UTC)
    with at(f"2040-02-29T{moment}Z", tick=False):
        assert (sweep_visits(), VisitCount.objects.count()) == (gone, 1 - gone)


@pytest.mark.django_db
def test_the_sweep_of_the_worker_deletes_past_counts() -> None:
    with at("2040-02-29T12:00:00Z"):
        visit()
    with at("2040-02-29T12:02:00Z"):
        sweep()
    assert VisitCount.objects.count() == 0


@pytest.mark.django_db
def test_n_c1_no_address_is_stored() -> None:
    visit("192.0.2.7")
    assert ["192.0.2.7" in str(value) for value in VisitCount.objects.values_list().get()] == [False] * 4


@pytest.mark.usefixtures("several_connections")
def test_several_workers_count_together() -> None:
    def ask(_number: int) -> int:
        try:
            return visit()
        finally:
            connection.close()

    with at("2040-02-29T12:00:00Z"), ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(ask, range(20))) == list(range(1, 21))
