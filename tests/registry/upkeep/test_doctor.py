"""The preflight: each check finds its fault and says what to do, and finds nothing if all is well."""

from __future__ import annotations

import datetime as dt
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from registry import guards
from registry.drafts.models import Draft
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.upkeep import doctor, queries
from registry.upkeep.models import SignOfLife
from registry.upkeep.transitions import sign_of_backup, sign_of_worker
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def found(name: str) -> list[tuple[str, bool]]:
    """Return the messages of a check, and whether each stops the installation."""
    return [(one.words, one.stops) for one in doctor.run_preflight(name)]


WELL = [("", False)]


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database lack the newest migration of one app."""
    monkeypatch.setattr(
        queries, "_wanted", lambda: frozenset({("members", "9999_newer"), ("registry", "0001_initial")})
    )
    monkeypatch.setattr(
        queries.MigrationRecorder, "applied_migrations", lambda self: {("registry", "0001_initial"): None}
    )


@pytest.mark.usefixtures("lacking")
def test_tables_of_an_older_version_stop_it_and_what_reads_them_is_left_out() -> None:
    assert found("schema") == [("Run migrate: the database lacks members.9999_newer.", True)]
    for name in ("guards", "keys", "worker", "backup", "clock"):
        assert found(name) == WELL


def test_tables_of_this_or_a_newer_version_are_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_wanted", lambda: frozenset({("registry", "0001_initial")}))
    known = {("registry", "0001_initial"): None, ("registry", "9999_newer"): None}
    monkeypatch.setattr(queries.MigrationRecorder, "applied_migrations", lambda self: known)
    assert found("schema") == WELL


def test_what_the_code_wants_is_its_newest_migrations(settings: Any) -> None:
    settings.MIGRATION_MODULES = {}
    queries._wanted.cache_clear()
    try:
        wanted = dict(queries._wanted())
    finally:
        queries._wanted.cache_clear()
    assert {"registry", "members", "dues", "documents"} <= set(wanted)
    for app in ("registry", "members", "dues", "documents"):
        numbered = (path.stem for path in Path(app, "migrations").glob("0*.py"))
        assert wanted[app] == max(name for name in numbered if "_squashed_" not in name)


def test_without_the_database_nothing_else_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_cursor(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no answer, and a password in the text")

    monkeypatch.setattr(connection, "cursor", no_cursor)
    said = [one for one in doctor.run_preflight() if one.words and one.name not in {"checks", "mail"}]
    assert [(one.name, one.words, one.stops) for one in said] == [
        ("database", "The database does not answer (OperationalError).", True)
    ]


def test_a_database_that_answers_is_fine(settings: Any) -> None:
    assert found("database") == WELL
    settings.DEMO = False
    words = "SQLite serves one computer and few people; use PostgreSQL (docs/deploy.md)."
    assert found("database") == ([(words, False)] if connection.vendor == "sqlite" else WELL)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            ("SQL_ASCII", "ё", "UTC"),
            "The database does not know Russian letters; create it with --encoding=UTF8 --locale=C.UTF-8.",
        ),
        (
            ("UTF8", "Ё", "UTC"),
            "The database does not know Russian letters; create it with --encoding=UTF8 --locale=C.UTF-8.",
        ),
        (("UTF8", "ё", "Europe/Moscow"), "The connection has the time zone Europe/Moscow instead of UTC."),
    ],
)
def test_a_database_made_otherwise_stops_it(
    answer: tuple[str, str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cursor:
        def __enter__(self) -> Cursor:
            return self

        def __exit__(self, *error: object) -> None: ...
        def execute(self, sql: str) -> None: ...
        def fetchone(self) -> tuple[str, str, str]:
            return answer

    monkeypatch.setattr(connection, "cursor", Cursor)
    assert found("database") == [(words, True)]


@pytest.mark.usefixtures("several_connections")
def test_a_lost_guard_stops_it() -> None:
    table = guards.APPEND_ONLY[0]
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    lost = f"{table}_no_change" if on else f"{table}_no_update"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {lost}{on}")
    try:
        assert found("guards") == [(f"Run migrate: guards are missing: {lost}.", True)]
    finally:
        guards.install()
    assert found("guards") == WELL


def test_the_environment_file_and_this_process_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGISTRY_ENV", raising=False)
    assert found("environment") == WELL
    file = tmp_path / "registry.env"
    monkeypatch.setenv("REGISTRY_ENV", str(file))
    assert found("environment") == [(f"{file}: cannot be read (FileNotFoundError).", True)]
    monkeypatch.setenv("ONE", "secret")
    file.write_text("ONE=secret\nTWO=secret\n")
    assert found("environment") == [(f"Set to something else outside {file}: TWO.", False)]
    monkeypatch.setenv("TWO", "secret")
    assert found("environment") == WELL


def test_keys_of_another_registry_stop_it(settings: Any) -> None:
    head = trees.head()
    assert found("keys") == WELL
    storage.store_file(b"x", purpose=FilePurpose.IMPORT_SOURCE, name="x", content_type="x", organization=head)
    assert found("keys") == WELL
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert found("keys") == [("FIELD_KEYS do not open the newest file: they are keys of another registry.", True)]


def test_a_value_that_the_keys_do_not_open_is_named_by_its_field(settings: Any) -> None:
    account = trees.account(trees.head())
    Draft.objects.create(account=account, key="any", values={"surname": "Юн"}, saved_at=timezone.now())
    assert found("keys") == WELL
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert found("keys") == [("FIELD_KEYS do not open registry.Draft.values: they are keys of another registry.", True)]


def test_a_directory_without_its_files_stops_it(settings: Any, tmp_path: Path) -> None:
    row = storage.store_file(
        b"x", purpose=FilePurpose.IMPORT_SOURCE, name="x", content_type="x", organization=trees.head()
    )
    settings.FILES_ROOT = tmp_path / "other"
    assert found("keys") == [
        (f"The newest file {row.pk} is not in {tmp_path / 'other'}: is it the store of another registry?", True)
    ]


def test_files_that_cannot_be_written_stop_it(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"
    assert (found("files"), settings.FILES_ROOT.is_dir()) == (WELL, True)
    (tmp_path / "plain").write_text("")
    settings.FILES_ROOT = tmp_path / "plain" / "files"
    assert found("files") == [(f"{settings.FILES_ROOT} cannot be written: Not a directory.", True)]


def test_static_files_have_to_be_collected(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("static files") == WELL
    collected = ManifestStaticFilesStorage(location=tmp_path)
    monkeypatch.setattr(doctor, "staticfiles_storage", collected)
    assert found("static files") == [("Run collectstatic: there are none.", True)]
    collected.hashed_files = {"css/base.css": "css/base.1.css"}
    assert found("static files") == WELL


@pytest.mark.parametrize(
    ("site", "hosts", "expected"),
    [
        ("https://registry.example.org", ["registry.example.org"], WELL),
        ("https://registry.example.org", [".example.org"], WELL),
        ("https://registry.example.org", ["example.org"], [("ALLOWED_HOSTS lacks the host of SITE_ADDRESS.", True)]),
        ("https://badexample.org", [".example.org"], [("ALLOWED_HOSTS lacks the host of SITE_ADDRESS.", True)]),
        (
            "http://registry.example.org", ["registry.example.org"],
            [("SITE_ADDRESS must be the https:// address that people open.", False)],
        ),
        ("https://127.0.0.1:8000", ["*"], [("SITE_ADDRESS must be the https:// address that people open.", False)]),
    ],
)  # fmt: skip
def test_the_address_on_papers_is_one_that_people_open(
    site: str, hosts: list[str], expected: list[tuple[str, bool]], settings: Any
) -> None:
    settings.SITE_ADDRESS, settings.ALLOWED_HOSTS, settings.DEMO = site, hosts, False
    assert found("address") == expected
    settings.DEMO = True
    assert found("address") == WELL


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        yield server


def test_a_mail_server_that_does_not_answer_is_told(settings: Any, listening: socket.socket) -> None:
    assert found("mail") == WELL
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
    assert found("mail") == [("The mail server of EMAIL_URL does not answer (ConnectionRefusedError).", False)]


@pytest.mark.parametrize(
    ("behind", "expected"), [(60, []), (61, [("The clock is behind the newest event: was it set back?", True)])]
)
def test_a_clock_that_was_set_back_stops_it(
    behind: int, expected: list[tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    trees.head()
    newest = doctor.Event.objects.order_by("-pk").values_list("at", flat=True).first()
    assert newest is not None
    monkeypatch.setattr(timezone, "now", lambda: newest - dt.timedelta(seconds=behind))
    assert [one for one in found("clock") if one[0] and not one[0].startswith("The clocks of")] == expected


@pytest.mark.postgresql
@pytest.mark.parametrize(("ahead", "stops"), [(0, None), (90, False)])
def test_clocks_apart_are_told(ahead: int, stops: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now() + dt.timedelta(seconds=ahead)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    words = r"The clocks of this computer and of the database are (89|90) s apart\."
    ((said, told),) = found("clock")
    assert (bool(re.fullmatch(words, said)), told) == (stops is not None, bool(stops))


def test_a_worker_gives_signs_and_its_silence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found("worker") == [("No worker has run yet: start registry-worker@1.", False)]
    sign_of_worker("a")
    assert found("worker") == WELL
    SignOfLife.objects.update(at=timezone.now() - dt.timedelta(seconds=125))
    ((words, stops),) = found("worker")
    assert (words.split(" s:")[0][:-1], stops) == ("No worker has run for 12", False)
    sign_of_worker("b")
    assert found("worker") == WELL
    assert SignOfLife.objects.count() == 2
    SignOfLife.objects.filter(name="worker:a").update(at=timezone.now() - dt.timedelta(hours=25))
    sign_of_worker("b")
    assert list(SignOfLife.objects.values_list("name", flat=True)) == ["worker:b"]


def test_an_old_backup_is_told(settings: Any) -> None:
    settings.BACKUP_RECIPIENT = ""
    assert found("backup") == WELL
    settings.BACKUP_RECIPIENT = "age1"
    assert found("backup") == [("There is no backup: start registry-backup and look at its log.", False)]
    sign_of_backup(timezone.now() - dt.timedelta(hours=49))
    assert found("backup") == WELL
    sign_of_backup(timezone.now() - dt.timedelta(hours=51))
    words = "The newest backup is 51 hours old: start registry-backup and look at its log."
    assert found("backup") == [(words, False)]
    sign_of_worker("a")
    assert SignOfLife.objects.filter(name="backup").count() == 1


def test_errors_of_the_system_checks_stop_it_and_warnings_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [checks.Error("Wrong.", hint="Do this.", id="x.E001"), checks.Warning("Odd.", id="x.W001")]
    monkeypatch.setattr(doctor, "run_checks", lambda **kwargs: messages)
    assert found("checks") == [("x.E001: Wrong. Do this.", True), ("x.W001: Odd.", False)]


def test_the_command_says_all_of_it_and_fails_where_something_stops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = {
        "one": lambda: iter(()),
        "two": lambda: iter([doctor.Finding("two", "Odd."), doctor.Finding("two", "Wrong.", stops=True)]),
    }
    monkeypatch.setattr(doctor, "_LOOKS", looks)
    with pytest.raises(CommandError, match=r"^1 things must be put right first\.$"):
        call_command("doctor")
    assert capsys.readouterr().out == "ok     one\nlook   two: Odd.\nWRONG  two: Wrong.\n"
    looks["two"] = lambda: iter([doctor.Finding("two", "Odd.")])
    call_command("doctor")
    assert capsys.readouterr().out == "ok     one\nlook   two: Odd.\nReady, with 1 things to look at.\n"
    del looks["two"]
    call_command("doctor")
    assert capsys.readouterr().out == "ok     one\nReady.\n"


def test_every_look_has_its_place() -> None:
    assert [*doctor._LOOKS] == [
        "environment", "database", "connections", "replica", "nodes", "schema", "guards", "checks", "keys",
        "static files", "files", "store", "cache", "address", "mail", "bounces", "collector", "clock", "worker",
        "backup",
    ]  # fmt: skip


def test_readyz_is_open_and_says_which(settings: Any, tmp_path: Path) -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200, {"ok": True, "database": True, "schema": True, "files": True, "store": True}
    )  # fmt: skip
    (tmp_path / "plain").write_text("")
    settings.FILES_ROOT = tmp_path / "plain"
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503, {"ok": False, "database": True, "schema": True, "files": False, "store": True}
    )  # fmt: skip


@pytest.mark.usefixtures("lacking")
def test_readyz_refuses_tables_of_an_older_version() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["schema"], answer.json()["files"]) == (503, False, True)


def test_readyz_without_the_database_asks_it_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_cursor(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("no answer")

    monkeypatch.setattr(connection, "cursor", no_cursor)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503, {"ok": False, "database": False, "schema": False, "files": True, "store": False}
    )  # fmt: skip
