"""An installation of its own for tests of commands: own directory, own database, real processes."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """Runs `manage.py` as an administrator does."""

    var: Path
    env: dict[str, str]

    def run(self, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
        """The finished command with what it wrote."""
        command = [sys.executable, "manage.py", *map(str, arguments)]
        return subprocess.run(
            command, cwd=ROOT, env=self.env | env, capture_output=True, text=True, timeout=240, check=False
        )

    def do(self, *arguments: object) -> str:
        """What the command wrote; the test fails where the command did."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def bare_environment(var: Path) -> dict[str, str]:
    """The environment of a new installation, whatever the suite itself runs with."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return kept | {"REGISTRY_VAR": str(var), "DJANGO_SETTINGS_MODULE": "registry.settings.development"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A migrated installation on the kind of database that the suite runs on."""
    var = tmp_path_factory.mktemp("var")
    env = bare_environment(var)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        made = Installation(var, env)
        made.do("migrate", "--verbosity", "0")
        yield made
        return
    name = f"house_{uuid.uuid4().hex}"
    with psycopg.connect(host=database["HOST"], dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        made = Installation(var, env | {"DATABASE_URL": f"postgres:///{database['HOST']}/{name}"})
        made.do("migrate", "--verbosity", "0")
        yield made
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
