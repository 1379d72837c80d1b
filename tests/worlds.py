"""Worlds that many tests begin with: built once by the transitions, then inserted as rows in a tenth of the time.

They are stored in `var/worlds` for the other processes of the suite and for later suites, until the sources change or
an hour has passed.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import cache, wraps
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from django.conf import settings
from django.core.cache import cache as django_cache
from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone

from registry.accounts.models import Account
from registry.files import marks
from registry.guards import CLOSED_UNTIL
from registry.organizations.models import Federation
from tests.emptying import has_rows

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "var" / "worlds"
#: Sources on which worlds depend.
SOURCES = ("registry", "members", "documents", "dues", "tests", "templates", "requirements-dev.txt")
#: For how long a stored world is used; a suite takes about as long.
FRESH = dt.timedelta(hours=1)
#: Maximum number of characters of a statement.
AT_ONCE = 500_000

#: The builders of worlds, and the stored world of each.
_BUILDERS: list[Callable[[], object]] = []
_MADE: dict[Callable[[], object], Made] = {}


class Numbers:
    """A counter from 1 that skips the numbers used in worlds built by other processes."""

    _known: ClassVar[dict[str, Numbers]] = {}

    def __init__(self, name: str) -> None:
        self._count = count(1)
        Numbers._known[name] = self

    def __iter__(self) -> Numbers:
        return self

    def __next__(self) -> int:
        return next(self._count)

    @classmethod
    def given(cls) -> dict[str, int]:
        """Return the next number of each counter by its name."""
        return {name: next(copy(one._count)) for name, one in cls._known.items()}

    @classmethod
    def go_on_from(cls, numbers: dict[str, int]) -> None:
        """Continue from these numbers, unless a counter is already past its number."""
        given = cls.given()
        for name, number in numbers.items():
            if name in given and number > given[name]:
                cls._known[name]._count = count(number)


@dataclass
class Made:
    """The stored result of a builder."""

    #: The contents of each table in the database's own format, in pieces.
    rows: dict[str, list[str]]
    #: The pickled return value of the builder.
    answer: bytes
    #: Stored files by their relative paths.
    files: dict[str, bytes]
    #: Last values of PostgreSQL's sequences, and next numbers of the tests' counters.
    sequences: dict[str, int]
    numbers: dict[str, int]
    #: The digest of the sources, and the time of building.
    made_of: str
    made_at: dt.datetime = field(default_factory=timezone.now)

    def is_fresh(self) -> bool:
        """Return whether building the world now would give the same result."""
        now = timezone.now()
        same_day = timezone.localdate(self.made_at) == timezone.localdate(now)
        return self.made_of == sources() and same_day and dt.timedelta() <= now - self.made_at <= FRESH

    def lay(self) -> Any:
        """Insert the rows and write the files; return the builder's return value."""
        # Tables of closed periods come last, because closed periods refuse rows.
        closing = {closed for closed, _day in CLOSED_UNTIL.values()}
        with transaction.atomic():
            for table in sorted(self.rows, key=lambda name: name in closing):
                for piece in self.rows[table]:
                    _lay(table, piece)
        for place, data in self.files.items():
            path = Path(settings.FILES_ROOT) / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return pickle.loads(self.answer)


def world(build: Callable[[], T]) -> Callable[[], T]:
    """Load the builder's stored world if the database is empty; otherwise build a new one."""
    _BUILDERS.append(build)

    @wraps(build)
    def laid() -> T:
        if build not in _MADE or Federation.objects.exists() or Account.objects.exists():
            return build()
        answer: T = _MADE[build].lay()
        return answer

    return laid


def make_all() -> None:
    """Load or build every world before any test, so that no test's patches affect them."""
    for build in _BUILDERS:
        _MADE[build] = kept(build)
    highest: dict[str, int] = {}
    for made in _MADE.values():
        highest |= {name: max(number, highest.get(name, 0)) for name, number in made.sequences.items()}
    _go_on_from(highest)


def laid_once(build: Callable[[], T]) -> T:
    """Load the world of a builder that few modules call into an empty database."""
    made = kept(build)
    _go_on_from(made.sequences)
    django_cache.clear()
    answer: T = made.lay()
    return answer


def kept(build: Callable[[], object]) -> Made:
    """Return the builder's result, built by another process or now; other processes wait meanwhile."""
    name = f"{connection.vendor}-{build.__module__}.{build.__qualname__}"
    STORE.mkdir(parents=True, exist_ok=True)
    with (STORE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = STORE / name
        if path.exists():
            made = pickle.loads(path.read_bytes())
            if made.is_fresh():
                assert isinstance(made, Made)
                Numbers.go_on_from(made.numbers)
                return made
        made = _make(build)
        written = path.with_suffix(".new")
        written.write_bytes(pickle.dumps(made))
        written.rename(path)
        return made


def _make(build: Callable[[], object]) -> Made:
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        # A mark in the store would remain after its row is rolled back, and seem to be another registry's.
        patch.setattr(marks, "check_own", lambda: None)
        empty = [table for table in connection.introspection.table_names() if not has_rows(table)]
        before = _files()
        try:
            with TestCase.captureOnCommitCallbacks(execute=True):
                answer = pickle.dumps(build())
            rows = {table: _content(table) for table in empty if has_rows(table)}
            files = {place: Path(settings.FILES_ROOT, place).read_bytes() for place in _files() - before}
            made = Made(rows, answer, files, _sequences(), Numbers.given(), sources())
        finally:
            # Delete the files too: their rows are rolled back.
            for place in _files() - before:
                Path(settings.FILES_ROOT, place).unlink()
        transaction.set_rollback(True)
    return made


def _files() -> set[str]:
    root = Path(settings.FILES_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@cache
def sources() -> str:
    """Return a digest of everything on which worlds depend."""
    digest = hashlib.sha256(f"{sys.version} {os.environ.get('CLOCK_SHIFT')} {settings.FIELD_KEYS}".encode())
    for name in SOURCES:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path} {path.stat().st_size}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _content(table: str) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                return [b"".join(bytes(part) for part in copy).decode()]
        # Django's introspection is slow: it parses the SQL of the table.
        cursor.execute("SELECT name FROM pragma_table_info(%s) ORDER BY cid", [table])
        values = " || ',' || ".join(f'quote("{name}")' for (name,) in cursor.fetchall())
        cursor.execute(f'SELECT {values} FROM "{table}" ORDER BY rowid')
        pieces: list[list[str]] = [[]]
        size = 0
        for (row,) in cursor.fetchall():
            if size > AT_ONCE:
                pieces.append([])
                size = 0
            pieces[-1].append(f"({row})")
            size += len(row)
        return [",".join(piece) for piece in pieces]


def _lay(table: str, content: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)
        else:
            cursor.cursor.connection.execute(f'INSERT INTO "{table}" VALUES {content}')


def _sequences() -> dict[str, int]:
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        return dict(cursor.fetchall())


def _go_on_from(sequences: dict[str, int]) -> None:
    """Advance PostgreSQL's sequences past the numbers used in worlds built by other processes."""
    if not sequences:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%%I', name)::regclass, greatest(number, "
            "pg_sequence_last_value(format('%%I', name)::regclass), 1)) "
            "FROM unnest(%s::text[], %s::bigint[]) AS given(name, number)",
            [list(sequences), list(sequences.values())],
        )
