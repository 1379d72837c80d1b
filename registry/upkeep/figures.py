"""Figures of the installation in Prometheus format: numbers and areas of the site, no personal data."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.db import Error as DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from registry import replicas
from registry.monitoring import measure

from .queries import jobs_by_state, seconds_since_backup, seconds_since_worker, waiting_tasks

#: The directory in which processes of a web server share their counts (`registry.gunicorn_conf`).
SHARED = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
#: Counts of this process, or of all processes if they are shared.
_COUNTED = CollectorRegistry()
SECONDS = Histogram(
    "registry_request_seconds", "Time on the server.", ["area", "method"], buckets=_BUCKETS, registry=_COUNTED
)
ANSWERS = Counter("registry_answers", "Answers by status.", ["area", "status"], registry=_COUNTED)


class Condition:
    """Queries the database for the present figures each time it is read."""

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; without the database only that it does not answer."""
        now = measure()
        yield _gauge("database_up", "Whether the database answers.", now.database)
        if now.free_mb is not None:
            yield _gauge("free_bytes", "Free space for files.", now.free_mb * 2**20)
        if not now.database:
            return
        yield _gauge("queue_seconds", "How long the oldest task has waited.", now.queue_seconds or 0)
        try:
            jobs, waiting = jobs_by_state(), waiting_tasks()
            ages = {"worker": seconds_since_worker(), "backup": seconds_since_backup()}
            replica = replicas.standing()
        except DatabaseError:
            return
        yield _gauge("tasks_waiting", "Tasks that no worker has taken up.", waiting)
        found = GaugeMetricFamily("registry_jobs", "Open jobs by state.", labels=["state"])
        for state, count in sorted(jobs.items()):
            found.add_metric([state], count)
        yield found
        if replica is not None:
            yield _gauge("replica_used", "Whether pages that only read are read from the replica.", replica.is_used)
            if replica.lag is not None:
                yield _gauge("replica_lag_seconds", "Time that the replica is behind.", replica.lag)
        for name, seconds in ages.items():
            if seconds is not None:
                yield _gauge(f"{name}_age_seconds", f"Time since the last sign of a {name}.", seconds)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"registry_{name}", words, value=value)


def figures() -> bytes:
    """Return all figures in the text format of Prometheus."""
    counted = _COUNTED
    if os.environ.get(SHARED):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    present = CollectorRegistry()
    present.register(Condition())
    return generate_latest(counted) + generate_latest(present)
