"""Figures for Prometheus: counted over all processes, by area and state, without personal data."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from registry import monitoring
from registry.jobs.models import Job
from registry.upkeep.transitions import sign_of_backup, sign_of_worker
from tests.installation import ROOT, Installation

#: All existing labels; none of them may contain a personal value.
LABELS = {"area", "method", "status", "state", "le"}


def read(text: str) -> dict[tuple[str, ...], float]:
    """Return every figure by its name and the values of its labels."""
    return {
        (sample.name, *(value for _label, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figures() -> dict[tuple[str, ...], float]:
    answer = Client().get("/metrics")
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "text/plain")
    return read(answer.content.decode())


@pytest.mark.django_db
def test_answers_are_counted_by_area_method_and_status() -> None:
    before = figures()
    client = Client()
    client.get("/members/?q=Петров")
    client.get("/no/such/Иванов/")
    client.generic("BREW", "/members/")
    after = figures()
    counted = {
        key: value - before.get(key, 0)
        for key, value in after.items()
        if key[0] in {"registry_answers_total", "registry_request_seconds_count"} and value != before.get(key, 0)
    }
    assert counted == {
        ("registry_answers_total", "members", "302"): 2,
        ("registry_answers_total", "unknown", "404"): 1,
        ("registry_answers_total", "registry", "200"): 1,
        ("registry_request_seconds_count", "members", "GET"): 1,
        ("registry_request_seconds_count", "members", "other"): 1,
        ("registry_request_seconds_count", "unknown", "GET"): 1,
        ("registry_request_seconds_count", "registry", "GET"): 1,
    }


@pytest.mark.django_db
def test_figures_name_nobody() -> None:
    client = Client()
    client.get("/members/7/?q=Петров")
    text = client.get("/metrics").content.decode()
    families = list(text_string_to_metric_families(text))
    assert {label for family in families for sample in family.samples for label in sample.labels} == LABELS
    assert [word in text for word in ("Петров", "%D0", "/members/")] == [False] * 3


@pytest.mark.django_db
def test_the_present_figures_are_asked_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring, "_free_mb", lambda: 3)
    now = timezone.now()
    Job.objects.create(kind="any", state="running", created_at=now)
    sign_of_worker("a")
    found = figures()
    assert {key: found[key] for key in found if len(key) == 1 and "age" not in key[0]} == {
        ("registry_database_up",): 1, ("registry_free_bytes",): 3 * 2**20, ("registry_queue_seconds",): 0,
        ("registry_tasks_waiting",): 0,
    }  # fmt: skip
    assert (found["registry_jobs", "queued"], found["registry_jobs", "running"]) == (0, 1)
    assert (0 <= found["registry_worker_age_seconds",] < 60, ("registry_backup_age_seconds",) in found) == (True, False)
    sign_of_backup(now)
    assert 0 <= figures()["registry_backup_age_seconds",] < 60


def test_without_the_database_there_are_still_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_cursor(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no answer")

    monkeypatch.setattr(connection, "cursor", no_cursor)
    found = figures()
    assert (found["registry_database_up",], ("registry_tasks_waiting",) in found) == (0, False)


@pytest.mark.once
def test_processes_of_a_web_server_count_together(installation: Installation) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    counts = installation.var / "tmp"
    counts.mkdir()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:registry.gunicorn_conf", "registry.wsgi"],
        cwd=ROOT, stderr=subprocess.DEVNULL,
        env=installation.env | {
            "DJANGO_SETTINGS_MODULE": "registry.settings.development", "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2",
            "WEB_THREADS": "1", "TMPDIR": str(counts),
        },
    )  # fmt: skip
    site = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{site}/readyz")
        (shared,) = counts.glob("registry-counts-*")
        asked = 0
        while len({path.name.rpartition("_")[2] for path in shared.glob("counter_*.db")}) < 2 or asked < 10:
            asked += 1
            assert asked < 1000, "one process answers everything"
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{site}/nowhere/")
        for _turn in range(4):
            with urllib.request.urlopen(f"{site}/metrics") as answer:
                assert read(answer.read().decode())["registry_answers_total", "unknown", "404"] == asked
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    assert list(counts.glob("registry-counts-*")) == []


def _wait_for(address: str) -> None:
    for _attempt in range(300):
        try:
            urllib.request.urlopen(address)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(address)
