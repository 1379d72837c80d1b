"""Web servers and workers lock the installation's directory, so that nothing is restored under them.

The system releases the lock when a process dies. A database connection would not do: an idle server has none.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError

_held: list[int] = []


def lock_installation() -> None:
    """Lock the directory for the life of this process; waits while something is restored."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    directory = os.open(settings.VAR_DIR, os.O_RDONLY)
    fcntl.flock(directory, fcntl.LOCK_SH)
    _held.append(directory)


@contextmanager
def keeping_others_waiting() -> Iterator[None]:
    """Keep servers and workers waiting within the block. Raises `CommandError` if one runs."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    directory = os.open(settings.VAR_DIR, os.O_RDONLY)
    try:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                "A web server or a worker of this registry is running, or another restore. Stop the services first; "
                "nothing was changed."
            ) from None
        yield
    finally:
        os.close(directory)
