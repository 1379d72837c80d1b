"""A flood of sign-ins from many addresses does not prevent other sign-ins: two real processes behind a proxy (U-2)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.floods.browser import Browser
from tests.installation import ROOT, Installation

PASSWORD = "сойка клён верстак 51"
ACCOUNT = f"""
import django
django.setup()
from tests.registry import trees
account = trees.officer(trees.below(trees.head("voi"), "regional", "Тульская РО")).account
account.set_password({PASSWORD!r})
account.save()
print(account.login)
"""
#: Number of flooding addresses, and seconds of flooding before another person signs in.
ADDRESSES, BEFORE = 16, 5
#: Maximum seconds of that sign-in; on a busy machine, a hash may take longer than a request waits for its turn.
WITHIN = 60


@contextmanager
def serving(env: dict[str, str]) -> Iterator[int]:
    """Start the web server with two processes; yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    bound = ["--config", "python:registry.gunicorn_conf", "--bind", f"127.0.0.1:{port}", "registry.wsgi"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *bound], cwd=ROOT, start_new_session=True, stdout=quiet, stderr=quiet,
        env=env | {"WEB_WORKERS": "2", "PROXY_COUNT": "1", "ALLOWED_HOSTS": "127.0.0.1", "DEBUG": "off"},
    )  # fmt: skip
    try:
        limit = time.monotonic() + 120
        while Browser(port).get("/healthz").status == 0:
            assert time.monotonic() < limit, "the web server does not start"
            time.sleep(0.2)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


@contextmanager
def flooded(port: int) -> Iterator[list[int]]:
    """Send sign-ins with wrong passwords from many addresses; yield the statuses of the responses."""
    over, answers = threading.Event(), list[int]()

    def flood(number: int) -> None:
        browser = Browser(port, address=f"203.0.113.{number}")
        while not over.is_set():
            answers.append(browser.post("/sign-in/", {"username": f"user{number}", "password": "мимо"}).status)

    threads = [threading.Thread(target=flood, args=[number]) for number in range(ADDRESSES)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.both
def test_u2_a_flood_from_many_addresses_stands_behind_somebody_who_signs_in(installation: Installation) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ACCOUNT], cwd=ROOT, env=installation.env, capture_output=True, text=True, check=True
    )
    login = done.stdout.strip()
    with serving(installation.env) as port, flooded(port) as answers:
        time.sleep(BEFORE)
        honest = Browser(port, address="198.51.100.7")
        answered = []
        limit = time.monotonic() + WITHIN
        while 302 not in answered and time.monotonic() < limit:
            answered.append(honest.post("/sign-in/", {"username": login, "password": PASSWORD}).status)
    assert answered[-1] == 302, (answered, answers)
    # The flood gets responses: wrong password, or no turn.
    assert {200, 503} <= set(answers)
