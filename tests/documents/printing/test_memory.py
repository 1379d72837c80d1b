"""The memory of a print does not grow with the number of its sheets (issue G)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from documents.printing.models import PrintRecord
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: Sheets of the smaller and of the larger print, and the maximum difference of their memory in megabytes: about
#: a tenth of a megabyte per sheet.
FEW, MANY, GROWTH = 200, 600, 45


def peak(work: Callable[[], None]) -> float:
    """Do the work in a separate process; return its peak memory in megabytes."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            lines = Path("/proc/self/status").read_text().splitlines()
            os.write(writing, next(line.split()[1] for line in lines if line.startswith("VmHWM:")).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return int(found) / 1024


def test_six_hundred_cards_take_no_more_memory_than_two_hundred(run_jobs: Callable[[], None], settings: Any) -> None:
    settings.PRINT_PROCESSES = 1
    voi = places.voi()
    ids = [member.pk for member in trees.members(voi.keeper, MANY, confirmed_duplicate=True)]

    def printing(count: int) -> Callable[[], None]:
        def run() -> None:
            params = {"form": "member_card", "ids": ids[:count], "by_hand": True}
            job = start_job("documents.print", params, by=voi.chair)
            run_jobs()
            assert Job.objects.get(pk=job.pk).summary["people"] == count
            assert PrintRecord.objects.filter(job_id=job.pk).count() == count

        return run

    few, many = peak(printing(FEW)), peak(printing(MANY))
    assert many - few < GROWTH, f"{few:.0f} MB for {FEW} sheets, {many:.0f} for {MANY}"
