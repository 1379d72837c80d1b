"""Where the drill is: a directory with a PostgreSQL of its own, an installed package, files and keys."""

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
#: Seconds that one command may take.
PATIENCE = 3600
NOT_OURS = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "REGISTRY_VAR", "REGISTRY_ENV", "PYTHONPATH"}


class DrillError(Exception):
    """A step did not do what it has to."""


@dataclass
class Step:
    """A step with what it took: seconds by the clock and of the processor, and what is worth telling."""

    name: str
    seconds: float = 0
    processor: float = 0
    told: list[str] = field(default_factory=list)

    def tell(self, *words: str) -> None:
        self.told += words


@contextmanager
def measured(name: str, steps: list[Step]) -> Iterator[Step]:
    """A step; it is written down when it has ended, and at once."""
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
    """Seconds of processor time of the commands that have ended; PostgreSQL is none of them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass
class Place:
    """The installation: its code is that of the package in `programs`, or of another tree."""

    root: Path
    server: postgres.Server
    #: A database with the tables of this version, to be copied instead of being migrated; and what begins the names.
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
        """The programs of the environment in which the package is installed."""
        return self.root / "venv" / "bin"

    @property
    def files(self) -> Path:
        """What belongs to the database that is in use."""
        return self.root / self.database / "files"

    @property
    def identity(self) -> Path:
        """The secret key of the backups."""
        return self.root / "backup.key"

    def use(self, database: str) -> None:
        """From now on commands have this database, and files of its own."""
        self.database = database
        self.env["DATABASE_URL"] = self.server.url.removesuffix("postgres") + self.name
        self.env["REGISTRY_VAR"] = str(self.root / database)

    @property
    def name(self) -> str:
        """The name of the database on the server."""
        return self.prefix + self.database

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """What the server answers to a superuser."""
        with psycopg.connect(host=str(self.server.root), dbname=database, autocommit=True) as connection:
            answer = connection.execute(statement)  # type: ignore[call-overload]
            return answer.fetchall() if answer.description else []

    def create(self, template: str = "template0") -> None:
        """Create the database in use."""
        self.sql(f"CREATE DATABASE {self.name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE {template}")

    def lose(self) -> None:
        """Drop the database in use, also while somebody is connected."""
        self.sql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def megabytes(self) -> float:
        """Size of the database."""
        ((size,),) = self.sql(f"SELECT pg_database_size('{self.name}')")
        return int(str(size)) / 2**20

    def run(self, *command: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """The finished command."""
        return subprocess.run(
            [str(part) for part in command], cwd=cwd or self.root, env=self.env | env, capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip

    def do(self, *command: object, cwd: Path | None = None, **env: str) -> list[str]:
        """Lines that the command wrote. Raises `DrillError` if it failed."""
        done = self.run(*command, cwd=cwd, **env)
        if done.returncode:
            raise DrillError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return done.stdout.splitlines()

    def manage(self, *arguments: object) -> list[str]:
        """Lines that a command of the package wrote."""
        return self.do(self.programs / "registry-manage", *arguments)

    def refused(self, *arguments: object) -> str:
        """What a command of the package said when it refused. Raises `DrillError` if it did not."""
        done = self.run(self.programs / "registry-manage", *arguments)
        if not done.returncode:
            raise DrillError(f"{' '.join(map(str, arguments))} should have been refused.\n{done.stdout}")
        return (done.stdout + done.stderr).strip()

    def in_tree(self, tree: Path, *arguments: object) -> list[str]:
        """Lines that a command wrote in a tree of the repository: this one, or that of the former release."""
        return self.do(sys.executable, *arguments, cwd=tree, PYTHONPATH="")

    def install(self) -> Path:
        """Build the package and install it in an environment of its own; return the package.

        What it depends on is that of the environment of the drill: both are locked with hashes.
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
