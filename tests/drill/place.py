"""The environment of the drill: a directory with its own PostgreSQL, an installed package, files and keys."""

from __future__ import annotations

import os
import resource
import secrets
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from cryptography.fernet import Fernet

from tests import postgres
from tests.installation import ROOT

HOST = "registry.example.org"
#: Maximum seconds of one command.
PATIENCE = 3600
NOT_OURS = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "REGISTRY_VAR", "REGISTRY_ENV", "PYTHONPATH"}


class DrillError(Exception):
    """A step failed."""


@dataclass
class Step:
    """A step with its wall-clock seconds, its processor seconds and its notes."""

    name: str
    seconds: float = 0
    processor: float = 0
    told: list[str] = field(default_factory=list)

    def tell(self, *words: str) -> None:
        self.told += words


@contextmanager
def measured(name: str, steps: list[Step]) -> Iterator[Step]:
    """Measure a step; its result is printed and recorded as soon as it ends."""
    step = Step(name)
    began, used = time.monotonic(), _processor()
    try:
        yield step
    finally:
        step.seconds, step.processor = time.monotonic() - began, _processor() - used
        steps.append(step)
        first, *rest = step.told or [""]
        sys.stdout.write(f"{step.name:<34}{step.seconds:>9.1f}{step.processor:>11.1f}  {first}\n")
        sys.stdout.writelines(f"{'':<56}{line}\n" for line in rest)
        sys.stdout.flush()


def _processor() -> float:
    """Return the processor seconds of all commands that have ended; PostgreSQL is not included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass
class Place:
    """The installation. Its code is the package installed in `programs`, or another tree."""

    root: Path
    server: postgres.Server
    #: Database with the tables of this version, copied instead of running migrations; and the prefix of database names.
    template: str = ""
    prefix: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.env = kept | {
            "DJANGO_SETTINGS_MODULE": "registry.settings.production", "PRINT_PROCESSES": "1",
            "SECRET_KEY": secrets.token_urlsafe(60), "FIELD_KEYS": Fernet.generate_key().decode(),
            "EVIDENCE_KEYS": Fernet.generate_key().decode(), "ALLOWED_HOSTS": HOST, "SITE_ADDRESS": f"https://{HOST}",
            "SECOND_FACTOR_REQUIRED": "", "PROXY_COUNT": "1",
        }  # fmt: skip
        self.use("registry")

    @property
    def programs(self) -> Path:
        """Return the `bin` directory of the environment in which the package is installed."""
        return self.root / "venv" / "bin"

    @property
    def files(self) -> Path:
        """Return the directory of the stored files that belong to the current database."""
        return self.root / self.database / "files"

    @property
    def identity(self) -> Path:
        """Return the path of the secret key of the backups."""
        return self.root / "backup.key"

    def use(self, database: str) -> None:
        """Switch to this database and its own directory of files for all later commands."""
        self.database = database
        self.env["DATABASE_URL"] = self.server.url.removesuffix("postgres") + self.name
        self.env["REGISTRY_VAR"] = str(self.root / database)

    @property
    def name(self) -> str:
        """Return the name of the database on the server."""
        return self.prefix + self.database

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run the statement as superuser and return its rows."""
        with psycopg.connect(host=str(self.server.root), dbname=database, autocommit=True) as connection:
            answer = connection.execute(statement)  # type: ignore[call-overload]
            return answer.fetchall() if answer.description else []

    def create(self, template: str = "template0") -> None:
        """Create the current database."""
        self.sql(f"CREATE DATABASE {self.name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE {template}")

    def lose(self) -> None:
        """Drop the current database, even if there are open connections."""
        self.sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def megabytes(self) -> float:
        """Return the size of the database in megabytes."""
        ((size,),) = self.sql(f"SELECT pg_database_size('{self.name}')")
        return int(str(size)) / 2**20

    def run(self, *command: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the command and return the finished process."""
        return subprocess.run(
            [str(part) for part in command], cwd=cwd or self.root, env=self.env | env, capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip

    def do(self, *command: object, cwd: Path | None = None, **env: str) -> list[str]:
        """Run the command and return the lines of its output. Raises `DrillError` if it fails."""
        done = self.run(*command, cwd=cwd, **env)
        if done.returncode:
            raise DrillError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return done.stdout.splitlines()

    def manage(self, *arguments: object) -> list[str]:
        """Run a management command of the installed package and return the lines of its output."""
        return self.do(self.programs / "registry-manage", *arguments)

    def refused(self, *arguments: object) -> str:
        """Run a command of the package that must fail and return its output. Raises `DrillError` if it succeeds."""
        done = self.run(self.programs / "registry-manage", *arguments)
        if not done.returncode:
            raise DrillError(f"{' '.join(map(str, arguments))} should have been refused.\n{done.stdout}")
        return (done.stdout + done.stderr).strip()

    def in_tree(self, tree: Path, *arguments: object) -> list[str]:
        """Run a command in a tree of the repository (this or the former release) and return the lines of its output."""
        return self.do(sys.executable, *arguments, cwd=tree, PYTHONPATH="")

    def install(self) -> Path:
        """Build the package, install it in its own environment and return the wheel.

        The dependencies are those of the environment of the drill, because both are locked with hashes.
        """
        pip = [sys.executable, "-m", "pip", "--quiet"]
        offline = ["--no-deps", "--no-index"]
        wheel = ["wheel", *offline, "--no-build-isolation", "--wheel-dir", self.root / "dist", ROOT]
        # The build imports hatch_build.py and would leave its bytecode in the repository.
        self.do(*pip, *wheel, PYTHONDONTWRITEBYTECODE="1")
        (package,) = (self.root / "dist").glob("*.whl")
        self.do(sys.executable, "-m", "venv", "--without-pip", self.root / "venv")
        (packages,) = (self.root / "venv").glob("lib/python*/site-packages")
        (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        into = ["--python", self.programs / "python", "install", "--ignore-installed"]
        self.do(*pip, *into, *offline, package)
        return package
