"""The server during the floods, and the measurements: other people's pages, and memory."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.floods.browser import Browser

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
#: Seconds between two pages of other people, and between two measurements of the memory.
PAGE_SECONDS, MEMORY_SECONDS = 0.3, 0.2


@contextmanager
def serving(processes: int) -> Iterator[tuple[int, list[int]]]:
    """Start the web server with this number of processes, and the worker; yield the port and the process ids."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    web = [
        "-m",
        "gunicorn",
        "--config",
        "python:registry.gunicorn_conf",
        "--bind",
        f"127.0.0.1:{port}",
        "registry.wsgi",
    ]
    env = os.environ | {"WEB_WORKERS": str(processes), "PROXY_COUNT": "1"}
    quiet = subprocess.DEVNULL
    started = [
        subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, start_new_session=True, stdout=quiet, stderr=quiet
        )
        for command in (web, ["manage.py", "worker"])
    ]
    try:
        limit = time.monotonic() + START_SECONDS
        while Browser(port).get("/healthz").status == 0:
            if time.monotonic() > limit:
                sys.exit("the web server does not start")
            time.sleep(0.2)
        yield port, [process.pid for process in started]
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Watch:
    """Requests pages as other people and measures the memory of the processes until it is stopped."""

    def __init__(self, browsers: Sequence[Browser], paths: Sequence[str], leaders: Sequence[int]) -> None:
        self.times: list[float] = []
        self.failed = 0
        self.peak_mb = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=[one, paths]) for one in browsers]
        self._threads.append(threading.Thread(target=self._weigh, args=[list(leaders)]))

    def __enter__(self) -> Watch:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def said(self) -> str:
        """Return the durations of the pages and the memory as text."""
        if not self.times:
            return "no page of others came back"
        middle, worst = statistics.median(self.times), max(self.times)
        failed = f", {self.failed} failed" if self.failed else ""
        pages = f"{len(self.times)} pages of others: median {middle:.2f} s, worst {worst:.2f} s{failed}"
        return f"{pages}; peak {self.peak_mb} MB"

    def _read(self, browser: Browser, paths: Sequence[str]) -> None:
        for path in itertools.cycle(paths):
            if self._over.is_set():
                return
            answer = browser.get(path)
            self.times.append(answer.seconds)
            self.failed += answer.status != 200
            self._over.wait(PAGE_SECONDS)

    def _weigh(self, leaders: list[int]) -> None:
        while not self._over.wait(MEMORY_SECONDS):
            self.peak_mb = max(self.peak_mb, memory_mb(leaders))


def memory_mb(leaders: Sequence[int]) -> int:
    """Return the memory of the processes and all their descendants; shared pages are counted in each process."""
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            sizes[int(entry.name)] = int((entry / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
    ours, more = set(leaders), set(leaders)
    while more:
        more = {pid for pid, parent in parents.items() if parent in more} - ours
        ours |= more
    return sum(sizes.get(pid, 0) for pid in ours) // 2**20
