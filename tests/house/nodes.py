"""Starts a print on one node, kills its worker, and lets another node's worker finish it; run as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import django

PEOPLE = 60


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until the function returns true. Raises `TimeoutError` if that takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def worker(var: str) -> subprocess.Popen[bytes]:
    """Start the worker of the node with this directory."""
    command = [sys.executable, "manage.py", "worker", "--interval", "0.1"]
    return subprocess.Popen(
        command, env=os.environ | {"REGISTRY_VAR": var}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def main(first_var: str, second_var: str) -> dict[str, object]:
    """Print with one node's worker, kill it, and finish with the other's; return the job and the login of its owner."""
    from registry.enums import Level
    from registry.jobs.models import Job
    from registry.jobs.queue import STALE_AFTER, start_job
    from tests.registry import trees

    keeper = trees.below(trees.head("voi"), Level.LOCAL, "Заречная МО ВОИ")
    ids = [member.pk for member in trees.members(keeper, PEOPLE)]
    chair = trees.officer(keeper)
    pk = start_job("documents.print", {"form": "application", "ids": ids}, by=chair).pk

    def job() -> Job:
        return Job.objects.get(pk=pk)

    first = worker(first_var)
    try:
        wait_until(lambda: job().done > 0)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    killed = job()
    # A minute without a heartbeat.
    Job.objects.filter(pk=pk).update(heartbeat_at=killed.heartbeat_at - STALE_AFTER)  # type: ignore[operator]
    second = worker(second_var)
    try:
        wait_until(lambda: job().state not in {"queued", "running"})
    finally:
        second.terminate()
        second.wait(timeout=30)
    done = job()
    assert chair.account is not None
    return {
        "parts_of_the_first": len(killed.checkpoint.get("parts", [])),
        "state": done.state,
        "attempts": done.attempts,
        "people": done.summary.get("people"),
        "job": str(pk),
        "size": done.result.size if done.result else 0,
        "login": chair.account.login,
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
