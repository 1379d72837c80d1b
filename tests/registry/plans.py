"""Plans of PostgreSQL: what it really read for statements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction


def plans(statements: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Run the statements that select, and return the nodes of the plan of each; settings of the others count."""
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
