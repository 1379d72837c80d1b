"""`/healthz` and the system checks, which tell an administrator that something is wrong."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoAssertNumQueries

from registry import guards, monitoring
from registry.jobs.queue import run_job
from registry.journal.models import Event
from registry.settings.base import DEMO_EVIDENCE_KEY, DEMO_FIELD_KEY
from registry.system_checks import check_evidence_keys, check_field_keys, check_guards
from registry.transitions import change
from tests.clock import at
from tests.members import places

GOOD = {"files": True, "fonts": True, "clock": True}


def waiting(minutes: int) -> None:
    """Enqueue a task that no worker has started, this many minutes ago."""
    result = run_job.enqueue("0")
    DBTaskResult.objects.filter(pk=result.id).update(enqueued_at=timezone.now() - dt.timedelta(minutes=minutes))


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report free disk space, independently of this machine."""
    monkeypatch.setattr(monitoring, "_free_mb", lambda: 900)


@pytest.mark.django_db
@pytest.mark.usefixtures("roomy")
def test_healthz_is_open_quick_and_tells_figures_only(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    waiting(minutes=3)
    with django_assert_num_queries(3):
        answer = Client().get("/healthz")
    body = answer.json()
    assert 180 <= body.pop("queue_seconds") < 240
    assert (answer.status_code, body) == (
        200,
        {"ok": True, "database": True, "free_mb": 900, "queue": True, "disk": True} | GOOD,
    )
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.usefixtures("roomy")
def test_healthz_is_503_when_jobs_are_not_done() -> None:
    waiting(minutes=16)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["queue"]) == (503, False)


@pytest.mark.django_db
def test_healthz_is_503_when_the_disk_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring, "_free_mb", lambda: 499)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["disk"]) == (503, False)


@pytest.mark.django_db
@pytest.mark.usefixtures("roomy")
def test_healthz_tells_a_folder_that_takes_no_files(settings: Any, tmp_path: Path) -> None:
    # A file in place of the directory, because root may write into a read-only one.
    (tmp_path / "files").write_bytes(b"")
    settings.FILES_ROOT = tmp_path / "files"
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["files"], answer.json()["fonts"]) == (503, False, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("roomy")
def test_healthz_tells_a_font_that_is_missing_until_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring, "_font_until", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(monitoring, "PAPER_FONT", "No such font")
        answer = Client().get("/healthz")
        assert (answer.status_code, answer.json()["fonts"], answer.json()["files"]) == (503, False, True)
    assert Client().get("/healthz").json()["fonts"] is True


@pytest.mark.django_db
@pytest.mark.usefixtures("roomy")
@pytest.mark.parametrize(("seconds", "right"), [(119, True), (121, False)])
def test_healthz_tells_a_clock_that_is_behind_the_newest_event(seconds: int, right: bool) -> None:
    with at("2040-02-29T12:00Z"):
        place = places.voi()
        with change(by=place.chair, rule="N-S2", event="members.exported") as act:
            act.about(place.keeper, organization=place.keeper)
        newest = Event.objects.order_by("-pk").values_list("at", flat=True)[0]
    with at(f"{newest - dt.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}Z"):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["clock"]) == (200 if right else 503, right)


@pytest.mark.usefixtures("roomy")
def test_healthz_is_503_when_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_cursor(*args: Any, **kwargs: Any) -> None:
        raise monitoring.Error("no answer, and a password in the text")

    monkeypatch.setattr(connection, "cursor", no_cursor)
    answer = Client().get("/healthz")
    body = {"ok": False, "database": False, "queue_seconds": None, "free_mb": 900, "queue": False, "disk": True}
    body |= GOOD | {"clock": None}
    assert (answer.status_code, answer.json()) == (503, body)


@pytest.mark.django_db
def test_a_healthy_installation_reports_nothing() -> None:
    assert run_checks(databases=["default"]) == []


@pytest.mark.parametrize("keys", [[], ["nonsense"], [""]])
def test_a_key_that_cannot_encrypt_is_found_at_start(settings: Any, keys: list[str]) -> None:
    settings.FIELD_KEYS = keys
    assert [message.id for message in check_field_keys(None)] == ["registry.E001"]


@pytest.mark.parametrize(("keys", "said"), [
    ([], ["registry.E002"]), (["nonsense"], ["registry.E002"]), ([DEMO_FIELD_KEY], ["registry.E003"]),
    ([DEMO_EVIDENCE_KEY], []),
])  # fmt: skip
def test_a_key_that_cannot_seal_or_that_encrypts_too_is_found_at_start(
    settings: Any, keys: list[str], said: list[str]
) -> None:
    settings.EVIDENCE_KEYS = keys
    assert [message.id for message in check_evidence_keys(None)] == said


@pytest.mark.usefixtures("several_connections")
def test_a_lost_guard_is_found_and_put_back() -> None:
    table = guards.APPEND_ONLY[0]
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    lost = f"{table}_no_change" if on else f"{table}_no_update"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {lost}{on}")
    try:
        assert [message.msg for message in check_guards(None, databases=["default"])] == [
            f"Guards are missing: {lost}."
        ]
    finally:
        guards.install()
    assert check_guards(None, databases=["default"]) == []
