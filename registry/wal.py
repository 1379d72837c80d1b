"""Emptying the log of SQLite, which keeps deleted rows; PostgreSQL has its own terms (docs/deploy.md)."""

import logging
from pathlib import Path

from django.db import connection

#: Milliseconds to wait for readers.
_PATIENCE = 2000
logger = logging.getLogger(__name__)


def empty_log() -> bool:
    """Write SQLite's log into the database and empty it; return whether nothing is left in it.

    Until then, old pages of the database and the log contain the text of deleted rows; with `secure_delete` new pages
    have zeros instead. A reader that stays longer than the connection's timeout keeps the log: the worker tries again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    with connection.cursor() as cursor:
        # Writers wait meanwhile, so it does not try for long.
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        busy, _pages, _written = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
    if busy:
        logger.warning("The log of the database is being read; the worker empties it later.")
    return not busy


def empty_log_if_any() -> bool:
    """Empty the log if there is anything in it."""
    name = str(connection.settings_dict["NAME"])
    log = Path(f"{name}-wal")
    if connection.vendor != "sqlite" or not log.exists() or log.stat().st_size == 0:
        return True
    return empty_log()
