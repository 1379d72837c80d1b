"""Backup and restore, rehearsed on the database that the suite runs on."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.installation import Installation

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
    storage.keep(text.encode(), purpose=FilePurpose.JOB_RESULT, name="scan.pdf", content_type="application/pdf")
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
    """An archive of THEN in an installation that is at LATER, and the key that opens it."""

    installation: Installation
    path: Path
    identity: Path
    public: str

    def states(self, script: str) -> list[dict[str, object]]:
        """What the script printed as states."""
        said = self.installation.do("shell", "--no-imports", "--verbosity", "0", "-c", STATE + script)
        return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def new_identity(path: Path) -> str:
    """Write a secret key; answers the public one."""
    subprocess.run(["age-keygen", "-o", path], check=True, capture_output=True)
    return subprocess.run(["age-keygen", "-y", path], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def archive(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Made once for the module."""
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


def test_a_restored_registry_equals_the_archived_one(archive: Archive) -> None:
    said = archive.installation.do("restore", archive.path, "--identity", archive.identity, "--replace")
    assert said.splitlines()[0].endswith(" rows, 1 files.")
    assert archive.states(AFTER) == [THEN]


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
