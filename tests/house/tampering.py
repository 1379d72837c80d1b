"""Changes made in the database itself by somebody who knows how the registry works but has no keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from registry import guards, integrity
from registry.journal.models import Event, JournalChain


@contextmanager
def unguarded() -> Iterator[None]:
    """Drop the triggers of the append-only tables and of their parents, and restore them at the end."""
    for table in guards.APPEND_ONLY:
        guards.lift(table)
    yield
    guards.install()


def run(*statements: str) -> None:
    """Run the statements without triggers; each has to change at least one row."""
    with unguarded(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            assert cursor.rowcount > 0, sql


def found() -> list[str]:
    """Return the findings without the ids of the records."""
    return sorted({re.sub(r"[0-9a-f-]{36}|\d+", "N", line) for _title, lines in integrity.run() for line in lines})


def recompute(chain: int) -> None:
    """Recompute the digests of a chain and its head, as far as that is possible without a key."""
    with unguarded():
        _chain_again(chain)


def _chain_again(chain: int) -> None:
    previous, number = "", 0
    for event in Event.objects.filter(chain=chain).order_by("number"):
        number += 1
        event.number, event.previous = number, previous
        previous = event.digest = event.compute_digest()
        Event.objects.filter(pk=event.pk).update(number=number, previous=event.previous, digest=event.digest)
    JournalChain.objects.filter(key=chain).update(number=number, digest=previous)
