"""Signs of life: given by the worker and the backup, forgotten when the worker is gone for long."""

import datetime as dt

from django.utils import timezone

from .models import SignOfLife
from .rules import BACKUP, WORKER

#: How long the sign of a worker that has ended is kept.
WORKER_KEPT = dt.timedelta(days=1)


def sign_of_worker(worker_id: str) -> None:
    """Record that the worker runs now; signs of workers that ended long ago are deleted."""
    now = timezone.now()
    _sign(f"{WORKER}{worker_id}", now)
    SignOfLife.objects.filter(name__startswith=WORKER, at__lt=now - WORKER_KEPT).delete()


def sign_of_backup(made_at: dt.datetime) -> None:
    """Record that a backup of the moment was written whole."""
    _sign(BACKUP, made_at)


def _sign(name: str, at: dt.datetime) -> None:
    SignOfLife.objects.update_or_create(name=name[:80], defaults={"at": at})
