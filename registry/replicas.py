"""A replica of the database, for pages, exports and jobs that only read (`REPLICA_URL`, ADR 24).

Data that must be current is never read from it: changes read from the primary server what they change.
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
#: Seconds for which the state of the replica is cached …
ASK_SECONDS = 3.0
#: … and for which a replica that did not answer is not used, because each page would wait for it.
LEFT_ALONE_SECONDS = 15.0
#: Maximum seconds that a job waits for the replica to have everything that existed at the job's start, and the interval
#: between checks.
PATIENCE, BETWEEN = 5.0, 0.2
#: Our apps whose tables are read from the replica, except those that pages wait for: jobs, their counts and files.
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
    """Position of the replica in the log of the primary server, and its lag in seconds.

    `fault` says why nothing is read from it; `foreign` means that REPLICA_URL is not a replica.
    """

    replayed: int = 0
    lag: float | None = None
    fault: str = ""
    foreign: bool = False

    @property
    def is_used(self) -> bool:
        """Return whether read-only pages use it."""
        return not self.fault and self.lag is not None and self.lag <= settings.REPLICA_MAX_LAG


class _Known:
    """This process's knowledge about the replica."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.standing: Standing | None = None
        self.holds_until = 0.0
        #: Time when the replica was last seen to be up to date.
        self.level_at: float | None = None

    def learn(self, standing: Standing, seconds: float) -> Standing:
        """Store the standing for some seconds."""
        self.standing, self.holds_until = standing, time.monotonic() + seconds
        return standing


_known = _Known()
_thread = threading.local()


def is_there() -> bool:
    """Return whether the installation has a replica."""
    return ALIAS in connections.settings


def standing(*, now: bool = False) -> Standing | None:
    """Return the replica's standing, at most some seconds old or as of `now`; None without a replica.

    Raises database errors if the primary server does not answer.
    """
    if not is_there():
        return None
    if _known.standing is not None and not now and time.monotonic() < _known.holds_until:
        return _known.standing
    # While one thread asks, the others use the cached value.
    if not _known.lock.acquire(blocking=now or _known.standing is None):
        return _known.standing
    try:
        found = _ask()
        return _known.learn(found, ASK_SECONDS if not found.fault or found.foreign else LEFT_ALONE_SECONDS)
    finally:
        _known.lock.release()


def _ask() -> Standing:
    # Ask the primary server first, so that its later writes do not count as lag.
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
    # After hours without changes the replica's newest transaction is old although it is up to date.
    known = [one for one in (since, None if _known.level_at is None else at - _known.level_at) if one is not None]
    return Standing(replayed, max(0.0, min(known)) if known else None)


def _row(alias: str, sql: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def position() -> int:
    """Return the end of the primary server's log, which includes all commits; 0 without a replica."""
    if not is_there():
        return 0
    found: int = _row(DEFAULT_DB_ALIAS, "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")[0]
    return found


def read(work: Callable[[], T], *, after: int = 0, wait: float = 0.0, again: tuple[type[Exception], ...] = ()) -> T:
    """Call the function on the replica, if it has everything up to the position `after`, and return its result.

    It waits up to `wait` seconds for that. If the replica fails, or the function raises one of the errors `again`, the
    function is called again with the primary server. So it may be called twice and must not change anything important.
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
    """Return the database that this thread reads from now: in a transaction always the primary server."""
    reading = getattr(_thread, "reading", False) and not connections[DEFAULT_DB_ALIAS].in_atomic_block
    return ALIAS if reading else DEFAULT_DB_ALIAS


class Router:
    """Sends queries within `read` to the replica, and everything else to the primary server."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """Return the database that the thread reads from; objects from the replica do not bind later queries to it."""
        is_ours = model._meta.app_label in _OURS and model._meta.label_lower not in _FRESH
        return alias() if is_ours else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """Return the primary server."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *records: models.Model, **hints: Any) -> bool:
        """Allow relations between objects of both: they are the same records."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether tables are created there: the replica gets them from the primary server."""
        return db != ALIAS
