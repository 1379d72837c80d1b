"""The command `worker`: runs background jobs and requeues those of dead workers."""

import threading
import time
from typing import Any

from django.db import close_old_connections
from django_tasks_db.management.commands.db_worker import Command as DatabaseWorker

from ...jobs import queue as jobs

SWEEP_SECONDS = 20


def _sweep_forever() -> None:
    while True:
        close_old_connections()
        try:
            jobs.sweep()
        except Exception as error:  # noqa: BLE001 - the sweeper outlives a database that is restarted
            jobs.logger.warning("sweep failed: %s", type(error).__name__)
        time.sleep(SWEEP_SECONDS)


class Command(DatabaseWorker):
    """The worker of django-tasks with our sweeper in a thread."""

    help = "Run the job worker."

    def handle(self, **options: Any) -> None:
        threading.Thread(target=_sweep_forever, daemon=True).start()
        super().handle(**options)
