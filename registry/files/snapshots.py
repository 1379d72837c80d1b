"""Records in the database that a backup reads the files of a bucket, because a bucket cannot be locked like a
directory.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Q
from django.utils import timezone

from registry.repeating import repeated

from .models import FileStore

#: Time after which a silent backup no longer counts, and the interval of its signs of life.
READ_FOR, READS_AGAIN_SECONDS = dt.timedelta(minutes=3), 30.0
_WAIT_SECONDS = 1.0


def is_being_read() -> bool:
    """Return whether a backup reads the files of a bucket; files discarded meanwhile are deleted afterwards.

    Call it after the commit: a snapshot that still has the row was taken after the backup was recorded.
    """
    return FileStore.objects.filter(read_until__gt=timezone.now()).exists()


@contextmanager
def being_read() -> Iterator[None]:
    """Record that a backup reads within the block; waits while another one does."""
    FileStore.objects.get_or_create(only=True)
    while not _begin():
        time.sleep(_WAIT_SECONDS)
    try:
        with repeated(_say, seconds=READS_AGAIN_SECONDS, failed="the backup could not say that it reads"):
            yield
    finally:
        FileStore.objects.update(read_until=None)


def _say() -> bool:
    FileStore.objects.update(read_until=timezone.now() + READ_FOR)
    return True


def _begin() -> bool:
    now = timezone.now()
    free = FileStore.objects.filter(Q(read_until=None) | Q(read_until__lte=now))
    return bool(free.update(read_until=now + READ_FOR))
