"""Emptying of the log of SQLite, which keeps deleted rows; PostgreSQL has terms of its own (docs/deploy.md)."""

import logging
from pathlib import Path

from django.db import connection

#: Milliseconds for which readers are waited for.
_PATIENCE = 2000
logger = logging.getLogger(__name__)


def empty_log() -> bool:
    """Write the log of SQLite into the database and empty it; return whether nothing is left there.

    Until then the former pages of the database, and the log, hold the text of deleted rows. With `secure_delete` the
    new pages have zeros in its place. A reader that stays longer than the timeout of the connection keeps the log: the
    worker tries again.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    with connection.cursor() as cursor:
        # Writers wait meanwhile, so it is not tried for long.
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        busy, _pages, _written = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
    if busy:
        logger.warning("The log of the database is being read; the worker empties it later.")
    return not busy


def empty_log_if_any() -> bool:
    """Do the same if something is in the log."""
    name = str(connection.settings_dict["NAME"])
    log = Path(f"{name}-wal")
    if connection.vendor != "sqlite" or not log.exists() or log.stat().st_size == 0:
        return True
    return empty_log()
