"""Queries over tables that grow with the federation go by an index, whatever the planner expects of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def by_index() -> Iterator[None]:
    """Within it PostgreSQL does not read a table through where an index leads to the rows.

    For queries with a small limit: where many rows match, the planner hopes to meet enough of them soon, and where it
    takes too few for many, it reads the whole table to sort it. Other databases plan as they always do.
    """
    if connection.vendor != "postgresql":
        yield
        return
    inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        if inside:
            # The transaction around this one goes on without it.
            cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
