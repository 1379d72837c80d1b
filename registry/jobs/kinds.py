"""Registry of the kinds of jobs and of daily work."""

from __future__ import annotations

import datetime as dt
import functools
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy

from registry.errors import lost_database
from registry.organizations.enums import TimeZone

from .enums import Lane
from .models import Job
from .work import Work

Run = Callable[["Work"], None]

logger = logging.getLogger(__name__)
_REMAINS = gettext_lazy("What was done before remains.")
_MEANWHILE = gettext_lazy("You may leave this page and go on working; the file will be under «Finished files».")


@dataclass(frozen=True)
class Kind:
    """A kind of job: its function and the texts for its owner."""

    run: Run
    title: Any
    #: Returns the URL of the job's object, if it has a page.
    page: Callable[[Job], str] | None = None
    #: Returns a sentence about the result, from the summary given to `finish`.
    outcome: Callable[[Mapping[str, Any]], str] | None = None
    #: Lazy sentence about the state after the job was cancelled or failed.
    remains: Any = _REMAINS
    #: Lazy sentence while it waits or runs, saying where the result will be.
    meanwhile: Any = _MEANWHILE
    #: Called in the transaction that cancels or fails the job, to delete what waits for it.
    given_up: Callable[[Job], None] | None = None
    #: Decides from the parameters whether the job takes only some seconds.
    short: Callable[[Mapping[str, Any]], bool] | None = None
    #: Whether a running job may have read data that has changed since, so that a second one is queued.
    rereads: bool = False


#: A job about this number of people takes some seconds.
FEW_PEOPLE = 100


def of_few(params: Mapping[str, Any]) -> bool:
    """Return whether the job is about few people, by the lists in its parameters."""
    return sum(len(value) for value in params.values() if isinstance(value, list)) <= FEW_PEOPLE


_KINDS: dict[str, Kind] = {}


def job(
    kind: str,
    title: Any,
    *,
    page: Callable[[Job], str] | None = None,
    outcome: Callable[[Mapping[str, Any]], str] | None = None,
    remains: Any = _REMAINS,
    meanwhile: Any = _MEANWHILE,
    given_up: Callable[[Job], None] | None = None,
    short: Callable[[Mapping[str, Any]], bool] | None = None,
    rereads: bool = False,
) -> Callable[[Run], Run]:
    """Register the function for a kind of job; see `Kind` for the arguments."""

    def register(run: Run) -> Run:
        _KINDS[kind] = Kind(run, title, page, outcome, remains, meanwhile, given_up, short, rereads)
        return run

    return register


def discover() -> None:
    """Import the `jobs` module of every app."""
    autodiscover_modules("jobs")


def kinds() -> list[str]:
    """Return the keys of all kinds of jobs."""
    return list(_KINDS)


def title_of(kind: str) -> Any:
    """Return the title of a kind of job."""
    return _KINDS[kind].title if kind in _KINDS else kind


def page_of(row: Job) -> str:
    """Return the URL of the job's object, or an empty string."""
    kind = _KINDS.get(row.kind)
    return kind.page(row) if kind is not None and kind.page is not None else ""


def outcome_of(row: Job) -> str:
    """Return a sentence about the result, or an empty string."""
    kind = _KINDS.get(row.kind)
    return kind.outcome(row.summary) if kind is not None and kind.outcome is not None and row.summary else ""


def lane_of(kind: str, params: Mapping[str, Any]) -> Lane:
    """Return the lane in which the job waits."""
    short = _KINDS[kind].short
    return Lane.SHORT if short is not None and short(params) else Lane.LONG


def clean_up_after(row: Job) -> None:
    """Delete what waited for a job that was cancelled or failed."""
    kind = _KINDS.get(row.kind)
    if kind is not None and kind.given_up is not None:
        kind.given_up(row)


def remains_of(row: Job) -> str:
    """Return a sentence about the state after the job was cancelled or failed."""
    return str(_KINDS[row.kind].remains if row.kind in _KINDS else _REMAINS)


def meanwhile_of(row: Job) -> str:
    """Return a sentence for as long as the job waits or runs."""
    return str(_KINDS[row.kind].meanwhile if row.kind in _KINDS else _MEANWHILE)


#: Daily work in many steps: each is done when the next is requested.
Steps = Iterator[None]
Daily = Callable[[dt.date], Steps | None]
DailyThere = Callable[[dt.date, str], Steps | None]
Often = Callable[[dt.datetime], None]
T = TypeVar("T")

#: Maximum seconds that a sweep spends on steps of daily work; other checks and the worker's heartbeat wait meanwhile.
STEPS_SECONDS = 10.0
#: Number of rows that are checked at a time for whether another worker has done them.
SHARED = 20


@dataclass(frozen=True)
class _Begun:
    """Today's unfinished daily work with its remaining steps; `put_back` makes it start again."""

    name: str
    steps: Steps
    today: dt.date
    zone: str
    put_back: Callable[[], None]


_OFTEN: list[Often] = []
_DAILY: dict[Daily, dt.date] = {}
#: By the time zone of the day; the empty key is the installation's.
_DAILY_THERE: dict[tuple[DailyThere, str], dt.date] = {}
_BEGUN: deque[_Begun] = deque()


def often(function: Often) -> Often:
    """Register a short check that each worker runs several times a minute.

    It receives the current time, and starts a job for longer work.
    """
    _OFTEN.append(function)
    return function


def run_often(now: dt.datetime) -> None:
    """Run the checks registered by `often`."""
    for function in _OFTEN:
        _lost(function.__name__, lambda: function(now))  # noqa: B023 - called at once


def daily(function: Daily) -> Daily:
    """Register daily work, also done when a worker starts; it must be safe to run in several workers at once.

    Longer work returns `Steps`. It uses the installation's date; work that depends on an organisation's date uses
    `daily_there`.
    """
    _DAILY[function] = dt.date.min
    return function


def daily_there(function: DailyThere) -> DailyThere:
    """Register daily work that runs when the day begins in each time zone, otherwise as `daily`.

    It gets the date and the `zone` of its organisations.
    """
    for zone in ("", *TimeZone.values):
        _DAILY_THERE[function, zone] = dt.date.min
    return function


def run_daily(today: dt.date) -> None:
    """Run the daily work not done today; failed work is repeated on the next day or start.

    Work that failed because the database was lost is repeated at the next call. Work in many steps is only started.
    """
    for function, done in list(_DAILY.items()):
        if done < today:
            _DAILY[function] = today
            put_back = functools.partial(_DAILY.__setitem__, function, done)
            _begin(function.__name__, functools.partial(function, today), today, put_back)


def run_daily_there(now: dt.datetime) -> None:
    """Run the daily work of the time zones in which a new day has begun, like `run_daily`."""
    for (function, zone), done in list(_DAILY_THERE.items()):
        with timezone.override(zone or settings.TIME_ZONE):
            today = timezone.localdate(now)
            if done < today:
                _DAILY_THERE[function, zone] = today
                put_back = functools.partial(_DAILY_THERE.__setitem__, (function, zone), done)
                _begin(function.__name__, functools.partial(function, today, zone), today, put_back, zone)


def add_steps(name: str, steps: Steps, today: dt.date, put_back: Callable[[], None], zone: str = "") -> None:
    """Add steps to today's daily work; `put_back` is called if the database is lost."""
    _BEGUN.append(_Begun(name, steps, today, zone, put_back))


def _begin(
    name: str, work: Callable[[], Steps | None], today: dt.date, put_back: Callable[[], None], zone: str = ""
) -> None:
    def begin() -> None:
        steps = work()
        if steps is not None:
            add_steps(name, steps, today, put_back, zone)

    if _lost(name, begin):
        put_back()


def run_steps(seconds: float = STEPS_SECONDS) -> None:
    """Run steps of the started daily work, for some seconds.

    Steps that remain when the day is over are left to the next day's work.
    """
    until = time.monotonic() + seconds
    while _BEGUN and time.monotonic() < until:
        begun = _BEGUN.popleft()
        with timezone.override(begun.zone or settings.TIME_ZONE):
            if _lost(begun.name, functools.partial(_do_steps, begun, until)):
                begun.put_back()


def steps_remain() -> bool:
    """Return whether the next sweep has daily work to continue, so that it should not be delayed."""
    return bool(_BEGUN)


def _do_steps(begun: _Begun, until: float) -> None:
    while timezone.localdate() <= begun.today:
        try:
            next(begun.steps)
        except StopIteration:
            return
        if time.monotonic() >= until:
            _BEGUN.appendleft(begun)
            return


def run_shared(
    name: str, rows: Collection[int], left: Callable[[list[int]], Iterable[T]], work: Callable[[T], object]
) -> Steps:
    """Do the work for each row by its id; `left` returns which of some ids no other worker has done.

    Workers that start at the same time share the rows, because each takes them in a different order. A failure in one
    row does not stop the others.
    """
    order = list(rows)
    random.shuffle(order)
    for start in range(0, len(order), SHARED):
        for row in left(order[start : start + SHARED]):
            try:
                work(row)
            except Exception as error:
                if lost_database(error):
                    raise
                logger.error("%s failed for %s", name, getattr(row, "pk", row), exc_info=error)
            yield


def _lost(name: str, work: Callable[[], None]) -> bool:
    """Do the work; return whether it failed because the database was lost. No failure stops the following work."""
    try:
        work()
    except Exception as error:  # One failure does not stop the others.
        logger.error("%s failed", name, exc_info=error)
        return lost_database(error)
    return False
