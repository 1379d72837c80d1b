"""A replica of the database, for pages, exports and jobs that only read (`REPLICA_URL`, ADR 24).

Nothing is read from it that has to be true this moment: changes read what they change from the primary server.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections, models

T = TypeVar("T")

ALIAS = "replica"
#: Seconds for which an answer about the replica holds …
ASK_SECONDS = 3.0
#: … and for which one that did not answer is left alone: each page would wait for it.
LEFT_ALONE_SECONDS = 15.0
#: Seconds for which a job waits until the replica has what was there when the job began, and between two looks.
PATIENCE, BETWEEN = 5.0, 0.2
#: Our apps, of which all is read from the replica but what a page waits for: jobs, their counts and their files.
_OURS = {"registry", "members", "dues", "documents"}
_FRESH = {"registry.job", "registry.keptcount", "registry.storedfile", "registry.filestore"}

_WRITTEN = (
    "SELECT (pg_current_wal_lsn() - '0/0')::bigint, system_identifier, current_database() FROM pg_control_system()"
)
_REPLAYED = (
    "SELECT pg_is_in_recovery(), (pg_last_wal_replay_lsn() - '0/0')::bigint,"
    " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8,"
    " system_identifier, current_database() FROM pg_control_system()"
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """Position of the replica in the log of the primary server, and the seconds that it is behind.

    `fault` says why nothing is read from it; `foreign` that REPLICA_URL names something else than a replica.
    """

    replayed: int = 0
    lag: float | None = None
    fault: str = ""
    foreign: bool = False

    @property
    def is_used(self) -> bool:
        """Return whether pages that only read are read from it."""
        return not self.fault and self.lag is not None and self.lag <= settings.REPLICA_MAX_LAG


class _Known:
    """Knowledge of this process about the replica."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.standing: Standing | None = None
        self.holds_until = 0.0
        #: When the replica was last seen to have everything.
        self.level_at: float | None = None

    def learn(self, standing: Standing, seconds: float) -> Standing:
        """Keep the standing for some seconds."""
        self.standing, self.holds_until = standing, time.monotonic() + seconds
        return standing


_known = _Known()
_thread = threading.local()


def is_there() -> bool:
    """Return whether the installation has a replica."""
    return ALIAS in connections.settings


def standing(*, now: bool = False) -> Standing | None:
    """Return how far the replica is, as of some seconds ago or of `now`; None where there is none.

    Raises errors of the database where the primary server does not answer.
    """
    if not is_there():
        return None
    if _known.standing is not None and not now and time.monotonic() < _known.holds_until:
        return _known.standing
    # While one thread asks, the others go by what is known.
    if not _known.lock.acquire(blocking=now or _known.standing is None):
        return _known.standing
    try:
        found = _ask()
        return _known.learn(found, ASK_SECONDS if not found.fault or found.foreign else LEFT_ALONE_SECONDS)
    finally:
        _known.lock.release()


def _ask() -> Standing:
    # The primary server first: what it writes meanwhile is no lag.
    written, *whose = _row(DEFAULT_DB_ALIAS, _WRITTEN)
    try:
        follows, replayed, since, *its = _row(ALIAS, _REPLAYED)
    except Error as error:
        connections[ALIAS].close()
        return Standing(fault=f"The server of REPLICA_URL does not answer ({type(error).__name__}).")
    if its != whose:
        return Standing(fault="REPLICA_URL names another database than DATABASE_URL.", foreign=True)
    if not follows:
        return Standing(fault="REPLICA_URL names a server that follows none: it is no replica.", foreign=True)
    at = time.monotonic()
    if replayed >= written:
        _known.level_at = at
        return Standing(replayed, 0.0)
    # After hours without changes the newest transaction of the replica is old, though it had everything just now.
    known = [one for one in (since, None if _known.level_at is None else at - _known.level_at) if one is not None]
    return Standing(replayed, max(0.0, min(known)) if known else None)


def _row(alias: str, sql: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def position() -> int:
    """Return the end of the log of the primary server, which holds all that was committed; 0 without a replica."""
    if not is_there():
        return 0
    found: int = _row(DEFAULT_DB_ALIAS, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")[0]
    return found


def read(work: Callable[[], T], *, after: int = 0, wait: float = 0.0, again: tuple[type[Exception], ...] = ()) -> T:
    """Return the outcome of a function that reads, from the replica if that has all up to the position `after`.

    It waits up to `wait` seconds for the replica to have it. Where the replica fails, or the function with one of the
    errors `again`, it is called once more with the primary server: it may be called twice, and changes nothing of
    weight.
    """
    if not _has(after, wait):
        return work()
    failures: tuple[type[Exception], ...] = (Error, *again)
    try:
        with _reading():
            return work()
    except failures as error:
        if isinstance(error, OperationalError | InterfaceError):
            _known.learn(Standing(fault=f"The replica failed ({type(error).__name__})."), ASK_SECONDS)
            connections[ALIAS].close()
        _log.warning("read once more from the primary server: %s", type(error).__name__)
    return work()


def _has(after: int, wait: float) -> bool:
    if not is_there() or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return False
    until = time.monotonic() + wait
    found = standing()
    while found is not None and found.is_used and found.replayed < after and time.monotonic() < until:
        time.sleep(BETWEEN)
        found = standing(now=True)
    return found is not None and found.is_used and found.replayed >= after


@contextmanager
def _reading() -> Iterator[None]:
    before, _thread.reading = getattr(_thread, "reading", False), True
    try:
        yield
    finally:
        _thread.reading = before


def alias() -> str:
    """Return the database from which this thread reads now: in a transaction always the primary server."""
    reading = getattr(_thread, "reading", False) and not connections[DEFAULT_DB_ALIAS].in_atomic_block
    return ALIAS if reading else DEFAULT_DB_ALIAS


class Router:
    """Sends to the replica what is read within `read`; everything else goes to the primary server."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """Return the database that the thread reads from; records of the replica do not lead back to it later."""
        is_ours = model._meta.app_label in _OURS and model._meta.label_lower not in _FRESH
        return alias() if is_ours else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """Return the primary server."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *records: models.Model, **hints: Any) -> bool:
        """Return that records of both belong together: they are the same ones."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether tables are made there: the replica gets them from the primary server."""
        return db != ALIAS
