"""The command `worker`: runs background jobs and requeues those of dead workers."""

import threading
import time
from typing import Any

from django.db import Error, close_old_connections, connections
from django_tasks_db.management.commands import db_worker

from ...errors import lost_database
from ...jobs import queue as jobs

SWEEP_SECONDS = 20
#: Seconds between attempts to reach a database that does not answer.
RETRY_SECONDS = 3


class PatientWorker(db_worker.Worker):
    """The worker of django-tasks; it waits while the database restarts."""

    def run(self) -> None:
        while True:
            try:
                super().run()
            except Error as error:
                if not lost_database(error):
                    raise
                jobs.logger.warning("the database does not answer: %s", type(error).__name__)
                connections.close_all()
            else:
                return
            if not self.running:
                return
            time.sleep(RETRY_SECONDS)


# The command below names its worker by this name.
db_worker.Worker = PatientWorker  # type: ignore[misc]


def _sweep_forever() -> None:
    while True:
        close_old_connections()
        try:
            jobs.sweep()
        except Exception as error:  # noqa: BLE001 - the sweeper outlives a database that is restarted
            jobs.logger.warning("sweep failed: %s", type(error).__name__)
        time.sleep(SWEEP_SECONDS)


class Command(db_worker.Command):
    """The worker of django-tasks with our sweeper in a thread."""

    help = "Run the job worker."

    def handle(self, **options: Any) -> None:
        threading.Thread(target=_sweep_forever, daemon=True).start()
        super().handle(**options)
