"""Run as a separate process: kills a worker during a long print, starts the next one and reports the outcome."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

PEOPLE = 80
#: A worker that lays out one sheet at a time, so that it can be killed between two sheets.
_WORKER = """
import django
django.setup()
from django.core.management import call_command
from documents.printing import jobs
jobs.MAX_PEOPLE_PER_PART = 1
call_command("worker", interval=0.1)
"""


def worker() -> subprocess.Popen[bytes]:
    """Start a real worker, which prints in small parts."""
    return subprocess.Popen([sys.executable, "-c", _WORKER], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def render_workers(pid: int) -> list[int]:
    """Return the child processes that lay out for the process."""
    # A worker runs short jobs in a separate thread, and child processes belong to threads.
    children = [
        child for one in Path(f"/proc/{pid}/task").iterdir() for child in (one / "children").read_text().split()
    ]
    return [
        int(child) for child in children if b"documents.printing.engine" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def works(pid: int) -> bool:
    """Return whether the process is still running."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until the condition is true. Raises `TimeoutError` after the seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def main() -> dict[str, Any]:
    """Print, kill the worker, run a second one and return what was recorded."""
    from pypdf import PdfReader

    from documents.printing.models import PrintRecord
    from registry.enums import Level
    from registry.files import storage
    from registry.files.models import StoredFile
    from registry.jobs.models import Job
    from registry.jobs.queue import STALE_AFTER, start_job
    from tests.registry import trees

    keeper = trees.below(trees.head("voi"), Level.LOCAL, "Заречная МО ВОИ")
    ids = [member.pk for member in trees.members(keeper, PEOPLE)]
    chair = trees.officer(keeper)
    pk = start_job("documents.print", {"form": "application", "ids": ids}, by=chair).pk

    def job() -> Job:
        return Job.objects.get(pk=pk)

    first = worker()
    try:
        wait_until(lambda: job().done > 0)
        # Wait until the next chunk has begun.
        time.sleep(0.3)
        helpers = render_workers(first.pid)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    killed = job()
    # No layout process survives its worker.
    wait_until(lambda: not any(works(pid) for pid in helpers))
    recorded = PrintRecord.objects.filter(job=pk).count()
    at_death = {"state": killed.state, "done": killed.done, "recorded": recorded, "workers": len(helpers)}
    # As if the worker had not responded for a minute.
    Job.objects.filter(pk=pk).update(heartbeat_at=killed.heartbeat_at - STALE_AFTER)  # type: ignore[operator]
    second = worker()
    try:
        wait_until(lambda: job().state not in {"queued", "running"})
    finally:
        second.terminate()
        second.wait(timeout=30)
    done = job()
    assert done.result is not None
    pdf = PdfReader(io.BytesIO(storage.read(done.result)))
    names = [found.group(1) for page in pdf.pages if (found := re.search(r"Я, (\w+)", page.extract_text()))]
    wanted = [member.surname for member in sorted(keeper.members.all(), key=lambda row: ids.index(row.pk))]
    return {
        "at_death": at_death,
        "state": done.state,
        "attempts": done.attempts,
        "people": done.summary["people"],
        "each_once_in_order": names == wanted,
        "recorded": sorted(PrintRecord.objects.filter(job=pk).values_list("member_id", flat=True)) == sorted(ids),
        "files": StoredFile.objects.count(),
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main()))
