"""A worker is killed during a long print, and the next one continues from there (real processes, kill -9)."""

import json
import subprocess
import sys

from tests.documents.printing.killed_worker import PEOPLE
from tests.installation import ROOT, Installation


def test_a_print_whose_worker_was_killed_is_finished_by_the_next_without_doubles_or_gaps(
    installation: Installation,
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.documents.printing.killed_worker"],
        cwd=ROOT,
        env=installation.env | {"PRINT_PROCESSES": "2"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    at_death = told.pop("at_death")
    assert at_death["state"] == "running"
    assert 0 < at_death["done"] < PEOPLE
    # Prints are recorded together with the result, so there are no records without a paper.
    assert at_death["recorded"] == 0
    assert at_death["workers"] == 2
    assert told == {
        "state": "done",
        "attempts": 2,
        "people": PEOPLE,
        "each_once_in_order": True,
        "recorded": True,
        "files": 1,
    }
