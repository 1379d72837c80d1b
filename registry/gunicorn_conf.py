"""Settings of the web server: gunicorn --config python:registry.gunicorn_conf registry.wsgi."""

import gc
import os
import shutil
import tempfile
from typing import Any

from registry.environment import load_environment

load_environment()
# The settings use it: threads of web processes may share connections to the database.
os.environ["REGISTRY_WEB"] = "on"
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Enough for uploading 10 MB over a slow line or printing some pages; the worker does longer work.
timeout = 60
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
# Without the query string: search terms are personal data and must not be logged.
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
accesslog = "-" if os.environ.get("ACCESS_LOG") else None


def settle_memory() -> None:
    """Exclude the objects loaded at the start from garbage collection, and collect the others less often.

    A page makes some 100,000 short-lived objects, which by default cause collections of everything that is loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def post_worker_init(worker: Any) -> None:
    """Gunicorn hook: a worker has loaded the application."""
    from registry.management.running import lock_installation  # noqa: PLC0415 - needs the settings, which are loaded by now

    lock_installation()
    settle_memory()


#: Path of the directory in which the processes share their counts for `/metrics`.
COUNTS = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(server: Any) -> None:
    """Gunicorn hook: at the start; counts begin at zero in a new directory."""
    os.environ[COUNTS] = tempfile.mkdtemp(prefix="registry-counts-")


def child_exit(server: Any, worker: Any) -> None:
    """Gunicorn hook: a worker has ended; keep its counters and drop its gauges."""
    # Once imported, the library does not check again whether processes share their counts.
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Gunicorn hook: at the end."""
    shutil.rmtree(os.environ[COUNTS], ignore_errors=True)
