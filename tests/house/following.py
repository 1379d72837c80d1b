"""A PostgreSQL server and a replica that streams from it, both on this computer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.house.test_commands import free_port
from tests.house.test_database_restarts import copy_database
from tests.postgres import NAME, Server

#: Settings of a server that others follow; commits survive a crash of the server, but not of the computer.
FOLLOWED = (
    "wal_level=replica",
    "max_wal_senders=4",
    "shared_buffers=64MB",
    "synchronous_commit=on",
    "listen_addresses=127.0.0.1",
)


@dataclass
class Pair:
    """Both servers, which also listen on TCP ports."""

    primary: Server
    replica: Server

    def url(self, *servers: Server, **query: str) -> str:
        """Return the address of one or several servers in the format of DATABASE_URL."""
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"postgres://{NAME}@{hosts}/postgres" + (f"?{asked}" if asked else "")

    def catch_up(self) -> None:
        """Wait until the replica has replayed everything that the primary server has written."""
        with self.primary.connect() as one, self.replica.connect() as other:
            (written,) = one.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or ("",)
            for _attempt in range(300):
                row = other.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written]).fetchone()
                if row == (True,):
                    return
                time.sleep(0.1)
        raise TimeoutError

    def promote(self) -> None:
        """Promote the replica to a primary server."""
        with self.replica.connect() as other:
            assert other.execute("SELECT pg_promote(true, 60)").fetchone() == (True,)


@contextmanager
def pair(migrated: str) -> Iterator[Pair]:
    """Yield a copy of the suite's migrated database with a replica; both are removed afterwards."""
    primary = Server(None, *FOLLOWED, f"port={free_port()}")
    replica = Server(None, *FOLLOWED, f"port={free_port()}")
    try:
        primary.create()
        primary.start()
        copy_database(migrated, primary)
        replica.run(
            "pg_basebackup", f"--host={primary.root}", f"--port={primary.port}", f"--username={NAME}",
            f"--pgdata={replica.root / 'data'}", "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
            "--wal-method=stream",
        )  # fmt: skip
        replica.start()
        yield Pair(primary, replica)
    finally:
        for server in (replica, primary):
            server.remove()
