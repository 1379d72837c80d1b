"""Measure one page: time, processor time, queries and bytes, each with an empty cache."""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import django
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.access import Actor
from registry.gunicorn_conf import settle_memory

#: Maximum milliseconds of any page on the server.
PAGE_MS = 150
#: Maximum processor time of a list of 50 rows, milliseconds.
LIST_CPU_MS = 40
#: Maximum processor time (milliseconds) and number of queries of the start page.
START_CPU_MS, START_QUERIES = 50, 20
#: Maximum size of any page as it is sent, before compression, kilobytes.
PAGE_KB = 60
#: The wall clock; with `--cpu` the processor time of this process, for a computer with other load.
CLOCK: list[Callable[[], float]] = [time.perf_counter]


@dataclass(frozen=True)
class Figure:
    """The cost of a page: queries, milliseconds, milliseconds of processor time, kilobytes of the answer.

    `slow_ms` is the 95th percentile of the time.
    """

    status: int
    queries: int = 0
    ms: float = 0.0
    cpu: float = 0.0
    kb: float = 0.0
    sql: tuple[str, ...] = ()
    slow_ms: float = 0.0

    def cells(self) -> tuple[str, ...]:
        """Time, processor time and size as the columns of `COLUMNS`."""
        return f"{self.ms:.0f}", f"{self.cpu:.0f}", f"{self.kb:.0f}"

    def faults(self, name: str) -> list[str]:
        """Return the limits that the page called `name` exceeds."""
        start, rows = _is_start(name), _is_list(name)
        found = (
            ("SLOW", self.ms > PAGE_MS),
            ("CPU", (rows and self.cpu > LIST_CPU_MS) or (start and self.cpu > START_CPU_MS)),
            ("QUERIES", start and self.queries > START_QUERIES),
            ("LARGE", self.kb > PAGE_KB),
        )
        return [fault for fault, there in found if there]


#: Headings of `Figure.cells`.
COLUMNS = ("ms", "cpu", "kB")
#: Lists of 50 rows, by the name of their page. The rows of an uploaded list are excluded: 20 are on a page, which
#: counts the remarks of up to 1,000 and, once for a version of the list, the missing fields of the cards.
_LISTS = {
    "members:list",
    "documents:consents",
    "organizations:journal",
    "organizations:tree",
    "organizations:renames",
    "applications:list",
    "accounts:list",
    "accounts:add_many",
    "jobs:list",
    "moves:list",
    "moves:erasing",
    "moves:destruction_records",
    "meetings:list",
    "meetings:queue",
    "meetings:appeals",
    "imports:list",
    "imports:detail",
    "cells:book",
    "cells:on_day",
    "cells:reminders",
    "cells:proposals",
    "cells:settled_proposals",
    "cells:reconciliations",
    "members:dues",
    "members:papers",
    "members:places",
    "documents:print",
}


def _is_start(name: str) -> bool:
    return name.split(": ")[-1] == "start"


def _is_list(name: str) -> bool:
    return name.split(": ")[-1].partition(",")[0].partition(" ")[0] in _LISTS


def browser(actor: Actor) -> Client:
    """Return a client signed in as the actor, with the memory of a web server's worker."""
    settle_memory()
    client = Client(raise_request_exception=False)
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def page(client: Client, address: str, repeats: int) -> Figure:
    """Request the page several times; return the median time and the minimum processor time.

    The first request, which loads the templates, does not count.
    """
    answer = client.get(address)
    if answer.status_code == 303:
        # Search words are in no address.
        address = answer.headers["Location"]
        answer = client.get(address)
    if answer.status_code != 200:
        return Figure(answer.status_code)
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    sql = tuple(query["sql"] for query in captured.captured_queries)
    times, processor = [], []
    for _ in range(repeats):
        cache.clear()
        begin = time.process_time()
        times.append(timed(lambda: client.get(address))[0] * 1000)
        processor.append((time.process_time() - begin) * 1000)
    # A file is sent in pieces; only content in memory is a page.
    size = 0 if answer.streaming else len(answer.content) / 1024
    # Others share the processor's caches, so only delays of the page itself are added to its minimum time.
    return Figure(200, len(sql), statistics.median(times), min(processor), size, sql, slow(times))


def slow(times: Sequence[float]) -> float:
    """Return the 95th percentile of the time."""
    return sorted(times)[math.ceil(len(times) * 0.95) - 1]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that the work took, and its result."""
    begin = CLOCK[0]()
    answer = work()
    return CLOCK[0]() - begin, answer


def apart(module: str, function: str, *arguments: Any) -> Any:
    """Return the function's result from a separate process. Raises `ChildProcessError` if it fails."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    with receiver:
        process = context.Process(target=_called, args=(sender, module, function, *arguments))
        process.start()
        sender.close()
        try:
            found = receiver.recv()
        except EOFError:
            found = None
        process.join()
    if process.exitcode:
        raise ChildProcessError(function)
    return found


def _called(sender: Connection, module: str, function: str, *arguments: Any) -> None:
    django.setup()
    sender.send(getattr(import_module(module), function)(*arguments))


def say(text: str = "") -> None:
    """Print one line of the report."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print the rows in columns, the first one left-aligned and the figures right-aligned."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(heads), *texts]) for i in range(len(heads))]
    for row in [list(heads), ["-" * width for width in widths], *texts]:
        first, *rest = row
        say("  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))]))
