"""Replaces a registry by another one, which is loaded beside it and swapped with it at the end.

On PostgreSQL it is loaded into another schema of the same database, on SQLite into a file in the same directory; its
files go into a directory below that of the files. The replaced registry is kept under another name until somebody drops
it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from .. import guards
from ..files import marks, stores
from ..files.models import FileStore
from . import archive, running

_IN_USE = "The database is in use ({}). Stop the services and other programs that use it first; nothing was changed."
_DIFFERS = "The archived database differs from its manifest, so nothing was changed. {}"
#: Prefixes of the names of schemas, files and directories that are not the registry itself.
RESTORED, FORMER = "restored_", "former_"
_NAME = re.compile(rf"({RESTORED}|{FORMER})\d{{8}}_\d{{6}}")
#: File in REGISTRY_VAR that says what is being swapped, until it is done.
_UNDER_WAY = ".changing-places.json"


@dataclass(frozen=True)
class Beside:
    """A registry beside the present one: a schema or a file, and a directory of files."""

    name: str

    @property
    def files(self) -> Path:
        """The directory with its files, below that of the present ones; files in a bucket stay there."""
        return stores.own().arriving() / f".{self.name}"

    @property
    def file(self) -> Path:
        """The database file; only on SQLite."""
        target = archive.sqlite_file()
        return target.with_name(f"{target.name}.{self.name}")

    @property
    def is_there(self) -> bool:
        """Return whether its database exists."""
        return self.name in _databases()


def beside(beginning: str) -> list[Beside]:
    """Return the registries with this prefix, the oldest first."""
    directories = {path.name[1:] for path in stores.own().arriving().glob(f".{beginning}*")}
    found = {name for name in {*_databases(), *directories} if name.startswith(beginning) and _NAME.fullmatch(name)}
    return [Beside(name) for name in sorted(found)]


def _databases() -> set[str]:
    if connection.vendor == "sqlite":
        target = archive.sqlite_file()
        found = {path.name.removeprefix(f"{target.name}.") for path in target.parent.glob(f"{target.name}.*_*")}
        return {name for name in found if _NAME.fullmatch(name)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall() if _NAME.fullmatch(name)}


@contextmanager
def while_nothing_runs() -> Iterator[None]:
    """Keep web servers and workers from starting within the block. Raises `CommandError` if one runs, or the database
    is in use.

    Finish first what an interrupted command has left.
    """
    with running.keeping_others_waiting():
        check_free()
        finish()
        yield


def check_free() -> None:
    """Raise `CommandError` if another program has a connection to the database."""
    if connection.vendor == "sqlite":
        connection.close()
        _free_sqlite(archive.sqlite_file())
        return
    # A process that has just ended is still listed for a moment.
    for wait in (0.1, 0.3, 1.0, 2.0, 0):
        others = _connections_of_others()
        if not others:
            break
        time.sleep(wait)
    connection.close()
    if others:
        raise CommandError(_IN_USE.format(f"connections: {others}"))


def _connections_of_others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        (others,) = cursor.fetchone()
    return int(others)


def _free_sqlite(path: Path) -> None:
    """Merge the log, so that the database is one file. Raises `CommandError` if somebody uses it."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=1)) as by_itself:
        try:
            # Needs exclusive access, so it fails even for idle connections.
            by_itself.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise CommandError(_IN_USE.format(path)) from None
        except sqlite3.DatabaseError:
            pass  # damaged, and to be replaced


def load_dump(dump: Path, counts: dict[str, int], into: Beside) -> None:
    """Load the dump beside the present database.

    Raises `CommandError` if it is damaged or its tables do not have `counts` rows, and leaves nothing behind.
    """
    if connection.vendor == "sqlite":
        _load_sqlite(dump, counts, into)
    else:
        _load_postgres(dump, counts, into)


def _load_sqlite(dump: Path, counts: dict[str, int], into: Beside) -> None:
    # Copied, because the database may be in another file system than the files.
    shutil.copyfile(dump, into.file)
    try:
        with closing(sqlite3.connect(into.file)) as arrived:
            (whole,) = arrived.execute("PRAGMA quick_check").fetchone()
            found = archive.sqlite_counts(arrived)
    except sqlite3.DatabaseError as error:
        raise CommandError(_DIFFERS.format(error)) from None
    if whole != "ok" or found != counts:
        raise CommandError(_DIFFERS.format("" if whole == "ok" else whole).strip())


def _extensions(there: str, to: str) -> str:
    """Return SQL that moves the extensions to a schema: a database has only one of each, and the tables need them."""
    return f"""DO $moved$ DECLARE one record; BEGIN
FOR one IN SELECT extname FROM pg_extension WHERE extnamespace = '{there}'::regnamespace LOOP
EXECUTE format('ALTER EXTENSION %I SET SCHEMA {to}', one.extname); END LOOP; END $moved$;
"""  # noqa: S608 - names of ours


def _load_postgres(dump: Path, counts: dict[str, int], into: Beside) -> None:
    """Load the dump, which names its schema, in one transaction in which the present schema has another name."""
    connection.close()
    aside = f"{FORMER}meanwhile"
    before = (
        f"SET client_min_messages = warning; BEGIN; ALTER SCHEMA public RENAME TO {aside}; CREATE SCHEMA public;\n"
        + _extensions(aside, "public")
    )
    after = (
        "".join(_counted(table, rows) for table, rows in counts.items())
        + _extensions("public", aside)
        + f"ALTER SCHEMA public RENAME TO {into.name}; ALTER SCHEMA {aside} RENAME TO public; COMMIT;\n"
    )
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
            script.write(before.encode())
            shutil.copyfileobj(reader.stdout, script, 2**20)
            # Without its COMMIT the transaction is rolled back.
            if reader.wait() == 0:
                script.write(after.encode())
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


@contextmanager
def looking_at(other: Beside) -> Iterator[None]:
    """Read this registry instead of the present one."""
    values = connection.settings_dict
    changed = {"NAME": other.file} if connection.vendor == "sqlite" else {"OPTIONS": _in_schema(other.name)}
    former = {name: values[name] for name in changed}
    connection.close()
    try:
        values.update(changed)
        with stores.instead(other.files):
            yield
    finally:
        connection.close()
        values.update(former)


def _in_schema(name: str) -> dict[str, object]:
    return {**connection.settings_dict["OPTIONS"], "options": f"-c search_path={name}"}


def change_places(arriving: Beside, former: Beside) -> None:
    """Swap the other registry with the present one: the database, and then the files.

    The next command finishes an interrupted swap. Raises `CommandError` if somebody uses the database; then nothing is
    changed.
    """
    check_free()
    note = _note()
    note.write_text(json.dumps({"arriving": arriving.name, "former": former.name}))
    try:
        if connection.vendor == "sqlite":
            _change_sqlite(arriving, former)
        else:
            _change_postgres(arriving, former)
    except BaseException:
        connection.close()
        if arriving.is_there:
            note.unlink()
        raise
    try:
        finish()
    except OSError as error:
        raise CommandError(
            f"The database has changed places and the files have not ({error.strerror}). Put that right and run "
            "manage.py former_registry, which finishes it."
        ) from error


def _change_sqlite(arriving: Beside, former: Beside) -> None:
    target = archive.sqlite_file()
    _free_sqlite(arriving.file)
    if target.exists():
        os.link(target, former.file)
    else:
        former.file.touch()
    for ending in ("-wal", "-shm"):  # of a damaged database, which could not be closed
        with suppress(FileNotFoundError):
            target.with_name(target.name + ending).rename(former.file.with_name(former.file.name + ending))
    os.replace(arriving.file, target)


def _change_postgres(arriving: Beside, former: Beside) -> None:
    with connection.cursor() as cursor:
        # Statements of one string are one transaction.
        cursor.execute(
            f"BEGIN; ALTER SCHEMA public RENAME TO {former.name}; ALTER SCHEMA {arriving.name} RENAME TO public;\n"
            + _extensions(former.name, "public")
            + "COMMIT;"
        )
    connection.close()


def _note() -> Path:
    return Path(settings.VAR_DIR) / _UNDER_WAY


def is_under_way() -> bool:
    """Return whether a command was stopped before the files followed their database."""
    return _note().exists()


def finish() -> None:
    """Move the files after their database, if a command was stopped between the two."""
    if not is_under_way():
        return
    names = json.loads(_note().read_text() or "{}")
    if names and not Beside(names["arriving"]).is_there:
        stores.own().change_places(Beside(names["arriving"]).files, Beside(names["former"]).files)
    elif names and connection.vendor == "sqlite":
        Beside(names["former"]).file.unlink(missing_ok=True)  # the second name of the present file
    _note().unlink()


def adopt_loaded_registry() -> None:
    """Install the guards of the new registry, and mark the store of files as its own."""
    guards.install()
    if FileStore._meta.db_table in connection.introspection.table_names():
        # The registry that the archive came from may still exist, with its own files.
        marks.renew()


def discard_loaded_registry(arriving: Beside) -> None:
    """Delete the loaded registry, unless its database is in place and its files are still needed."""
    if not is_under_way():
        drop_registry(arriving)


def drop_registry(other: Beside) -> None:
    """Delete a registry that is not the present one."""
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm", "-journal"):
            other.file.with_name(other.file.name + ending).unlink(missing_ok=True)
    elif other.is_there:
        with connection.cursor() as cursor:
            cursor.execute(_extensions(other.name, "public") + f"DROP SCHEMA {other.name} CASCADE")
    shutil.rmtree(other.files, ignore_errors=True)
