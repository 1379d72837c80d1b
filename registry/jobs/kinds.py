"""Registry of the kinds of jobs and of daily work."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    #: Returns a sentence about the outcome, from the summary given to `finish`.
    outcome: Callable[[Mapping[str, Any]], str] | None = None
    #: Lazy sentence about the state after the job was cancelled or failed.
    remains: Any = _REMAINS
    #: Lazy sentence while it waits or runs: where the outcome will be.
    meanwhile: Any = _MEANWHILE
    #: Called in the transaction in which the job is cancelled or fails, to delete what waits for it.
    given_up: Callable[[Job], None] | None = None
    #: Says by the parameters whether the job takes some seconds only.
    short: Callable[[Mapping[str, Any]], bool] | None = None
    #: Whether a running job may have read what was changed since, so that the same one is started once more.
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
    """Return a sentence about the outcome, or an empty string."""
    kind = _KINDS.get(row.kind)
    return kind.outcome(row.summary) if kind is not None and kind.outcome is not None and row.summary else ""


def lane_of(kind: str, params: Mapping[str, Any]) -> Lane:
    """Return the lane in which the job waits."""
    short = _KINDS[kind].short
    return Lane.SHORT if short is not None and short(params) else Lane.LONG


def give_up(row: Job) -> None:
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


Daily = Callable[[dt.date], None]
DailyThere = Callable[[dt.date, str], None]
Often = Callable[[dt.datetime], None]
_OFTEN: list[Often] = []
_DAILY: dict[Daily, dt.date] = {}
#: By the time zone whose day it was; the empty one is the installation's.
_DAILY_THERE: dict[tuple[DailyThere, str], dt.date] = {}


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

    It goes by the days of the installation: work that waits for an organisation's day is `daily_there`.
    """
    _DAILY[function] = dt.date.min
    return function


def daily_there(function: DailyThere) -> DailyThere:
    """Register daily work that is done when the day begins in each time zone, otherwise as `daily`.

    It gets the day and the `zone` of the organisations that it is for.
    """
    for zone in ("", *TimeZone.values):
        _DAILY_THERE[function, zone] = dt.date.min
    return function


def run_daily(today: dt.date) -> None:
    """Run the daily work not done today; failed work is repeated on the next day or start.

    What failed because the database was lost is repeated at the next call.
    """
    for function, done in list(_DAILY.items()):
        if done < today:
            _DAILY[function] = today
            if _lost(function.__name__, lambda: function(today)):  # noqa: B023 - called at once
                _DAILY[function] = done


def run_daily_there(now: dt.datetime) -> None:
    """Run the daily work of the time zones in which a new day has begun, like `run_daily`."""
    for (function, zone), done in list(_DAILY_THERE.items()):
        with timezone.override(zone or settings.TIME_ZONE):
            today = timezone.localdate(now)
            if done < today:
                _DAILY_THERE[function, zone] = today
                if _lost(function.__name__, lambda: function(today, zone)):  # noqa: B023 - called at once
                    _DAILY_THERE[function, zone] = done


def _lost(name: str, work: Callable[[], None]) -> bool:
    """Do the work; return whether it failed because the database was lost. No failure stops the work that follows."""
    try:
        work()
    except Exception as error:  # One of them does not stop the others.
        logger.error("%s failed", name, exc_info=error)
        return lost_database(error)
    return False
