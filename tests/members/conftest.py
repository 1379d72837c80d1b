"""Fixtures for tests of people."""

from collections.abc import Callable

import pytest

from registry.jobs import queue as jobs
from registry.jobs.models import Job


@pytest.fixture
def run_jobs(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Run the waiting jobs as the worker would; an error in a job fails the test."""
    monkeypatch.setattr(jobs, "_RAISE", True)

    def run() -> None:
        for job in Job.objects.filter(state="queued").order_by("created_at"):
            jobs.run_job.call(str(job.pk))

    return run
