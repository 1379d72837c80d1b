"""The command `worker`: runs background jobs, reserving a place for short ones, and requeues those of dead workers."""

import threading
import time
import uuid
from typing import Any

from django.db import Error, close_old_connections, connections
from django_tasks_db.management.commands import db_worker

from ...errors import lost_database
from ...jobs import queue as jobs
from ...jobs.enums import Lane
from ...jobs.kinds import steps_remain
from ...upkeep.transitions import sign_of_worker
from ..running import lock_installation

SWEEP_SECONDS = 20
#: Seconds between attempts to reach a database that does not answer.
RETRY_SECONDS = 3
#: Seconds for which a short job may continue when the worker is stopped.
GRACE_SECONDS = 8


class PatientWorker(db_worker.Worker):
    """The worker of django-tasks, waiting while the database restarts."""

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


# The command below refers to its worker by this name.
db_worker.Worker = PatientWorker  # type: ignore[misc]


def _sweep_forever() -> None:
    number = uuid.uuid4().hex
    while True:
        close_old_connections()
        try:
            sign_of_worker(number)
            jobs.sweep()
        except Exception as error:  # noqa: BLE001 - the sweeper outlives a database that is restarted
            jobs.logger.warning("sweep failed: %s", type(error).__name__)
        if not steps_remain():
            time.sleep(SWEEP_SECONDS)


def _serve_short(options: dict[str, Any]) -> tuple[PatientWorker, threading.Thread]:
    """Start a thread that runs only short jobs, so that they never wait behind a long one."""
    worker = PatientWorker(
        queue_names=[Lane.SHORT.value],
        interval=options["interval"],
        batch=False,
        backend_name=options["backend_name"],
        startup_delay=options["startup_delay"],
        max_tasks=None,
        worker_id=f"{options['worker_id'][:58]}-short",
        excluded_queue_names=[],
    )
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    return worker, thread


class Command(db_worker.Command):
    """The worker of django-tasks for long jobs, with the short ones and our sweeper in threads.

    With `--batch` or `--max-tasks` it runs both kinds one after the other.
    """

    help = "Run the job worker."

    def handle(self, **options: Any) -> None:
        lock_installation()
        threading.Thread(target=_sweep_forever, daemon=True).start()
        if options["batch"] or options["max_tasks"] is not None:
            super().handle(**options | {"queue_name": ",".join(Lane.values)})
            return
        short, thread = _serve_short(options)
        try:
            super().handle(**options)
        finally:
            short.running = False
            if short.running_task:
                thread.join(GRACE_SECONDS)
