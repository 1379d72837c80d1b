"""Condition of the installation for `/healthz`: figures only, no personal data."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult


@dataclass(frozen=True)
class Condition:
    """Waiting time of the oldest job in seconds and free disk space in MB; None if it could not be determined."""

    database: bool
    queue_seconds: int | None
    free_mb: int | None

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
        """Return whether database, queue and disk are all well."""
        return self.database and self.queue and self.disk


def measure() -> Condition:
    """Measure the condition of the database and the disk."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        waited = _queue_seconds()
    except Error:
        return Condition(database=False, queue_seconds=None, free_mb=_free_mb())
    return Condition(database=True, queue_seconds=waited, free_mb=_free_mb())


def _queue_seconds() -> int:
    oldest = DBTaskResult.objects.ready().order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    return max(0, int((timezone.now() - oldest).total_seconds())) if oldest else 0


def _free_mb() -> int | None:
    """Return the free space of the files' directory, or of its nearest existing parent."""
    root = Path(settings.FILES_ROOT).absolute()
    try:
        return shutil.disk_usage(next(path for path in [root, *root.parents] if path.exists())).free // 2**20
    except OSError:
        return None
