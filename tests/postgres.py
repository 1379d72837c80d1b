"""Runs a command with DATABASE_URL pointing to a throwaway PostgreSQL cluster: `python tests/postgres.py COMMAND …`.

The cluster is in a temporary directory, listens only on a Unix socket there, and is removed when the command ends, also
after a failure or a signal. As root, the server runs as the user postgres, because PostgreSQL refuses root.
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
# The user running the suite is the superuser: it is libpq's default for addresses without a user.
NAME = pwd.getpwuid(os.geteuid()).pw_name
# The data are deleted after the run, so they need not be flushed to disk.
FAST = [
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
    "max_wal_size=1GB", "shared_buffers=512MB", "autovacuum=off", "jit=off", "max_connections=60",
    # Each process of the suite restores a registry in one transaction, which locks every table and index.
    "max_locks_per_transaction=256",
]  # fmt: skip


def find(program: str) -> str:
    """Return the path of the program in the newest PostgreSQL installed; Debian does not put the server in PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda p: float(p.parts[-3]))
    found = str(installed[-1]) if installed else shutil.which(program)
    if not found:
        sys.exit(f"{program} is missing: apt-get install postgresql-15")
    return found


class Server:
    """A cluster in a separate directory, which can be stopped and restarted."""

    def __init__(self, root: Path | None = None, *options: str) -> None:
        self.root = root or Path(tempfile.mkdtemp(prefix="registry-pg-"))
        self.url = f"postgres:///{self.root}/postgres"
        self._options = [f"unix_socket_directories={self.root}", "listen_addresses=", "logging_collector=off", *FAST]
        # Later options override earlier ones.
        self._options += options
        self.port = next((option[5:] for option in options if option.startswith("port=")), "5432")
        self._who: dict[str, object] = {"cwd": self.root}
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.root, user.pw_uid, user.pw_gid)
            self._who |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def create(self) -> None:
        """Create the cluster."""
        self.run(
            "initdb", f"--username={NAME}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
            f"--pgdata={self.root / 'data'}",
        )  # fmt: skip

    def run(self, program: str, *arguments: str) -> None:
        """Run a PostgreSQL program as the server's user."""
        command = [find(program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._who)  # type: ignore[call-overload]

    def start(self) -> None:
        """Start the server and wait until it accepts connections."""
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
        """Return whether a server accepts connections in the directory."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self) -> psycopg.Connection[Any]:
        """Connect as the superuser."""
        return psycopg.connect(host=str(self.root), port=self.port, user=NAME, dbname="postgres", autocommit=True)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Close all connections and stop the server, as a system restart does; SIGQUIT simulates a crash."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(number)  # SIGINT is PostgreSQL's fast shutdown
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)


@contextmanager
def server() -> Iterator[Server]:
    """Yield a running cluster, and remove it afterwards."""
    made = Server()
    try:
        made.create()
        made.start()
        yield made
    finally:
        made.remove()


@contextmanager
def kept(directory: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of a running cluster whose data remain in the directory for the next run.

    If a server is already running there, it is used and left running.
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
    """Yield the DATABASE_URL of a running cluster, and remove the cluster afterwards."""
    with server() as made:
        yield made.url


def main(command: list[str]) -> int:
    """Run the command with a cluster; return its exit status."""
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
