"""Parallel rendering and joining by worker processes, because one process uses only one core."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing
from itertools import chain, islice
from multiprocessing import Pipe

from .sheets import ROOT, Sheets, Volume


class WorkerStopped(Exception):
    """A worker process was killed, for example because memory ran out."""


def work_all(tasks: Iterable[Sheets | Volume], processes: int) -> Generator[bytes, None, None]:
    """Yield the PDF of each task in order: sheets laid out, volumes joined.

    Worker processes do it; a single task is done in this process. Tasks are read up to `processes` ahead of the one
    yielded. Raises `WorkerStopped`.
    """
    rest = iter(tasks)
    first = list(islice(rest, 2)) if processes > 1 else []
    if len(first) < 2:
        yield from map(done, chain(first, rest))
        return
    with ExitStack() as stack:
        # Workers in the order of their tasks, which take about the same time.
        busy: deque[_Worker] = deque()
        for task in chain(first, rest):
            if len(busy) < processes:
                busy.append(stack.enter_context(closing(_Worker())))
                busy[-1].begin(task)
            else:
                busy.append(busy.popleft())
                pdf = busy[-1].result()
                busy[-1].begin(task)
                yield pdf
        for worker in busy:
            yield worker.result()


def done(task: Sheets | Volume) -> bytes:
    """Return the PDF of the task."""
    # WeasyPrint takes half a second to load, so it is imported only when needed (ADR 7).
    if isinstance(task, Volume):
        from .merging import merge  # noqa: PLC0415

        return merge(task.parts, leaves=task.leaves)
    from .layout import lay_out  # noqa: PLC0415

    return lay_out(task)


class _Worker:
    """A process with a layout engine, for one task at a time; it ends with its parent, even if that is killed.

    It is a new interpreter and inherits neither database connections nor threads. It runs in a separate session: Ctrl-C
    and signals of `manage.py serve` go to the parent, which may first finish its chunk.
    """

    def __init__(self) -> None:
        self._pipe, theirs = Pipe()
        with closing(theirs):
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "documents.printing.engine", str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def begin(self, task: Sheets | Volume) -> None:
        try:
            self._pipe.send(task)
        except OSError as error:
            raise WorkerStopped from error

    def result(self) -> bytes:
        """Return the PDF of the task. Raises the error of the layout engine, if any."""
        try:
            received: bytes | BaseException = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise WorkerStopped from error
        if isinstance(received, BaseException):
            raise received
        return received

    def close(self) -> None:
        """Kill the process; unfinished work is discarded."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()
