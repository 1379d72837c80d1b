"""Signs of life: given by the worker and the backup, deleted when the worker has been gone for long."""

import datetime as dt

from django.utils import timezone

from .models import SignOfLife
from .rules import BACKUP, WORKER

#: How long the sign of an ended worker is kept.
WORKER_KEPT = dt.timedelta(days=1)


def sign_of_worker(worker_id: str) -> None:
    """Record that the worker is running; delete signs of workers that ended long ago."""
    now = timezone.now()
    _sign(f"{WORKER}{worker_id}", now)
    SignOfLife.objects.filter(name__startswith=WORKER, at__lt=now - WORKER_KEPT).delete()


def sign_of_backup(made_at: dt.datetime) -> None:
    """Record that a complete backup of the moment was written."""
    _sign(BACKUP, made_at)


def _sign(name: str, at: dt.datetime) -> None:
    SignOfLife.objects.update_or_create(name=name[:80], defaults={"at": at})
