"""Backups during work, and backups that are killed or run out of space: nothing readable or half-written is left."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from registry.management import archive as archives
from tests.house.test_backup import STATE, new_identity
from tests.installation import ROOT, Installation

#: A name stored in the database, and a text stored in a file.
SURNAME, TEXT = "Достопамятный", b"a scan that nobody may read"
SETUP = """
from django.db import connection
call_command("create_federation", "one", charter="voi", name="Общество", administrator="Достопамятный Ян Ильич")
for number in range(30):
    keep("подпись" * 3000)
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> str:
    return new_identity(tmp_path_factory.mktemp("key") / "identity.txt")


@pytest.fixture(scope="module")
def filled(installation: Installation) -> Installation:
    """Return an installation with a person and more files than fit into a pipe."""
    installation.do("shell", "--no-imports", "--verbosity", "0", "-c", STATE + SETUP)
    return installation


def program(folder: Path, name: str, script: str) -> str:
    """Create a program with this name and script; return a PATH that finds it first."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def traces(*roots: Path) -> list[Path]:
    """Return files, except the database itself, that contain the person's name or begin like a database."""
    found = []
    for path in (path for root in roots for path in root.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if not path.name.startswith("registry.sqlite3") and (
            SURNAME.encode() in data or data.startswith((b"SQLite format 3", b"PGDMP"))
        ):
            found.append(path)
    return found


def held(installation: Installation) -> list[str]:
    """Return the names in the installation's directory, except SQLite's log, which exists only at times."""
    return sorted(path.name for path in installation.var.iterdir() if not path.name.endswith(("-shm", "-wal")))


@contextmanager
def writing(installation: Installation, out: Path, public: str, path: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a backup that has copied the database and waits for an `age` that reads nothing."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "backup", out, "--recipient", public],
        cwd=ROOT,
        env=installation.env | {"PATH": path},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as running:
        end = time.monotonic() + 60
        while not list(out.glob("*.part")) and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(1)
        try:
            yield running
        finally:
            if running.poll() is None:
                running.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_backup_leaves_nothing_readable_and_the_next_one_clears_away_the_rest(
    filled: Installation, public: str, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    before = held(filled)
    path = program(tmp_path / "bin", "age", "echo age-encryption.org/v1\nexec sleep 3")
    with writing(filled, out, public, path) as running:
        assert traces(filled.var, out, *_open_files(running.pid)) == []
        running.send_signal(number)
        running.wait(30)
    assert held(filled) == before
    assert traces(filled.var, out) == []
    killed = number == signal.SIGKILL
    assert [path.suffix for path in out.iterdir()] == [".part"] * killed
    time.sleep(3 * killed)  # until the other `age` has ended, which is still writing
    filled.do("backup", out, "--recipient", public)
    assert sorted("".join(path.suffixes[-2:]) for path in out.iterdir()) == [".manifest.json", ".tar.age"]


def _open_files(pid: int) -> list[Path]:
    """Return the directories of the existing files that the process has open."""
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return [Path(link).parent for link in links if link.startswith("/tmp/") and Path(link).is_file()]


def test_an_archive_that_is_being_written_is_left_to_its_writer(
    filled: Installation, public: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    path = program(tmp_path / "bin", "age", "exec sleep 60")
    with writing(filled, out, public, path):
        (partial,) = out.iterdir()
        done = filled.run("backup", out / partial.name.removesuffix(".part"), "--recipient", public)
        assert (done.returncode, "another backup is under way" in done.stderr) == (1, True), done.stderr
        assert list(out.iterdir()) == [partial]


@pytest.mark.parametrize(
    ("name", "script", "said"),
    [
        ("age", "head -c 1000\necho 'write /x: no space left on device' >&2\nexit 1", "age failed: write /x: no space"),
        ("pg_dump", "echo 'could not write to file: No space left on device' >&2\nexit 1", "pg_dump failed: could not"),
    ],
)
def test_a_full_disk_is_told_and_nothing_is_left(
    filled: Installation, public: str, tmp_path: Path, name: str, script: str, said: str
) -> None:
    if name == "pg_dump" and "DATABASE_URL" not in filled.env:
        return  # this function is not called here
    out = tmp_path / "out"
    out.mkdir()
    before = held(filled)
    done = filled.run("backup", out, "--recipient", public, PATH=program(tmp_path / "bin", name, script))
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert (list(out.iterdir()), held(filled)) == ([], before)


def test_a_directory_that_takes_no_file_is_told(filled: Installation, public: str) -> None:
    done = filled.run("backup", Path("/proc/registry.tar.age"), "--recipient", public)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        "CommandError: The backup failed and left nothing behind: No such file or directory.",
    )


BESIDE = """
import os, time, uuid
from pathlib import Path
from django.conf import settings
from django.db import transaction
from registry.files.models import StoredFile
from registry.management.commands import backup
new = Path(settings.FILES_ROOT) / "new"
new.mkdir(parents=True, exist_ok=True)
(new / str(uuid.uuid4())).write_bytes(b"upload in flight")
(new / (str(uuid.uuid4()) + ".part")).write_bytes(b"part of a running job")
there = set(StoredFile.objects.values_list("pk", flat=True))
dropped = StoredFile.objects.order_by("pk").first()
add = backup._add_files
def meanwhile(tar, ids):
    storage.delete_file(dropped)
    keep("after the moment")
    return add(tar, ids)
backup._add_files = meanwhile
call_command("backup", {archive!r}, recipient={public!r})
print(json.dumps(sorted(map(str, there))))
"""


def test_an_archive_has_the_files_of_its_moment_and_no_others(
    filled: Installation, public: str, tmp_path: Path
) -> None:
    identity = tmp_path / "identity.txt"
    path, public = tmp_path / "registry.tar.age", new_identity(identity)
    script = STATE + BESIDE.format(archive=str(path), public=public)
    said = filled.do("shell", "--no-imports", "--verbosity", "0", "-c", script)
    there = json.loads(said.splitlines()[-1])
    opened = subprocess.run(
        f"age -d -i {identity} {path} | tar -t", shell=True, check=True, capture_output=True, text=True
    ).stdout.split()
    assert opened == ["database", *(f"files/{pk[:2]}/{pk}" for pk in opened_order(opened)), "manifest.json"]
    assert sorted(opened_order(opened)) == there
    manifest = json.loads(path.with_name(path.name + ".manifest.json").read_text())
    assert (manifest["files"], manifest["missing"]) == (len(there), [])
    assert manifest["counts"]["registry_storedfile"] == len(there)


def opened_order(names: list[str]) -> list[str]:
    """Return the ids of the files in the order of the archive."""
    return [name.rpartition("/")[2] for name in names if name.startswith("files/")]


def test_the_manifest_says_what_is_in_the_archive_and_which_keys_open_it(
    filled: Installation, public: str, tmp_path: Path
) -> None:
    path = tmp_path / "registry.tar.age"
    filled.do("backup", path, "--recipient", public)
    beside = path.with_name(path.name + archives.BESIDE)
    manifest = json.loads(beside.read_text())
    data = path.read_bytes()
    assert (manifest["archive_bytes"], manifest["archive_sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert sorted(manifest) == sorted(
        [
            "archive_bytes", "archive_sha256", "counts", "database", "database_bytes", "evidence_keys", "field_keys",
            "files", "files_bytes", "format", "heads", "made_at", "migrations", "missing", "schema",
        ]
    )  # fmt: skip
    last = {
        app: max(path.stem for path in (ROOT / app / "migrations").glob("0*.py") if "_squashed_" not in path.stem)
        for app in ("registry", "members", "dues", "documents")
    }
    assert {app: manifest["schema"][app] for app in last} == last
    assert [len(key) for key in manifest["field_keys"] + manifest["evidence_keys"]] == [16, 16]
    assert manifest["counts"]["registry_account"] == 1
    assert SURNAME not in beside.read_text()


def test_a_damaged_manifest_of_the_archive_before_is_told(filled: Installation, public: str, tmp_path: Path) -> None:
    (tmp_path / f"registry-earlier.tar.age{archives.BESIDE}").write_text('{"heads": {')
    done = filled.run("backup", tmp_path, "--recipient", public)
    assert (done.returncode, done.stderr) == (
        0,
        "registry-earlier.tar.age.manifest.json cannot be read, so the journal was not compared with it.\n",
    )
