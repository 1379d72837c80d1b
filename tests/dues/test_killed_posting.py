"""A process killed during a posting leaves nothing, and the next one posts everything (real processes)."""

import json
import signal
import subprocess
import sys

import pytest

from tests.installation import ROOT, Installation


@pytest.mark.postgresql
def test_n_d1_a_posting_that_is_killed_leaves_nothing_and_is_done_whole_again(installation: Installation) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.dues.killed_posting"],
        cwd=ROOT, env=installation.env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told == {
        name: {"signal": signal.SIGKILL, "left": 0, "wrong": [], "posted": True}
        for name in ("register", "sure lines", "payroll list", "distribution")
    }
