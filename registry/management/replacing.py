"""Replaces the database by a dump: the present one stays until the dump is loaded and its rows are counted."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection

from . import archive

_IN_USE = "The database is in use ({}). Stop the services and other programs that use it first."
_DIFFERS = "The archived database differs from its manifest, so nothing was changed. {}"


def replace_database(dump: Path, counts: dict[str, int]) -> None:
    """Put the dump in the place of the database.

    Raises `CommandError` if somebody uses the database, the dump is damaged or its tables do not have `counts` rows;
    then nothing is changed.
    """
    if connection.vendor == "sqlite":
        _replace_sqlite(dump, counts)
    else:
        _replace_postgres(dump, counts)


def _replace_sqlite(dump: Path, counts: dict[str, int]) -> None:
    try:
        with closing(sqlite3.connect(dump)) as arrived:
            (whole,) = arrived.execute("PRAGMA quick_check").fetchone()
            found = archive.sqlite_counts(arrived)
    except sqlite3.DatabaseError as error:
        raise CommandError(_DIFFERS.format(error)) from None
    if whole != "ok" or found != counts:
        raise CommandError(_DIFFERS.format("" if whole == "ok" else whole).strip())
    target = archive.sqlite_file()
    connection.close()
    _check_sqlite_is_free(target)
    # Copied first, for the database may lie in another file system than the files.
    arriving = target.with_name(target.name + ".restored")
    shutil.copyfile(dump, arriving)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    os.replace(arriving, target)


def _check_sqlite_is_free(target: Path) -> None:
    if not target.exists():
        return
    with closing(sqlite3.connect(target, timeout=1)) as alone:
        try:
            # Needs the database for itself, also from connections that do nothing now; brings the log in.
            alone.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise CommandError(_IN_USE.format(target)) from None
        except sqlite3.DatabaseError:
            pass  # damaged, and to be replaced


def _replace_postgres(dump: Path, counts: dict[str, int]) -> None:
    """Replace the whole schema in one transaction: tables of a newer version must not remain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        (others,) = cursor.fetchone()
    connection.close()
    if others:
        raise CommandError(_IN_USE.format(f"connections: {others}"))
    reading = [archive.program("pg_restore", "postgresql-client"), "--no-owner", "--no-acl", "--file=-", str(dump)]
    loading = [archive.program("psql", "postgresql-client"), "--no-psqlrc", "--quiet", "--file=-"]
    loading += ["--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse"]
    with (
        tempfile.TemporaryFile() as faults,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=faults) as reader,  # noqa: S603
        subprocess.Popen(  # noqa: S603
            loading, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=faults, env=archive.environment()
        ) as loader,
    ):
        assert reader.stdout is not None and loader.stdin is not None  # noqa: S101 - pipes were asked for
        with suppress(BrokenPipeError), loader.stdin as script:
            script.write(
                b"SET client_min_messages = warning; BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
            )
            shutil.copyfileobj(reader.stdout, script, 2**20)
            # Without its COMMIT the transaction is rolled back.
            if reader.wait() == 0:
                script.write("".join(_counted(table, rows) for table, rows in counts.items()).encode())
                script.write(b"COMMIT;\n")
        reader.stdout.close()
        if loader.wait() or reader.wait():
            faults.seek(0)
            raise CommandError(_DIFFERS.format(faults.read().decode(errors="replace").strip()))


def _counted(table: str, rows: int) -> str:
    """Return SQL that aborts the transaction unless the table has this number of rows."""
    name = connection.ops.quote_name(table)
    return f"""DO $counted$ BEGIN IF (SELECT COUNT(*) FROM public.{name}) <> {rows} THEN
RAISE EXCEPTION 'table {table} does not have its {rows} rows'; END IF; END $counted$;
"""  # noqa: S608 - a name from the manifest, which age has authenticated
