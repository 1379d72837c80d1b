"""Run as a separate process: kills a process in the middle of a posting's transaction, and posts again."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from .test_any_operations import Steps

POSTINGS: dict[str, Callable[[Steps], None]] = {
    "register": lambda steps: steps.close_register(0, 0),
    "sure lines": lambda steps: steps.post_sure(0, 0),
    "payroll list": lambda steps: steps.post_list(1, 0),
    "distribution": lambda steps: steps.share(0, 1),
}


class Death:
    """Kills the process at the first write to another table after entries of the ledger were inserted."""

    posted = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.posted and sql.startswith(("INSERT", "UPDATE")) and "dues_ledgerentry" not in sql:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = execute(sql, params, many, context)
        self.posted |= sql.startswith('INSERT INTO "dues_ledgerentry"')
        return answer


def killed(path: str, name: str) -> None:
    """Load the steps and start the posting, which kills this process."""
    from django.db import connection

    steps = pickle.loads(Path(path).read_bytes())
    with connection.execute_wrapper(Death()):
        POSTINGS[name](steps)


def main() -> dict[str, Any]:
    """Kill a process in each posting, then post again; return what happened, by the name of the posting."""
    from dues.ledger.models import LedgerEntry

    from .test_any_operations import begin, disagreeing

    steps, told = begin(), {}
    for name, post in POSTINGS.items():
        before = LedgerEntry.objects.count()
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(pickle.dumps(steps))
            command = [sys.executable, "-m", "tests.dues.killed_posting", file.name, name]
            ended = subprocess.run(command, check=False, capture_output=True, timeout=120)
        left, wrong = LedgerEntry.objects.count() - before, disagreeing(steps)
        post(steps)
        several = LedgerEntry.objects.count() - before > 1
        told[name] = {"signal": -ended.returncode, "left": left, "wrong": wrong + disagreeing(steps), "posted": several}
    return told


if __name__ == "__main__":
    django.setup()
    if sys.argv[1:]:
        killed(*sys.argv[1:])
    else:
        sys.stdout.write(json.dumps(main()))
