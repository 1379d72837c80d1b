"""Regular signs of life during long work of a process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import Error, connection

_log = logging.getLogger(__name__)


@contextmanager
def repeated(step: Callable[[], bool], *, seconds: float, failed: str) -> Iterator[None]:
    """Call the function every few seconds within the block, in its own thread, until it returns False.

    If the database fails, `failed` is logged and the function is called again. It stops with the process.
    """
    ended = threading.Event()

    def repeat() -> None:
        goes_on = True
        while goes_on and not ended.wait(seconds):
            try:
                goes_on = step()
            except Error as error:
                _log.warning("%s: %s", failed, type(error).__name__)
            finally:
                connection.close()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
