"""Measuring one page: the median time on the server and the number of queries, both without anything remembered."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.access import Actor

#: Every page answers within so many milliseconds on the server.
PAGE_MS = 150
#: The clock on the wall; `--cpu` puts the processor's own in its place, for a computer that has other things to do.
CLOCK: list[Callable[[], float]] = [time.perf_counter]


@dataclass(frozen=True)
class Figure:
    """What a page cost."""

    status: int
    queries: int
    ms: float
    sql: tuple[str, ...] = ()


def browser(actor: Actor) -> Client:
    """A browser in which the actor is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def page(client: Client, address: str, repeats: int) -> Figure:
    """The page several times over; the first one, which loads the templates, does not count."""
    answer = client.get(address)
    if answer.status_code != 200:
        return Figure(answer.status_code, 0, 0.0)
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    sql = tuple(query["sql"] for query in captured.captured_queries)
    times = []
    for _ in range(repeats):
        cache.clear()
        times.append(timed(lambda: client.get(address))[0] * 1000)
    return Figure(200, len(sql), statistics.median(times), sql)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the work took, and what it answered."""
    begin = CLOCK[0]()
    answer = work()
    return CLOCK[0]() - begin, answer


def say(text: str = "") -> None:
    """One line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The rows in columns, the first one to the left and the figures to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(heads), *texts]) for i in range(len(heads))]
    for row in [list(heads), ["-" * width for width in widths], *texts]:
        first, *rest = row
        say("  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))]))
