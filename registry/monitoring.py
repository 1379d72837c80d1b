"""Condition of the installation for `/healthz`: only figures, no personal data."""

import datetime as dt
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.db import Error, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from .errors import FontsMissing

PAPER_FONT = "PT Serif"
#: Difference between the clocks of two computers above which one of them is wrong.
MAX_AHEAD = dt.timedelta(minutes=2)
_font_until = 0.0


@dataclass(frozen=True)
class Condition:
    """Waiting time of the oldest job in seconds and free disk space in MB; None if it could not be determined.

    Also whether files can be stored, the font of papers is installed, and the clock is not behind the newest event.
    """

    database: bool
    queue_seconds: int | None
    free_mb: int | None
    files: bool
    fonts: bool
    clock: bool | None

    @property
    def queue(self) -> bool:
        """Return whether jobs are being processed; False if the queue cannot be read."""
        return self.queue_seconds is not None and self.queue_seconds <= settings.MONITOR_QUEUE_SECONDS

    @property
    def disk(self) -> bool:
        """Return whether there is enough disk space for files and exports."""
        return self.free_mb is not None and self.free_mb >= settings.MONITOR_FREE_MB

    @property
    def ok(self) -> bool:
        """Return whether everything is well."""
        return all((self.database, self.queue, self.disk, self.files, self.fonts, self.clock))


def measure() -> Condition:
    """Measure the condition of the database, the disk, the fonts and the clock."""
    free, files, fonts = _free_mb(), _is_writable(), has_paper_font()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        waited, clock = _queue_seconds(), _clock_is_right()
    except Error:
        return Condition(False, None, free, files, fonts, None)
    return Condition(True, waited, free, files, fonts, clock)


def _queue_seconds() -> int:
    oldest = DBTaskResult.objects.ready().order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    return max(0, int((timezone.now() - oldest).total_seconds())) if oldest else 0


def _store() -> Any:
    """Return the store of files, which belongs to a higher package (`registry.files.stores`)."""
    return storages["files"]


def _free_mb() -> int | None:
    """Return the free space for files, or for temporary files before their upload to a bucket."""
    found: int | None = _store().free_mb()
    return found


def _is_writable() -> bool:
    """Return whether a file can be stored now in the directory or bucket."""
    try:
        _store().probe()
    except OSError:
        return False
    return True


def _clock_is_right() -> bool:
    """Return whether the newest event is not in the future, which means that the clock was set back."""
    newest = apps.get_model("registry", "Event").objects.order_by("-pk").values_list("at", flat=True).first()
    return newest is None or newest <= timezone.now() + MAX_AHEAD


def has_paper_font() -> bool:
    """Return whether the font of the papers is installed; checked each time until it is, and then once an hour."""
    global _font_until
    if time.monotonic() < _font_until:
        return True
    program = shutil.which("fc-list")
    command = [program or "", PAPER_FONT, "family"]
    found = bool(program) and subprocess.run(command, capture_output=True, timeout=20, check=False).stdout.strip()  # noqa: S603
    _font_until = time.monotonic() + 3600 if found else 0.0
    return bool(found)


def check_fonts() -> None:
    """Raise `FontsMissing` without the font of the papers, before a paper is made with another font."""
    if not has_paper_font():
        raise FontsMissing
