"""Shared code of `backup` and `restore`: an archive encrypted by age, with database, files and manifest.

The archive is a tar stream of one moment: `database`, every stored file in it, and finally `manifest.json` with the row
counts of all tables, so that a truncated archive has no manifest and a restored database can be compared. The
installation's keys (SECRET_KEY, FIELD_KEYS, EVIDENCE_KEYS) are not included: they are stored separately
(docs/deploy.md); the manifest has only the fingerprints of the last two. A copy of the manifest is stored beside the
archive, with the archive's size and checksum: it names nobody.
"""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from .. import evidence
from ..files import storage
from ..files.models import StoredFile
from ..journal.models import Attestation, JournalChain
from ..journal.queries import HEAD_COLUMNS, cut_since, heads, sealed_heads
from ..sizes import CHUNK_READ

#: Archives of format 1 contained every file of the directories, including those of rolled-back transactions.
FORMAT = 2
READABLE = {1, FORMAT}
DATABASE = "database"
FILES = "files"
MANIFEST = "manifest.json"
#: Suffix of the manifest file beside an archive, which includes the heads of the journal.
BESIDE = ".manifest.json"
#: Suffix of the file that earlier versions wrote there, with only the heads.
HEADS = ".heads.json"
#: Prefix of the temporary directories in which a backup starts its copy.
STAGING = ".registry-backup-"
OWN_APPS = {"registry", "members", "dues", "documents"}


def member_of(file_id: uuid.UUID) -> str:
    """Return the archive member name for the file of a row."""
    return f"{FILES}/{storage.place_of(file_id)}"


def is_file(name: str) -> bool:
    """Return whether an archive member is a stored file."""
    try:
        file_id = uuid.UUID(name.rpartition("/")[2])
    except ValueError:
        return False
    return name in {member_of(file_id), f"{FILES}/{storage.new_place_of(file_id)}"}


def fingerprints() -> list[str]:
    """Return fingerprints of the keys of FIELD_KEYS, which do not reveal them; the encrypting key is first."""
    return [hashlib.sha256(f"field key {key}".encode()).hexdigest()[:16] for key in settings.FIELD_KEYS]


def keys() -> dict[str, list[str]]:
    """Return the fingerprints of the keys that a restored registry needs."""
    return {"field_keys": fingerprints(), "evidence_keys": evidence.fingerprints()}


def evidence_lost(path: Path) -> list[str]:
    """Return what the journal has lost since the heads in the file were exported; for a manifest, those within it."""
    exported = json.loads(path.read_text())
    return list(cut_since(exported.get("heads", exported)))


def program(name: str, package: str) -> str:
    """Return the path of a system program. Raises `CommandError` naming the package to install."""
    found = shutil.which(name)
    if not found:
        raise CommandError(f"{name} is missing. Install it: apt-get install {package}")
    return found


@contextmanager
def cleaning_up_when_ended() -> Iterator[None]:
    """Let signals end the command as an error does, so that temporary files are deleted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number in former:
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def remove_leftovers(root: Path, prefix: str) -> None:
    """Delete the temporary directories of killed commands, which contain an unencrypted database."""
    for path in root.glob(f"{prefix}*"):
        shutil.rmtree(path, ignore_errors=True)


def dump_postgres(target: IO[bytes], ids: IO[str]) -> dict[str, Any]:
    """Write the dump and the ids of the stored files; return migrations and row counts, all from one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        command = [program("pg_dump", "postgresql-client"), "--format=custom", "--no-owner", "--no-acl"]
        # A replaced registry is kept in its own schema (`replacing`), and is in no archive.
        command += [f"--exclude-schema={beginning}*" for beginning in ("restored_", "former_")]
        done = subprocess.run(  # noqa: S603
            [*command, f"--snapshot={snapshot}"], env=environment(), stdout=target, stderr=subprocess.PIPE, check=False
        )
        if done.returncode:
            raise CommandError(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")
        for file_id in StoredFile.objects.values_list("pk", flat=True).iterator(chunk_size=CHUNK_READ):
            ids.write(f"{file_id}\n")
        return {**_schema(_applied()), "counts": counts(cursor), "heads": heads()}


def environment() -> dict[str, str]:
    """Return address and password of the database for libpq; the password is not visible in process lists."""
    values: dict[str, Any] = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    found = {name: str(values[key]) for name, key in names.items() if values.get(key)}
    # Of several servers use the writable one, as the registry itself does.
    options = {
        "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert", "PGTARGETSESSIONATTRS": "target_session_attrs",
    }  # fmt: skip
    found |= {name: str(values["OPTIONS"][key]) for name, key in options.items() if key in values["OPTIONS"]}
    return os.environ | found


def counts(cursor: CursorWrapper) -> dict[str, int]:
    """Return the number of rows of each table, in the cursor's transaction."""
    found = {}
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the catalogue
        found[table] = cursor.fetchone()[0]
    return found


def _applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _schema(applied: Iterable[str]) -> dict[str, Any]:
    """Return the applied migrations, and the last one of each app, which determines the tables."""
    names = sorted(applied)
    own = (name.partition(".") for name in names if "_squashed_" not in name)
    return {"migrations": names, "schema": {app: name for app, _dot, name in own}}


def unknown_migrations(applied: Iterable[str]) -> list[str]:
    """Return the applied migrations of the registry that this version of the code does not have."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    # A squashed one is recorded beside those it replaces, and a newer version may have another instead.
    own = (name for name in applied if name.partition(".")[0] in OWN_APPS and "_squashed_" not in name)
    return [name for name in own if name not in known]


def sqlite_file() -> Path:
    """Return the path of the database file. Raises `CommandError` for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise CommandError("A database in memory cannot be archived.")
    return Path(name)


@contextmanager
def sqlite_copy(ids: IO[str]) -> Iterator[tuple[IO[bytes], dict[str, Any]]]:
    """Yield a copy of the database made while it is in use, with migrations, row counts and heads of the same moment.

    Write the ids of its files. The copy is never given a name, so that even a killed process leaves nothing
    unencrypted.
    """
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=STAGING) as folder:
        path = Path(folder) / DATABASE
        file = path.open("xb+")
        copy = sqlite3.connect(path, isolation_level=None)
        path.unlink()
    with file, closing(copy), closing(sqlite3.connect(sqlite_file(), isolation_level=None)) as source:
        # A file without a name cannot have a journal file.
        copy.execute("PRAGMA journal_mode=OFF")
        copy.execute("PRAGMA synchronous=OFF")
        source.execute("BEGIN")
        # The first of these starts the snapshot that all the others use.
        names = [f"{app}.{name}" for app, name in source.execute("SELECT app, name FROM django_migrations")]
        found = sqlite_counts(source)
        for (file_id,) in source.execute(f"SELECT id FROM {StoredFile._meta.db_table}"):  # noqa: S608
            ids.write(f"{uuid.UUID(file_id)}\n")
        chains = source.execute(f"SELECT {', '.join(HEAD_COLUMNS)} FROM {JournalChain._meta.db_table}")  # noqa: S608
        ends = {str(key): [number, digest] for key, number, digest in chains}
        attested = found[Attestation._meta.db_table]
        source.backup(copy)
        yield file, {**_schema(names), "counts": found, "heads": sealed_heads(ends, attested)}


def sqlite_counts(database: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of each table."""
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {
        name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a name from the catalogue
        for name in names
        if not name.startswith("sqlite_")
    }
