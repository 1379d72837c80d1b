"""Queries that go by an index on PostgreSQL, and the setting that is put back after them."""

import pytest
from django.db import connection, transaction

from registry.indexes import BY_INDEX, by_index

pytestmark = pytest.mark.django_db


def settings() -> dict[str, str]:
    with connection.cursor() as cursor:
        found = {}
        for name in BY_INDEX:
            cursor.execute(f"SHOW {name}")
            found[name] = str(cursor.fetchone()[0])
    return found


USUAL = {
    "enable_seqscan": "on", "enable_hashjoin": "on", "enable_mergejoin": "on", "random_page_cost": "1.1",
    "work_mem": "4MB", "max_parallel_workers_per_gather": "2",
}  # fmt: skip


def test_sequential_scans_are_off_within_the_block_only() -> None:
    if connection.vendor != "postgresql":
        with by_index():
            assert not connection.needs_rollback
        return
    with by_index():
        assert settings() == BY_INDEX
    assert settings() == USUAL


def test_a_failed_query_restores_the_setting() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), by_index():
        raise ZeroDivisionError
    if connection.vendor == "postgresql":
        assert settings() == USUAL
