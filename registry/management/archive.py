"""Shared code of `backup` and `restore`: an archive encrypted by age, with database, files and manifest.

The archive is a tar stream: `database`, `files/…`, and finally `manifest.json` with the row counts of all tables,
so that a truncated archive has no manifest and a restored database can be compared. The installation's keys
(SECRET_KEY, FIELD_KEYS) are not included: they are stored separately (docs/deploy.md).
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
DATABASE = "database"
FILES = "files"
MANIFEST = "manifest.json"


def program(name: str, package: str) -> str:
    """Return the path of a system program. Raises `CommandError` naming the package to install."""
    found = shutil.which(name)
    if not found:
        raise CommandError(f"{name} is missing. Install it: apt-get install {package}")
    return found


def run(name: str, arguments: Iterable[str]) -> None:
    """Run a PostgreSQL program on our database; its output is shown only if it fails."""
    command = [program(name, "postgresql-client"), *arguments]
    done = subprocess.run(command, env=os.environ | _libpq(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError(f"{name} failed: {done.stderr.strip()}")


def _libpq() -> dict[str, str]:
    """Return address and password of the database for libpq; the password is not visible in process lists."""
    values: dict[str, Any] = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    found = {name: str(values[key]) for name, key in names.items() if values.get(key)}
    options = {"PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert"}
    return found | {name: str(values["OPTIONS"][key]) for name, key in options.items() if key in values["OPTIONS"]}


def counts(cursor: CursorWrapper) -> dict[str, int]:
    """Return the number of rows of each table, in the cursor's transaction."""
    found = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the catalogue
        found[table] = cursor.fetchone()[0]
    return found


def applied() -> list[str]:
    """Return the applied migrations as «app.name»."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def sqlite_file() -> Path:
    """Return the path of the database file. Raises `CommandError` for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise CommandError("A database in memory cannot be archived.")
    return Path(name)


def copy_sqlite(target: Path) -> dict[str, int]:
    """Copy the database while it is in use; return the row counts of the copy."""
    source, copy = sqlite3.connect(sqlite_file()), sqlite3.connect(target)
    try:
        source.backup(copy)
        names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {
            name: copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a name from the catalogue
            for name in names
            if not name.startswith("sqlite_")
        }
    finally:
        source.close()
        copy.close()
