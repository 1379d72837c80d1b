"""The hasher of passwords: Argon2, a few at a time, with less claim on the processors than pages have (U-2).

A hash takes a tenth of a gigabyte and all cores for a moment, by design. Hashes that a flood of sign-ins asks for
must not fill the threads and the memory of the web server, so each process makes `AT_ONCE` at a time. A few more
requests wait for their turn, for `SECONDS` at most; one thread of the process is always left for pages, and one
address never has all places.

Turns are given by address: whose address has had fewer wrong passwords compared lately goes first, and takes the place
of one that waits and has had more. A flood from many addresses therefore soon stands behind everybody else."""

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

#: Hashes that one process makes at a time.
AT_ONCE = 2
#: Seconds that a request waits until its hash begins.
SECONDS = 1.0
#: What the threads that hash add to their niceness, which the threads that Argon2 starts inherit.
_NICER = 10
#: Sign-ins from one address that a process looks at, of those that it has places for.
OF_ADDRESS = 2
#: Seconds after which wrong passwords begin to be forgotten, and addresses that are remembered at a time.
SPAN_SECONDS, MAX_ADDRESSES = 600, 20_000

_Result = TypeVar("_Result")


class _Waiting:
    """A request that waits for its turn."""

    def __init__(self, tried: int, order: int) -> None:
        #: The less was tried from its address, and the longer it has waited, the sooner it has its turn.
        self.rank = (tried, order)
        self.told = threading.Event()
        self.has_turn = False


class InTurn:
    """Makes hashes in threads of its own; `places` are those that are made or wait."""

    def __init__(self, places: int, *, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._places, self._at_once = places, min(at_once, places)
        self._threads = ThreadPoolExecutor(self._at_once, "hash", initializer=_give_way)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._made = 0
        self._asked = 0
        self._waiting: list[_Waiting] = []

    def make(self, function: Callable[..., _Result], *values: Any) -> _Result:
        """Return what the function returns. Raises `ServerBusy` if it cannot begin in time."""
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
        """Send the last of those who wait away, if more was tried from there. Raises `ServerBusy` if not."""
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
    # Linux counts niceness by thread. Elsewhere hashes are merely few.
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)


@functools.cache
def _in_turn() -> InTurn:
    return InTurn(max(1, settings.WEB_THREADS - 1))


# The threads stay behind in the process that was copied.
os.register_at_fork(after_in_child=_in_turn.cache_clear)


class Tried:
    """Wrong passwords that were compared lately, by address: of the running span of time and the one before."""

    def __init__(self, *, seconds: float = SPAN_SECONDS, most: int = MAX_ADDRESSES) -> None:
        self._seconds, self._most = seconds, most
        self._begun = time.monotonic()
        self._now: Counter[str] = Counter()
        self._before: Counter[str] = Counter()

    def of(self, address: str) -> int:
        """Return how many were compared for the address."""
        self._turn_over()
        return self._now[address] + self._before[address]

    def add(self, address: str) -> None:
        """Count one more."""
        self._turn_over()
        self._now[address] += 1

    def _turn_over(self) -> None:
        passed = time.monotonic() - self._begun
        if passed >= self._seconds or len(self._now) >= self._most:
            self._before = self._now if passed < 2 * self._seconds else Counter()
            self._now, self._begun = Counter(), time.monotonic()


@dataclass
class Attempt:
    """A sign-in that has a place; `wrong` is whether a password was compared and does not fit."""

    wrong: bool = False


_lock = threading.Lock()
_from: Counter[str] = Counter()
_tried = Tried()
#: How much was tried from the address of this request; nothing for those who have signed in.
_TRIED: ContextVar[int] = ContextVar("tried", default=0)


@contextlib.contextmanager
def one_of(address: str) -> Iterator[Attempt]:
    """Take a place for a sign-in from the address. Raises `ServerBusy` if it has as many as one may have."""
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
    """Argon2 as Django has it. Raises `ServerBusy` instead of filling the server."""

    def encode(self, password: str, salt: str) -> str:
        return _in_turn().make(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _in_turn().make(super().verify, password, encoded)
