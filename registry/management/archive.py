"""What `backup` and `restore` share: one archive encrypted by age, with the database, the files and a manifest.

The archive is a tar stream: `database`, `files/…`, and at the end `manifest.json` with the counts of every table,
so that an archive cut short has no manifest and a restored database can be compared. The keys of the installation
(SECRET_KEY, FIELD_KEYS) are not in it: they are kept apart (docs/deploy.md).
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
    """Path of a system program. Raises `CommandError` that names the package to install."""
    found = shutil.which(name)
    if not found:
        raise CommandError(f"{name} is missing. Install it: apt-get install {package}")
    return found


def run(name: str, arguments: Iterable[str]) -> None:
    """Run a PostgreSQL program against our database; its words are shown only where it fails."""
    command = [program(name, "postgresql-client"), *arguments]
    done = subprocess.run(command, env=os.environ | _libpq(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError(f"{name} failed: {done.stderr.strip()}")


def _libpq() -> dict[str, str]:
    """Address and password of the database as libpq reads them; the password shows in no process list."""
    values: dict[str, Any] = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    found = {name: str(values[key]) for name, key in names.items() if values.get(key)}
    options = {"PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert"}
    return found | {name: str(values["OPTIONS"][key]) for name, key in options.items() if key in values["OPTIONS"]}


def counts(cursor: CursorWrapper) -> dict[str, int]:
    """Rows of every table as the cursor's transaction sees them."""
    found = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the catalogue
        found[table] = cursor.fetchone()[0]
    return found


def applied() -> list[str]:
    """Migrations that the database has, as «app.name»."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def sqlite_file() -> Path:
    """The database's file. Raises `CommandError` for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise CommandError("A database in memory cannot be archived.")
    return Path(name)


def copy_sqlite(target: Path) -> dict[str, int]:
    """Copy the database while it is in use; answers the counts of the copy."""
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
