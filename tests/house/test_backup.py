"""Backup and restore on the same kind of database as the suite."""

import contextlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from tests.installation import ROOT, Installation

STATE = """
def state():
    from registry import guards
    from registry.files import storage
    from registry.accounts.models import Account
    from registry.files.models import StoredFile
    return {
        "accounts": sorted(Account.objects.values_list("surname", flat=True)),
        "files": [storage.read(row).decode() for row in StoredFile.objects.order_by("created_at")],
        "guards": guards.missing(),
    }
import json
from django.core.management import call_command
from registry.files import storage
from registry.files.enums import FilePurpose
def keep(text):
    storage.store_file(text.encode(), purpose=FilePurpose.JOB_RESULT, name="scan.pdf", content_type="application/pdf")
"""
BEFORE = """
call_command("create_federation", "one", charter="voi", name="Общество", administrator="Юн Ян Ильич")
keep("подпись")
print(json.dumps(state()))
call_command("backup", {archive!r}, recipient={public!r})
call_command("create_administrator", "Поздний Пётр")
keep("позднее")
print(json.dumps(state()))
"""
AFTER = """
call_command("migrate", verbosity=0)
call_command("check_integrity")
print(json.dumps(state()))
"""
THEN = {"accounts": ["Юн"], "files": ["подпись"], "guards": []}
LATER = {"accounts": ["Поздний", "Юн"], "files": ["подпись", "позднее"], "guards": []}


@dataclass
class Archive:
    """An archive of the state THEN, of an installation now in the state LATER, and the key that decrypts it."""

    installation: Installation
    path: Path
    identity: Path
    public: str

    def states(self, script: str) -> list[dict[str, object]]:
        """Run the script in the installation's shell and return the states that it prints."""
        said = self.installation.do("shell", "--no-imports", "--verbosity", "0", "-c", STATE + script)
        return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def new_identity(path: Path) -> str:
    """Write a secret key and return its public key."""
    subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
    return subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def archive(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive, created once for the module."""
    root = tmp_path_factory.mktemp("archive")
    public = new_identity(root / "identity.txt")
    made = Archive(installation, root / "registry.tar.age", root / "identity.txt", public)
    assert made.states(BEFORE.format(archive=str(made.path), public=public)) == [THEN, LATER]
    return made


def test_an_archive_is_for_one_reader_and_nothing_in_it_can_be_read_without_the_key(archive: Archive) -> None:
    assert archive.path.stat().st_mode & 0o777 == 0o600
    data = archive.path.read_bytes()
    assert [word in data for word in ("Юн".encode(), b"registry_account", b"PGDMP", b"manifest")] == [False] * 4


def test_an_archive_that_cannot_be_restored_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    short, stranger = tmp_path / "short.tar.age", tmp_path / "stranger.txt"
    short.write_bytes(archive.path.read_bytes()[:-2000])
    new_identity(stranger)
    run = archive.installation.run
    refused = [
        (run("restore", archive.path, "--identity", archive.identity), "--replace"),
        (run("restore", short, "--identity", archive.identity, "--replace"), "cut short"),
        (run("restore", archive.path, "--identity", stranger, "--replace"), "cannot be opened"),
    ]
    assert [(done.returncode, word in done.stderr) for done, word in refused] == [(1, True)] * 3
    assert archive.states("print(json.dumps(state()))") == [LATER]


#: Contents of a tar archive by name.
Members = dict[str, bytes]


def repacked(archive: Archive, path: Path, change: Callable[[Members, dict[str, Any]], None]) -> Path:
    """Change the members or the manifest of the archive and encrypt it for the same recipient."""
    opened = subprocess.run(["age", "-d", "-i", archive.identity, archive.path], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in {**members, "manifest.json": json.dumps(manifest).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    subprocess.run(["age", "-r", archive.public, "-o", path], input=out.getvalue(), check=True)
    return path


def rows_are_missing(members: Members, manifest: dict[str, Any]) -> None:
    manifest["counts"]["registry_account"] += 1


def dump_is_damaged(members: Members, manifest: dict[str, Any]) -> None:
    members["database"] = members["database"][: len(members["database"]) // 2]


def made_by_a_newer_version(members: Members, manifest: dict[str, Any]) -> None:
    manifest["migrations"].append("members.9999_later")


def a_file_is_short(members: Members, manifest: dict[str, Any]) -> None:
    name = next(name for name in members if name.startswith("files/"))
    members[name] = members[name][:-1]


def something_else_is_packed(members: Members, manifest: dict[str, Any]) -> None:
    members["files/ab/../../../etc/passwd"] = b""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (rows_are_missing, "differs from its manifest"),
        (dump_is_damaged, "differs from its manifest"),
        (made_by_a_newer_version, "made by another version"),
        (a_file_is_short, "do not have the size"),
        (something_else_is_packed, "is no archive of a registry"),
    ],
)
def test_an_archive_that_does_not_fit_changes_nothing(
    archive: Archive, tmp_path: Path, change: Callable[[Members, dict[str, Any]], None], said: str
) -> None:
    path = repacked(archive, tmp_path / "changed.tar.age", change)
    done = archive.installation.run("restore", path, "--identity", archive.identity, "--replace")
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert archive.states("print(json.dumps(state()))") == [LATER]


@pytest.mark.parametrize("name", ["FIELD_KEYS", "EVIDENCE_KEYS"])
def test_an_archive_made_with_other_keys_is_refused_until_they_are_given_up(archive: Archive, name: str) -> None:
    command = ("restore", archive.path, "--identity", archive.identity, "--replace")
    done = archive.installation.run(*command, **{name: Fernet.generate_key().decode()})
    said = f"Keys with which the archive was made are missing: {name} (number 1 of 1; the first is in use)"
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert archive.states("print(json.dumps(state()))") == [LATER]


def in_use(installation: Installation) -> contextlib.AbstractContextManager[Any]:
    """Open a connection to the database, like that of an idle web server."""
    if url := installation.env.get("DATABASE_URL"):
        _scheme, _, place = url.partition(":///")
        return psycopg.connect(host="/" + place.rpartition("/")[0].lstrip("/"), dbname=place.rpartition("/")[2])
    database = sqlite3.connect(installation.var / "registry.sqlite3")
    database.execute("SELECT COUNT(*) FROM registry_account").fetchone()
    return contextlib.closing(database)


def test_nothing_is_restored_under_a_running_registry(archive: Archive) -> None:
    with in_use(archive.installation):
        done = archive.installation.run("restore", archive.path, "--identity", archive.identity, "--replace")
    assert (done.returncode, "The database is in use" in done.stderr) == (1, True), done.stderr
    assert archive.states("print(json.dumps(state()))") == [LATER]


def test_a_restored_registry_equals_the_archived_one(archive: Archive) -> None:
    said = archive.installation.do("restore", archive.path, "--identity", archive.identity, "--replace")
    assert said.splitlines()[0].endswith(" rows, 1 files.")
    assert archive.states(AFTER) == [THEN]


def test_an_archive_of_an_earlier_version_is_restored_with_what_it_held_too_much(
    archive: Archive, tmp_path: Path
) -> None:
    stray = f"files/new/{uuid.uuid4()}"

    def as_earlier(members: Members, manifest: dict[str, Any]) -> None:
        (name,) = (name for name in members if name.startswith("files/"))
        # As if its transaction was committed, but the file not moved yet.
        members["files/new/" + name.rpartition("/")[2]] = members.pop(name)
        members[stray] = b"of a dry run"
        for added in ("field_keys", "files_bytes", "database_bytes", "missing"):
            del manifest[added]
        manifest |= {"format": 1, "files": 2}
        manifest["migrations"].append("members.0001_squashed_0002_search_index")

    path = repacked(archive, tmp_path / "earlier.tar.age", as_earlier)
    archive.installation.do("restore", path, "--identity", archive.identity, "--replace")
    assert archive.states(AFTER) == [THEN]
    assert (archive.installation.var / stray).exists()


def test_a_backup_that_is_ended_leaves_nothing_behind(archive: Archive, tmp_path: Path) -> None:
    installation, waiting, out = archive.installation, tmp_path / "age", tmp_path / "out"
    out.mkdir()
    waiting.write_text("#!/bin/sh\nexec sleep 60\n")
    waiting.chmod(0o755)
    before = sorted(installation.var.iterdir())
    # Larger than the pipe, so that the backup waits in the middle of the database or of this file.
    script = STATE + "keep('x' * 300_000)"
    installation.do("shell", "--no-imports", "--verbosity", "0", "-c", script)
    with subprocess.Popen(
        [sys.executable, "manage.py", "backup", out, "--recipient", archive.public],
        cwd=ROOT,
        env=installation.env | {"PATH": f"{tmp_path}{os.pathsep}{installation.env['PATH']}"},
        stderr=subprocess.DEVNULL,
    ) as writing:
        while not list(out.iterdir()):
            time.sleep(0.05)
        time.sleep(1)
        writing.terminate()
    assert (writing.returncode, list(out.iterdir())) == (143, [])
    assert sorted(installation.var.iterdir()) == before


def test_a_backup_needs_a_reader_and_never_writes_over_another(tmp_path: Path) -> None:
    taken = tmp_path / "taken.tar.age"
    taken.write_text("the archive of yesterday")
    with pytest.raises(CommandError, match="BACKUP_RECIPIENT"):
        call_command("backup", tmp_path / "new.tar.age")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", taken, recipient="age1anybody")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.tar.age"]
    assert taken.read_text() == "the archive of yesterday"


def test_a_failed_backup_leaves_no_partial_archive(installation: Installation, tmp_path: Path) -> None:
    done = installation.run("backup", tmp_path / "new.tar.age", "--recipient", "age1nonsense")
    assert (done.returncode, "age failed" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
