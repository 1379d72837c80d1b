"""A separate installation for tests of commands, with its own directory, database and processes."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
#: Template database on the server of the suite; deleted with the cluster.
MIGRATED = "house_migrated"


@dataclass
class Installation:
    """Runs `manage.py` in the installation as an administrator would."""

    var: Path
    env: dict[str, str]

    def run(self, *arguments: object, seconds: int = 600, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the command and return the finished process with its output."""
        command = [sys.executable, "manage.py", *map(str, arguments)]
        return subprocess.run(
            command, cwd=ROOT, env=self.env | env, capture_output=True, text=True, timeout=seconds, check=False
        )

    def do(self, *arguments: object, seconds: int = 600) -> str:
        """Run the command and return its output; fail if the command fails."""
        done = self.run(*arguments, seconds=seconds)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@dataclass
class Ready(Installation):
    """Runs commands in forks of one process, which saves a second each, unless they change the environment."""

    @cached_property
    def _loaded(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.ready"]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *arguments: object, seconds: int = 600, **env: str) -> subprocess.CompletedProcess[str]:
        if env:
            return super().run(*arguments, seconds=seconds, **env)
        command = [*map(str, arguments)]
        with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
            print(json.dumps([command, [out.name, err.name]]), file=self._loaded.stdin, flush=True)
            assert select.select([self._loaded.stdout], [], [], seconds)[0], f"{command} has not ended"
            return subprocess.CompletedProcess(command, int(self._loaded.stdout.readline()), out.read(), err.read())

    def end(self) -> None:
        """End the process."""
        if "_loaded" in self.__dict__:
            self._loaded.communicate(timeout=30)


def bare_environment(var: Path) -> dict[str, str]:
    """Return the environment of a new installation, independent of that of the suite."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "LANG", "PYTHONPATH", "CLOCK_SHIFT"}
    }
    return kept | {"REGISTRY_VAR": str(var), "DJANGO_SETTINGS_MODULE": "registry.settings.development"}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path | str:
    """Return an empty migrated database to copy from: its directory (SQLite) or its name on the server (PostgreSQL).

    Created once for all processes of the suite.
    """
    root = tmp_path_factory.getbasetemp()
    root = root if worker_id == "master" else root.parent
    database = settings.DATABASES["default"]
    with (root / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        var, done = root / "migrated", root / "migrated.done"
        env = bare_environment(var)
        on_server = not database["ENGINE"].endswith("sqlite3")
        if on_server:
            env["DATABASE_URL"] = f"postgres:///{database['HOST']}/{MIGRATED}"
        if not done.exists():
            var.mkdir()
            if on_server:
                with _server() as server:
                    server.execute(f"DROP DATABASE IF EXISTS {MIGRATED} WITH (FORCE)")
                    server.execute(f"CREATE DATABASE {MIGRATED}")
            Installation(var, env).do("migrate", "--verbosity", "0")
            done.touch()
    return MIGRATED if on_server else var


@pytest.fixture(scope="module")
def installation(migrated: Path | str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A migrated installation with the same kind of database as the suite."""
    var = tmp_path_factory.mktemp("var")
    if isinstance(migrated, Path):
        shutil.copytree(migrated, var, dirs_exist_ok=True)
        with ready(var, bare_environment(var)) as made:
            yield made
        return
    with _created(f"TEMPLATE {migrated}") as url, ready(var, bare_environment(var) | {"DATABASE_URL": url}) as made:
        yield made


@contextmanager
def ready(var: Path, env: dict[str, str]) -> Iterator[Ready]:
    """Yield an installation, and end its process afterwards."""
    made = Ready(var, env)
    try:
        yield made
    finally:
        made.end()


@contextmanager
def _created(like: str) -> Iterator[str]:
    host, name = settings.DATABASES["default"]["HOST"], f"house_{uuid.uuid4().hex}"
    with _server() as server:
        server.execute(f"CREATE DATABASE {name} {like}")
        yield f"postgres:///{host}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _server() -> psycopg.Connection[Any]:
    return psycopg.connect(host=settings.DATABASES["default"]["HOST"], dbname="postgres", autocommit=True)
