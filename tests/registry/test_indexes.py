"""Queries that go by an index on PostgreSQL, and the setting that is put back after them."""

import pytest
from django.db import connection, transaction

from registry.indexes import by_index

pytestmark = pytest.mark.django_db


def reads_through() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        return str(cursor.fetchone()[0])


def test_sequential_scans_are_off_within_the_block_only() -> None:
    if connection.vendor != "postgresql":
        with by_index():
            assert not connection.needs_rollback
        return
    with by_index():
        assert reads_through() == "off"
    assert reads_through() == "on"


def test_a_failed_query_restores_the_setting() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), by_index():
        raise ZeroDivisionError
    if connection.vendor == "postgresql":
        assert reads_through() == "on"
