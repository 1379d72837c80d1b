"""Worlds that many tests begin with: made once by the transitions, then laid down row by row in a tenth of the time."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.db import connection, transaction

from registry.accounts.models import Account
from registry.organizations.models import Federation
from tests.emptying import has_rows

T = TypeVar("T")

#: What makes each world.
_BUILDERS: list[Callable[[], object]] = []
#: What each left behind: the contents of its tables, as the database itself writes them, and what the builder answered.
_MADE: dict[Callable[[], object], tuple[dict[str, str], bytes]] = {}


def world(build: Callable[[], T]) -> Callable[[], T]:
    """Return the stored world of the builder if the database is empty; beside other rows, build a new one."""
    _BUILDERS.append(build)

    @wraps(build)
    def laid() -> T:
        if build not in _MADE or Federation.objects.exists() or Account.objects.exists():
            return build()
        rows, answer = _MADE[build]
        with transaction.atomic():
            for table, content in rows.items():
                _lay(table, content)
        return pickle.loads(answer)

    return laid


def make_all() -> None:
    """Make every world and keep what it consists of; before any test, so that none of its patches gets into them."""
    for build in _BUILDERS:
        with transaction.atomic():
            empty = [table for table in connection.introspection.table_names() if not has_rows(table)]
            answer = pickle.dumps(build())
            _MADE[build] = {table: _content(table) for table in empty if has_rows(table)}, answer
            transaction.set_rollback(True)


def _content(table: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                return b"".join(bytes(part) for part in copy).decode()
        # Django's introspection parses the SQL of the table.
        cursor.execute("SELECT name FROM pragma_table_info(%s) ORDER BY cid", [table])
        values = " || ',' || ".join(f'quote("{name}")' for (name,) in cursor.fetchall())
        cursor.execute(f'SELECT {values} FROM "{table}" ORDER BY rowid')
        return ",".join(f"({row[0]})" for row in cursor.fetchall())


def _lay(table: str, content: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)
        else:
            cursor.cursor.connection.execute(f'INSERT INTO "{table}" VALUES {content}')
