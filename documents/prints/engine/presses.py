"""Several layout engines side by side, each in a process of its own: one of them uses no more than one core."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing
from itertools import chain, islice
from multiprocessing import Pipe

from .sheets import ROOT, Sheets


class PressStopped(Exception):
    """A process that laid out was ended from outside, as where memory ran out."""


def lay_out_all(parts: Iterable[Sheets], processes: int) -> Generator[bytes, None, None]:
    """The PDF of each part in their order, by so many processes; a single part is laid out in this one.

    Parts are asked for while those before them are laid out, `processes` of them ahead. Raises `PressStopped`.
    """
    rest = iter(parts)
    first = list(islice(rest, 2)) if processes > 1 else []
    if len(first) < 2:
        # WeasyPrint takes half a second to load, so it is loaded where something is laid out (ADR 7).
        from .layout import lay_out  # noqa: PLC0415

        yield from map(lay_out, chain(first, rest))
        return
    with ExitStack() as stack:
        # In the order of the parts, which take about the same time.
        busy: deque[_Press] = deque()
        for sheets in chain(first, rest):
            if len(busy) < processes:
                busy.append(stack.enter_context(closing(_Press())))
                busy[-1].begin(sheets)
            else:
                busy.append(busy.popleft())
                pdf = busy[-1].answer()
                busy[-1].begin(sheets)
                yield pdf
        for press in busy:
            yield press.answer()


class _Press:
    """A process with a layout engine, for one part at a time; it ends with its owner, also where that one is killed.

    It is a new interpreter and inherits neither the connection to the database nor a thread. Its session is its own:
    Ctrl-C and the signals of `manage.py serve` are for its owner, who may want to end his chunk first.
    """

    def __init__(self) -> None:
        self._pipe, theirs = Pipe()
        with closing(theirs):
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "documents.prints.engine", str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def begin(self, sheets: Sheets) -> None:
        try:
            self._pipe.send(sheets)
        except OSError as error:
            raise PressStopped from error

    def answer(self) -> bytes:
        """The PDF of what was begun; the error of the engine is raised here."""
        try:
            answer: bytes | BaseException = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise PressStopped from error
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """There is nothing in it that is worth waiting for."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()
