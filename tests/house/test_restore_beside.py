"""A registry is restored next to the present one, and the former one is kept until it is put back or dropped."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from registry import gunicorn_conf
from registry.files import stores
from registry.management import running
from tests.house.test_backup import AFTER, BEFORE, LATER, STATE, THEN, Archive, Members, new_identity, repacked
from tests.installation import ROOT, Installation, _created, bare_environment

NOW = "print(json.dumps(state()))"


@pytest.fixture(scope="module")
def archive(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive of THEN in an installation in the state LATER; every test leaves it in that state."""
    root = tmp_path_factory.mktemp("archive")
    public = new_identity(root / "identity.txt")
    made = Archive(installation, root / "registry.tar.age", root / "identity.txt", public)
    assert made.states(BEFORE.format(archive=str(made.path), public=public)) == [THEN, LATER]
    return made


def restore(archive: Archive, path: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `restore --replace` and return the finished process."""
    return archive.installation.run("restore", path or archive.path, "--identity", archive.identity, "--replace", **env)


def formers(archive: Archive) -> list[str]:
    """Return the names of the registries that are kept."""
    said = archive.installation.do("former_registry").split()
    return [] if said == ["There", "is", "none."] else said


def leftovers(archive: Archive) -> list[str]:
    """Return the names of temporary files next to the registry and its files."""
    var = archive.installation.var
    return sorted(
        path.name for path in [*var.iterdir(), *(var / "files").iterdir()] if "restored_" in path.name
    ) + sorted(path.name for path in (var / "files").glob(".*") if "former_" not in path.name)


def unchanged(archive: Archive) -> None:
    """Assert that the registry is in the state LATER and that nothing else is left."""
    assert archive.states(NOW) == [LATER]
    assert (formers(archive), leftovers(archive)) == ([], [])


def test_the_former_registry_is_put_back_and_dropped_by_a_command(archive: Archive) -> None:
    said = restore(archive)
    (former,) = formers(archive)
    assert f"is kept as {former}. manage.py former_registry --put-back {former} puts it back" in said.stdout, said
    assert archive.states(AFTER) == [THEN]
    assert archive.installation.do("former_registry", "--put-back", former).startswith(
        f"{former} is the registry again"
    )
    assert archive.states(AFTER) == [LATER]
    (restored,) = formers(archive)
    assert restored >= former
    # Once more in both directions, so that shared things, such as extensions, are moved each time.
    archive.installation.do("former_registry", "--put-back", restored)
    assert archive.states(AFTER) == [THEN]
    (former,) = formers(archive)
    archive.installation.do("former_registry", "--put-back", former)
    (restored,) = formers(archive)
    assert archive.installation.do("former_registry", "--drop", restored) == f"{restored} is deleted.\n"
    assert archive.states(AFTER) == [LATER]
    unchanged(archive)


def test_an_archive_has_nothing_of_the_registry_that_was_replaced(archive: Archive, tmp_path: Path) -> None:
    assert restore(archive).returncode == 0
    (former,) = formers(archive)
    path = tmp_path / "second.tar.age"
    archive.installation.do("backup", path, "--recipient", archive.public)
    done = restore(archive, path)
    assert done.returncode == 0, done.stderr
    assert archive.states(AFTER) == [THEN]
    (second,) = set(formers(archive)) - {former}
    archive.installation.do("former_registry", "--drop", second)
    put_back(archive)


def test_only_a_former_registry_is_put_back_or_dropped(archive: Archive) -> None:
    for option in ("--put-back", "--drop"):
        for name in ("public", "former_20200101_000000", "restored_20200101_000000", "../files"):
            done = archive.installation.run("former_registry", option, name)
            assert (done.returncode, f"There is no former registry {name}. There are: none." in done.stderr) == (
                1,
                True,
            )
    unchanged(archive)


def test_a_running_worker_is_told_although_it_has_no_connection(archive: Archive) -> None:
    with subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=archive.installation.env,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as worker:
        end = time.monotonic() + 60
        try:
            while not is_held(archive.installation.var) and time.monotonic() < end:
                time.sleep(0.1)
            done = restore(archive)
        finally:
            worker.kill()
    said = "A web server or a worker of this registry is running, or another restore. Stop the services first"
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    unchanged(archive)


def is_held(directory: Path) -> bool:
    """Return whether a process has locked the directory."""
    number = f":{directory.stat().st_ino} "
    return any(number in line and "FLOCK" in line for line in Path("/proc/locks").read_text().splitlines())


def test_a_web_server_holds_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr(running, "lock_installation", lambda: called.append("hold"))
    monkeypatch.setattr(gunicorn_conf, "settle_memory", lambda: called.append("settle"))
    gunicorn_conf.post_worker_init(None)
    assert called == ["hold", "settle"]


def test_values_that_the_keys_do_not_open_are_found_before_anything_is_changed(
    archive: Archive, tmp_path: Path
) -> None:
    def without_prints(members: Members, manifest: dict[str, Any]) -> None:
        del manifest["field_keys"], manifest["evidence_keys"]

    path = repacked(archive, tmp_path / "changed.tar.age", without_prints)
    other = Fernet.generate_key().decode()
    done = restore(archive, path, FIELD_KEYS=other)
    said = "The keys at hand do not open the archive, so nothing was changed. registry.StoredFile, contents: 1 of 1"
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    unchanged(archive)
    done = archive.installation.run(
        "restore", path, "--identity", archive.identity, "--replace", "--without-keys", FIELD_KEYS=other
    )
    assert (done.returncode, "contents: 1 of 1 cannot be opened" in done.stderr) == (0, True), done.stderr
    put_back(archive)


def put_back(archive: Archive) -> None:
    """Make LATER the registry again and drop the restored one."""
    (former,) = formers(archive)
    archive.installation.do("former_registry", "--put-back", former)
    (restored,) = formers(archive)
    archive.installation.do("former_registry", "--drop", restored)
    unchanged(archive)


#: Runs the command and ends it when it calls `what` of `module`.
CUT = """
import os
from registry.files import stores
from registry.management import replacing
def end(*arguments):
    {how}
{module}.{what} = end
call_command("restore", {path!r}, identity={identity!r}, replace=True)
"""
FULL = 'raise OSError(28, "No space left on device")'


def cut(archive: Archive, module: str, what: str, how: str) -> subprocess.CompletedProcess[str]:
    """Run a restore that is ended when it calls this function."""
    script = CUT.format(how=how, module=module, what=what, path=str(archive.path), identity=str(archive.identity))
    script = script.replace(f"restore\", '{archive.path}'", f"restore\", Path('{archive.path}')")
    script = script.replace(f"identity='{archive.identity}'", f"identity=Path('{archive.identity}')")
    script = STATE + "from pathlib import Path\n" + script
    return archive.installation.run("shell", "--no-imports", "--verbosity", "0", "-c", script)


def test_a_full_disk_while_it_arrives_changes_nothing(archive: Archive) -> None:
    done = cut(archive, "replacing", "load_dump", FULL)
    said = "The archive could not be restored: No space left on device. Nothing was changed."
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    unchanged(archive)


@pytest.mark.parametrize("what", ["_free_sqlite", "_change_postgres"])
def test_what_a_killed_restore_leaves_is_cleared_away_by_the_next(archive: Archive, what: str) -> None:
    if (what == "_change_postgres") != ("DATABASE_URL" in archive.installation.env):
        return  # applies to the other database
    how = "os._exit(9)" if what == "_change_postgres" else "('restored_' in str(arguments[0])) and os._exit(9)"
    assert cut(archive, "replacing", what, how).returncode == 9
    assert archive.states(NOW) == [LATER]
    assert leftovers(archive) != []
    assert restore(archive).returncode == 0
    assert archive.states(AFTER) == [THEN]
    assert leftovers(archive) == []
    put_back(archive)


@pytest.mark.parametrize(("how", "status"), [("os._exit(9)", 9), (FULL, 1)])
def test_files_follow_their_database_after_an_interruption(archive: Archive, how: str, status: int) -> None:
    done = cut(archive, "stores.DirectoryStore", "change_places", how)
    assert (done.returncode, "manage.py former_registry, which finishes it" in done.stderr) == (status, status == 1)
    assert archive.installation.do("former_registry").startswith("The files have followed their database.\nformer_")
    assert archive.states(AFTER) == [THEN]
    put_back(archive)


def test_an_empty_installation_keeps_nothing_beside(archive: Archive, tmp_path: Path) -> None:
    env = bare_environment(tmp_path)
    if "DATABASE_URL" not in archive.installation.env:
        _restored_into(archive, Installation(tmp_path, env))
        return
    with _created("") as url:
        _restored_into(archive, Installation(tmp_path, env | {"DATABASE_URL": url}))


def _restored_into(archive: Archive, empty: Installation) -> None:
    said = empty.do("restore", archive.path, "--identity", archive.identity)
    assert ("is kept as" in said, "Opened as a sample: 1 values of 1 kinds." in said) == (False, True), said
    arrived = Archive(empty, archive.path, archive.identity, archive.public)
    assert arrived.states(AFTER) == [THEN]
    assert formers(arrived) == []
    # Restore an archive of the restored registry.
    again = empty.var / "again.tar.age"
    empty.do("backup", again, "--recipient", archive.public)
    assert empty.run("restore", again, "--identity", archive.identity, "--replace").returncode == 0
    assert arrived.states(AFTER) == [THEN]


def test_directories_change_places_after_an_interruption_at_any_rename(
    own_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename
    for last in range(8):
        root = own_files / str(last)
        store = stores.ArrivedStore(root)
        for name in ("ab/old", "new/old", ".restored/cd/new", ".restored/ab/new", ".other/keep"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(name)
        left = [last]

        def failing(self: Path, target: Path, left: list[int] = left) -> Path:
            if not left[0]:
                raise OSError(os.strerror(28))
            left[0] -= 1
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", failing)
        try:
            store.change_places(root / ".restored", root / ".former")
            done = True
        except OSError:
            done = False
        monkeypatch.setattr(Path, "rename", rename)
        store.change_places(root / ".restored", root / ".former")
        found = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        assert found == [".former/ab/old", ".former/new/old", ".other/keep", "ab/new", "cd/new"], last
        assert not (root / ".restored").exists()
        assert done == (last >= 5)
