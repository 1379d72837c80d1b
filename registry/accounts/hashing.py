"""The hasher of passwords: Argon2, a few at a time, with less claim on the processors than pages have (U-2).

A hash takes a tenth of a gigabyte and all cores for a moment, by design. Hashes that a flood of sign-ins asks for
must not fill the threads and the memory of the web server, so each process makes `AT_ONCE` at a time. A few more
requests wait for their turn, for `SECONDS` at most; one thread of the process is always left for pages, and one
address never has all places."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from registry.errors import ServerBusy

#: Hashes that one process makes at a time.
AT_ONCE = 2
#: Seconds that a request waits until its hash begins.
SECONDS = 1.0
#: What the threads that hash add to their niceness, which the threads that Argon2 starts inherit.
_NICER = 10
#: Sign-ins from one address that a process looks at, of those that it has places for.
OF_ADDRESS = 2

_Result = TypeVar("_Result")


class InTurn:
    """Makes hashes in threads of its own; `places` are those that are made or wait."""

    def __init__(self, places: int, *, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._threads = ThreadPoolExecutor(min(at_once, places), "hash", initializer=_give_way)
        self._seconds = seconds

    def make(self, function: Callable[..., _Result], *values: Any) -> _Result:
        """Return what the function returns. Raises `ServerBusy` if it cannot begin in time."""
        if not self._places.acquire(blocking=False):
            raise ServerBusy
        try:
            waiting = self._threads.submit(function, *values)
            with contextlib.suppress(TimeoutError):
                return waiting.result(timeout=self._seconds)
            if waiting.cancel():
                raise ServerBusy
            return waiting.result()
        finally:
            self._places.release()


def _give_way() -> None:
    # Linux counts niceness by thread. Elsewhere hashes are merely few.
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)


@functools.cache
def _in_turn() -> InTurn:
    return InTurn(max(1, settings.WEB_THREADS - 1))


# The threads stay behind in the process that was copied.
os.register_at_fork(after_in_child=_in_turn.cache_clear)


_lock = threading.Lock()
_from: Counter[str] = Counter()


@contextlib.contextmanager
def one_of(address: str) -> Iterator[None]:
    """Take a place for a sign-in from the address. Raises `ServerBusy` if it has as many as one may have."""
    with _lock:
        if _from[address] >= OF_ADDRESS:
            raise ServerBusy
        _from[address] += 1
    try:
        yield
    finally:
        with _lock:
            _from[address] -= 1
            if not _from[address]:
                del _from[address]


class PasswordHasher(Argon2PasswordHasher):
    """Argon2 as Django has it. Raises `ServerBusy` instead of filling the server."""

    def encode(self, password: str, salt: str) -> str:
        return _in_turn().make(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _in_turn().make(super().verify, password, encoded)
