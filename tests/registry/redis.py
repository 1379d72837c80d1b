"""A Redis server on this computer, without storage on disk."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the server on a Unix socket; yield its CACHE_URL."""
    program = shutil.which("redis-server")
    assert program is not None, "apt-get install redis-server"
    # Paths of sockets have to be short.
    socket = Path("/tmp") / f"registry-{tmp_path_factory.getbasetemp().parent.name}-{time.monotonic_ns()}.redis"
    command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--daemonize", "no"]
    server = subprocess.Popen([*command, "--dir", "/tmp"], stdout=subprocess.DEVNULL)
    try:
        for _attempt in range(200):
            if socket.exists():
                break
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        socket.unlink(missing_ok=True)
