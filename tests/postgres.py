"""Runs a command with DATABASE_URL pointing to a throwaway PostgreSQL cluster: `python tests/postgres.py COMMAND …`.

The cluster lives in a temporary directory, listens on a Unix socket in it alone, and ends with the command,
however that ends. As root it runs as the user postgres, because PostgreSQL refuses root.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 60
# Who runs the suite is the superuser in the cluster, as libpq expects where an address names nobody.
NAME = pwd.getpwuid(os.geteuid()).pw_name
# Nothing of it outlives the run, so nothing need reach the disk.
FAST = [
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
    "max_wal_size=1GB", "shared_buffers=512MB", "autovacuum=off", "jit=off", "max_connections=60",
    # Each process of the suite restores a registry in one transaction, which locks every table and index.
    "max_locks_per_transaction=256",
]  # fmt: skip


def find(program: str) -> str:
    """The newest installed PostgreSQL's program; Debian keeps servers off the PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda p: float(p.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which(program)
    if not found:
        sys.exit(f"{program} is missing: apt-get install postgresql-15")
    return found


class Server:
    """A cluster in a directory of its own, which can be stopped and started again."""

    def __init__(self, root: Path | None = None, *options: str) -> None:
        self.root = root or Path(tempfile.mkdtemp(prefix="registry-pg-"))
        self.url = f"postgres:///{self.root}/postgres"
        self._options = [f"unix_socket_directories={self.root}", "listen_addresses=", "logging_collector=off", *FAST]
        # Later ones count.
        self._options += options
        self.port = next((option[5:] for option in options if option.startswith("port=")), "5432")
        self._who: dict[str, object] = {"cwd": self.root}
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.root, user.pw_uid, user.pw_gid)
            self._who |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def create(self) -> None:
        """Make the cluster."""
        self.run(
            "initdb", f"--username={NAME}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
            f"--pgdata={self.root / 'data'}",
        )  # fmt: skip

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL as the user of the server."""
        command = [find(program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._who)  # type: ignore[call-overload]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.root / "log").open("ab") as log:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                [
                    find("postgres"),
                    "-D",
                    str(self.root / "data"),
                    *(part for option in self._options for part in ("-c", option)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the suite first; the server is ended below
                **self._who,
            )
        end = time.monotonic() + START_SECONDS
        while True:
            if self.answers():
                return
            if self._process.poll() is not None or time.monotonic() > end:
                sys.exit(f"PostgreSQL did not start:\n{(self.root / 'log').read_text(errors='replace')}")
            time.sleep(0.1)

    def answers(self) -> bool:
        """Return whether a server listens in the directory."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of the superuser."""
        return psycopg.connect(host=str(self.root), port=self.port, user=NAME, dbname="postgres", autocommit=True)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End every connection and stop, as a restart by the system does; with SIGQUIT as if it had crashed."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(number)  # SIGINT is PostgreSQL's quick way to stop
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        """Stop, and delete what it stored."""
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)


@contextmanager
def server() -> Iterator[Server]:
    """A running cluster; it is gone afterwards."""
    made = Server()
    try:
        made.create()
        made.start()
        yield made
    finally:
        made.remove()


@contextmanager
def kept(directory: Path) -> Iterator[str]:
    """A running cluster's DATABASE_URL; its data stay in the directory and are there again the next time.

    One that runs already is taken as it is, and runs on.
    """
    directory.mkdir(parents=True, exist_ok=True)
    made = Server(directory)
    if made.answers():
        yield made.url
        return
    try:
        if not (directory / "data").exists():
            made.create()
        made.start()
        yield made.url
    finally:
        made.stop()


@contextmanager
def cluster() -> Iterator[str]:
    """A running cluster's DATABASE_URL; it is gone afterwards."""
    with server() as made:
        yield made.url


def main(command: list[str]) -> int:
    """Run the command beside a cluster; answers its exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    with cluster() as url:
        child = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})
        try:
            return child.wait()
        except KeyboardInterrupt:  # the child got the same Ctrl-C and is tidying up
            return child.wait(30)
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait(30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
