"""Query plans of PostgreSQL, with the rows that statements really read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction


def plans(statements: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Run the SELECT statements and yield the plan nodes of each; settings among the statements are applied."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            if sql.startswith("SET LOCAL"):
                cursor.execute(sql)
            elif sql.lstrip("( \n").upper().startswith(("SELECT", "WITH")):
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql)
                found = cursor.fetchone()[0]
                yield _nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for part in node.get("Plans", ()) for found in _nodes(part))]
