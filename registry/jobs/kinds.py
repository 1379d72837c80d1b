"""What the worker can do: kinds of jobs, and what is done once a day."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy

from .models import Job
from .work import Work

Run = Callable[["Work"], None]

logger = logging.getLogger(__name__)
_REMAINS = gettext_lazy("What was done before stays as it is.")


@dataclass(frozen=True)
class Kind:
    """What is known of a kind of job: its function and what its owner reads."""

    run: Run
    title: Any
    #: Address of what the job worked on, if it has a page of its own.
    page: Callable[[Job], str] | None = None
    #: A sentence about what was done, from the facts that `finish` kept.
    outcome: Callable[[Mapping[str, Any]], str] | None = None
    #: What is left of a job that was stopped or failed (lazy).
    remains: Any = _REMAINS


_KINDS: dict[str, Kind] = {}


def job(
    kind: str,
    title: Any,
    *,
    page: Callable[[Job], str] | None = None,
    outcome: Callable[[Mapping[str, Any]], str] | None = None,
    remains: Any = _REMAINS,
) -> Callable[[Run], Run]:
    """Register the function that does the jobs of a kind; `title` (lazy) is what its owner reads (see `Kind`)."""

    def register(run: Run) -> Run:
        _KINDS[kind] = Kind(run, title, page, outcome, remains)
        return run

    return register


def discover() -> None:
    """Import the `jobs` module of every app."""
    autodiscover_modules("jobs")


def title_of(kind: str) -> Any:
    """What the owner reads for a kind of job."""
    return _KINDS[kind].title if kind in _KINDS else kind


def page_of(row: Job) -> str:
    """Address of what the job worked on; empty where there is none."""
    kind = _KINDS.get(row.kind)
    return kind.page(row) if kind is not None and kind.page is not None else ""


def outcome_of(row: Job) -> str:
    """What was done, in a sentence; empty where there is nothing to say."""
    kind = _KINDS.get(row.kind)
    return kind.outcome(row.summary) if kind is not None and kind.outcome is not None and row.summary else ""


def remains_of(row: Job) -> str:
    """What is left of a job that was stopped or failed, in a sentence."""
    return str(_KINDS[row.kind].remains if row.kind in _KINDS else _REMAINS)


Daily = Callable[[dt.date], None]
_DAILY: dict[Daily, dt.date] = {}


def daily(function: Daily) -> Daily:
    """Register what the worker does once a day and after its start; several workers may do it at once, to one effect."""
    _DAILY[function] = dt.date.min
    return function


def run_daily(today: dt.date) -> None:
    """Do what is due today; what fails comes again with the next day or start."""
    for function, done in list(_DAILY.items()):
        if done < today:
            _DAILY[function] = today
            try:
                function(today)
            except Exception as error:  # noqa: BLE001 - one of them does not stop the others
                logger.error("daily %s failed: %s", function.__name__, type(error).__name__)
