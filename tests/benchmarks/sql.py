"""Statements that write many rows at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def run(sql: str, *params: object) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Drop the table's indexes without constraints within the block, and create them again at the end, which is faster
    than filling them row by row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            [table],
        )
        indexes = cursor.fetchall()
    for name, _definition in indexes:
        run(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        run(definition)
    run(f"ANALYZE {table}")
