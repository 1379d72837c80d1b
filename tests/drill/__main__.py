"""`python -m tests.drill [--people N] [--short]`: the drill of an installation, with measured figures.

Installs the package built from this tree next to its own PostgreSQL server with Debian's settings, loads people, backs
up, loses everything, restores, replaces the registry and puts the former one back, rotates keys, kills a node while it
prints, upgrades from the former release and rolls back to it. All files are in a directory that is removed at the end.
Exits with 1 if a step fails. `--short` skips the steps with the former release, which have their own tests.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests import postgres
from tests.drill import nodes, steps
from tests.drill.place import DrillError, Place, Step, measured

#: Settings that the suite's clusters omit or change, with the values that Debian installs.
AS_INSTALLED = (
    "fsync=on", "synchronous_commit=on", "full_page_writes=on", "wal_level=replica", "max_wal_senders=10",
    "shared_buffers=128MB", "autovacuum=on", "jit=on", "max_connections=100", "max_locks_per_transaction=64",
)  # fmt: skip


def main() -> int:
    """Run all steps; the first step that fails ends the drill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000, help="people to load (1000)")
    parser.add_argument("--short", action="store_true", help="without upgrade and step back")
    options = parser.parse_args()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    sys.stdout.write(f"{platform.machine()}, {os.cpu_count()} cores, load {load}; times in seconds\n")
    sys.stdout.write(f"{'step':<34}{'clock':>9}{'processor':>11}  (that of the commands, without PostgreSQL)\n")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    root = Path(tempfile.mkdtemp(prefix="registry-drill-"))
    server = postgres.Server(None, *AS_INSTALLED)
    done: list[Step] = []
    try:
        server.create()
        server.start()
        drill(Place(root, server), done, options.people, short=options.short)
    except DrillError as error:
        sys.stdout.write(f"FAILED  {error}\n")
        return 1
    finally:
        server.stop()
        shutil.rmtree(server.root, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)
    sys.stdout.write(
        f"{'all':<34}{sum(one.seconds for one in done):>9.1f}{sum(one.processor for one in done):>11.1f}\n"
    )
    return 0


def drill(place: Place, done: list[Step], people: int, *, short: bool) -> None:
    """Run the steps. Raises `DrillError` at the first one that fails."""
    with measured("install", done) as step:
        steps.install(place, step)
    with measured("load", done) as step:
        steps.load(place, step, people)
    with measured("back up", done) as step:
        held = steps.back_up(place, step)
    with measured("lose", done) as step:
        steps.lose(place, step)
    with measured("restore", done) as step:
        steps.restore(place, step, held)
    with measured("replace and put back", done) as step:
        steps.put_back(place, step, held)
    with measured("rotate keys", done) as step:
        steps.rotate_keys(place, step)
    with measured("kill a node", done) as step:
        nodes.kill(place, step)
    if short:
        return
    with measured("install the former release", done) as step:
        tree = steps.install_former(place, step, people)
    with measured("upgrade", done) as step:
        steps.upgrade(place, step)
    with measured("roll back", done) as step:
        steps.roll_back(place, step, tree)


if __name__ == "__main__":
    sys.exit(main())
