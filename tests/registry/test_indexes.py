"""Queries that go by an index on PostgreSQL, and the setting that is put back after them."""

import pytest
from django.db import connection, transaction

from registry.indexes import by_index

pytestmark = pytest.mark.django_db


def reads_through() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        return str(cursor.fetchone()[0])


def test_tables_are_not_read_through_within_and_may_be_again_afterwards() -> None:
    if connection.vendor != "postgresql":
        with by_index():
            assert not connection.needs_rollback
        return
    with by_index():
        assert reads_through() == "off"
    assert reads_through() == "on"


def test_a_query_that_fails_within_leaves_no_setting_behind() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), by_index():
        raise ZeroDivisionError
    if connection.vendor == "postgresql":
        assert reads_through() == "on"
