"""A password hasher that makes few Argon2 hashes at a time, with a lower priority than pages (U-2).

A hash deliberately takes a tenth of a gigabyte and all cores for a moment. A flood of sign-ins must not fill the
threads and the memory of the web server, so each process makes only `AT_ONCE` hashes at a time. A few more requests
wait for their turn, for at most `SECONDS`. One thread of the process always remains free for pages, and a single
address never takes all places.

Addresses with fewer recent wrong passwords go first and take the place of a waiting request from an address with more.
A flood from many addresses therefore soon waits behind everybody else.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from registry.errors import ServerBusy

#: Number of hashes that one process makes at a time.
AT_ONCE = 2
#: Maximum time in seconds that a request waits before its hash begins.
SECONDS = 1.0
#: Added to the niceness of the hashing threads. The threads that Argon2 starts inherit it.
_NICER = 10
#: Maximum number of sign-ins from one address that a process handles at a time.
OF_ADDRESS = 2
#: Seconds after which wrong passwords begin to be forgotten, and the maximum number of addresses remembered.
SPAN_SECONDS, MAX_ADDRESSES = 600, 20_000

_Result = TypeVar("_Result")


class _Waiting:
    """A request that waits for its turn."""

    def __init__(self, tried: int, order: int) -> None:
        #: Requests from addresses with fewer attempts go first, then those that have waited longest.
        self.rank = (tried, order)
        self.told = threading.Event()
        self.has_turn = False


class InTurn:
    """Makes hashes in its own threads; `places` is the number of hashes being made or waiting."""

    def __init__(self, places: int, *, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._places, self._at_once = places, min(at_once, places)
        self._threads = ThreadPoolExecutor(self._at_once, "hash", initializer=_give_way)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._made = 0
        self._asked = 0
        self._waiting: list[_Waiting] = []

    def make(self, function: Callable[..., _Result], *values: Any) -> _Result:
        """Call the function in a hashing thread and return its result. Raises `ServerBusy` if it cannot begin in
        time.
        """
        self._wait(_TRIED.get())
        try:
            return self._threads.submit(function, *values).result()
        finally:
            self._give_turn()

    def _wait(self, tried: int) -> None:
        with self._lock:
            if self._made < self._at_once:
                self._made += 1
                return
            self._asked += 1
            own = _Waiting(tried, self._asked)
            if self._made + len(self._waiting) >= self._places:
                self._put_off(own)
            self._waiting.append(own)
        own.told.wait(self._seconds)
        with self._lock:
            if own.has_turn:
                return
            if own in self._waiting:
                self._waiting.remove(own)
        raise ServerBusy

    def _put_off(self, own: _Waiting) -> None:
        """Turn away the last waiting request if its address has more attempts. Raises `ServerBusy` otherwise."""
        last = max(self._waiting, key=lambda one: one.rank, default=own)
        if last.rank[0] <= own.rank[0]:
            raise ServerBusy
        self._waiting.remove(last)
        last.told.set()

    def _give_turn(self) -> None:
        with self._lock:
            if not self._waiting:
                self._made -= 1
                return
            following = min(self._waiting, key=lambda one: one.rank)
            self._waiting.remove(following)
            following.has_turn = True
            following.told.set()


def _give_way() -> None:
    # Niceness is per thread on Linux only. Elsewhere the number of hashes is still limited.
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)


@functools.cache
def _in_turn() -> InTurn:
    return InTurn(max(1, settings.WEB_THREADS - 1))


# Threads do not survive a fork.
os.register_at_fork(after_in_child=_in_turn.cache_clear)


class Tried:
    """Recent wrong passwords by address, for the current time window and the one before."""

    def __init__(self, *, seconds: float = SPAN_SECONDS, most: int = MAX_ADDRESSES) -> None:
        self._seconds, self._most = seconds, most
        self._begun = time.monotonic()
        self._now: Counter[str] = Counter()
        self._before: Counter[str] = Counter()

    def of(self, address: str) -> int:
        """Return the number of recent wrong passwords from the address."""
        self._turn_over()
        return self._now[address] + self._before[address]

    def add(self, address: str) -> None:
        """Count one more wrong password."""
        self._turn_over()
        self._now[address] += 1

    def _turn_over(self) -> None:
        passed = time.monotonic() - self._begun
        if passed >= self._seconds or len(self._now) >= self._most:
            self._before = self._now if passed < 2 * self._seconds else Counter()
            self._now, self._begun = Counter(), time.monotonic()


@dataclass
class Attempt:
    """A sign-in that has a place; `wrong` is true once a password was compared and did not match."""

    wrong: bool = False


_lock = threading.Lock()
_from: Counter[str] = Counter()
_tried = Tried()
#: Number of recent attempts from the address of this request; 0 for signed-in users.
_TRIED: ContextVar[int] = ContextVar("tried", default=0)


@contextlib.contextmanager
def one_of(address: str) -> Iterator[Attempt]:
    """Take a place for a sign-in from the address. Raises `ServerBusy` if the address has no places left."""
    with _lock:
        if _from[address] >= OF_ADDRESS:
            raise ServerBusy
        _from[address] += 1
        token = _TRIED.set(_tried.of(address))
    attempt = Attempt()
    try:
        yield attempt
    finally:
        _TRIED.reset(token)
        with _lock:
            _from[address] -= 1
            if not _from[address]:
                del _from[address]
            if attempt.wrong:
                _tried.add(address)


class PasswordHasher(Argon2PasswordHasher):
    """Django's Argon2 hasher, limited. Raises `ServerBusy` instead of overloading the server."""

    def encode(self, password: str, salt: str) -> str:
        return _in_turn().make(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _in_turn().make(super().verify, password, encoded)
