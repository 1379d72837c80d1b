"""`manage.py worker`: does the background jobs and puts back those of workers that died."""

import threading
import time
from typing import Any

from django.db import close_old_connections
from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from ...jobs import queue as jobs

SWEEP_SECONDS = 20


def _sweep_for_ever() -> None:
    while True:
        close_old_connections()
        try:
            jobs.sweep()
        except Exception as error:  # noqa: BLE001 - the sweeper outlives a database that is restarted
            jobs.logger.warning("sweep failed: %s", type(error).__name__)
        time.sleep(SWEEP_SECONDS)


class Command(DatabaseWorker):
    """The worker of django-tasks with the sweeper beside it."""

    help = "Run the job worker."

    def handle(self, **options: Any) -> None:
        threading.Thread(target=_sweep_for_ever, daemon=True).start()
        super().handle(**options)
