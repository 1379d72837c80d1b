"""The command `backup`: writes database and files to an archive encrypted for the holder of the age identity."""

import datetime as dt
import fcntl
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from ...files import storage
from ...upkeep.transitions import sign_of_backup
from .. import archive

#: Ending of an archive that is being written.
PARTIAL = ".part"


class Command(BaseCommand):
    """Works while the registry is running: reads the database as one snapshot, then the files of its rows."""

    help = "Write one encrypted archive of the database and the stored files, and beside it its manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("output", type=Path, help="the archive to write, or a directory for one named by the time")
        parser.add_argument(
            "--recipient",
            default=settings.BACKUP_RECIPIENT,
            help="age public key «age1…»; default: BACKUP_RECIPIENT of the environment",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        recipient: str = options["recipient"]
        if not recipient:
            raise CommandError("Whom to encrypt for? Set BACKUP_RECIPIENT to the public key that age-keygen printed.")
        output: Path = options["output"]
        if output.is_dir():
            _remove_partial(output)
            output /= f"registry-{timezone.now():%Y-%m-%d-%H%M%S}.tar.age"
        if output.exists():
            raise CommandError(f"{output} is there already; archives are never written over.")
        try:
            with archive.cleaning_up_when_ended():
                manifest, lost = _make(output, recipient)
        except (OSError, sqlite3.Error, DatabaseError) as error:
            words = getattr(error, "strerror", None) or str(error).partition("\n")[0]
            raise CommandError(f"The backup failed and left nothing behind: {words}.") from error
        self._sign(dt.datetime.fromisoformat(manifest["made_at"]))
        for sentence in lost:
            self.stderr.write(sentence)
        self.stdout.write(f"{output}: {output.stat().st_size / 2**20:.1f} MB, {manifest['files']} files.")
        if missing := manifest["missing"]:
            self.stderr.write(
                f"{len(missing)} stored files have a row in the database and no contents; check_integrity names them."
            )

    def _sign(self, made_at: dt.datetime) -> None:
        """Record the time of the archive; the archive is complete even if this fails."""
        try:
            sign_of_backup(made_at)
        except DatabaseError as error:
            self.stderr.write(f"The time of the backup was not recorded ({type(error).__name__}).")


def _make(output: Path, recipient: str) -> tuple[dict[str, Any], list[str]]:
    """Write archive and manifest; return the manifest, and what the journal has lost since the previous archive.

    The archive gets its final name last, so that every file with such a name is complete and has its manifest.
    """
    partial = output.with_name(output.name + PARTIAL)
    beside = output.with_name(output.name + archive.BESIDE)
    with _opened(partial) as target:
        try:
            manifest = _write(target, recipient)
            lost = _lost_since_last(output)
            beside.write_text(json.dumps({**manifest, **_measured(partial)}, indent=1))
            partial.rename(output)
        except BaseException:
            beside.unlink(missing_ok=True)
            partial.unlink(missing_ok=True)
            raise
    return manifest, lost


@contextmanager
def _opened(partial: Path) -> Iterator[IO[bytes]]:
    """Open the unfinished archive, locked while it is written; one left by a killed backup is emptied."""
    with partial.open("ab") as target:
        if not _is_ours(target, partial):
            raise CommandError(f"{partial} is being written: another backup is under way.")
        target.truncate(0)
        partial.chmod(0o600)
        yield target


def _is_ours(file: IO[bytes], path: Path) -> bool:
    """Lock the file; return whether nobody else had it locked, or has finished and renamed it meanwhile."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(file.fileno()).st_ino == path.stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def _remove_partial(directory: Path) -> None:
    """Delete unfinished archives of killed backups; those still being written stay."""
    for path in directory.glob(f"registry-*{PARTIAL}"):
        with path.open("rb") as file:
            if _is_ours(file, path):
                path.unlink()


def _measured(path: Path) -> dict[str, Any]:
    """Return size and checksum of the archive, for comparing copies of it."""
    with path.open("rb") as file:
        return {"archive_bytes": path.stat().st_size, "archive_sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _lost_since_last(output: Path) -> list[str]:
    """Return what the journal has lost since the newest archive beside this one."""
    beside = [path for ending in (archive.BESIDE, archive.HEADS) for path in output.parent.glob(f"*{ending}")]
    earlier = max(beside, key=lambda path: path.stat().st_mtime, default=None)
    if earlier is None:
        return []
    try:
        return [f"{earlier.name}: {sentence}" for sentence in archive.evidence_lost(earlier)]
    except (ValueError, KeyError):
        return [f"{earlier.name} cannot be read, so the journal was not compared with it."]


def _write(target: IO[bytes], recipient: str) -> dict[str, Any]:
    """Write the archive and return its manifest."""
    age = subprocess.Popen(  # noqa: S603
        [archive.program("age", "age"), "--encrypt", "--recipient", recipient],
        stdin=subprocess.PIPE,
        stdout=target,
        stderr=subprocess.PIPE,
    )
    assert age.stdin is not None and age.stderr is not None  # noqa: S101 - pipes were asked for
    tar = tarfile.open(fileobj=age.stdin, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
    try:
        manifest = _fill(tar)
        tar.close()
        age.stdin.close()
    except BaseException as error:
        # Closing writes the rest and would wait for a running reader.
        age.kill()
        for stream in (tar, age.stdin):
            with suppress(BrokenPipeError):
                stream.close()
        if isinstance(error, BrokenPipeError):
            raise CommandError(f"age failed: {age.stderr.read().decode().strip()}") from None
        raise
    finally:
        age.wait()
    if age.returncode:
        raise CommandError(f"age failed: {age.stderr.read().decode().strip()}")
    target.flush()
    os.fsync(target.fileno())
    return manifest


def _fill(tar: tarfile.TarFile) -> dict[str, Any]:
    # Files discarded after the snapshot stay until they are read.
    with storage.dropped_files_kept(), tempfile.TemporaryFile("w+", dir=settings.VAR_DIR) as ids:
        made_at = timezone.now()
        taken = _add_database(tar, ids)
        ids.seek(0)
        files = _add_files(tar, ids)
    manifest = {
        "format": archive.FORMAT,
        "made_at": made_at.isoformat(),
        "database": connection.vendor,
        **archive.keys(),
        **taken,
        **files,
    }
    data = io.BytesIO(json.dumps(manifest, indent=1).encode())
    _add(tar, archive.MANIFEST, data)
    return manifest


def _add_database(tar: tarfile.TarFile, ids: IO[str]) -> dict[str, Any]:
    # From earlier versions, whose copies had a name.
    archive.remove_leftovers(settings.VAR_DIR, archive.STAGING)
    if connection.vendor == "sqlite":
        with archive.sqlite_copy(ids) as (dump, taken):
            size = _add(tar, archive.DATABASE, dump)
    else:
        # Without a name, so that even a power failure leaves nothing unencrypted.
        with tempfile.TemporaryFile(dir=settings.VAR_DIR) as dump:
            taken = archive.dump_postgres(dump, ids)
            size = _add(tar, archive.DATABASE, dump)
    return {**taken, "database_bytes": size}


def _add_files(tar: tarfile.TarFile, ids: IO[str]) -> dict[str, Any]:
    """Add the files with these ids; return number, size, and the ids without a file."""
    files, size = 0, 0
    missing = []
    for line in ids:
        file_id = uuid.UUID(line.strip())
        try:
            with storage.open_file(file_id) as file:
                size += _add(tar, archive.member_of(file_id), file)
            files += 1
        except FileNotFoundError:
            missing.append(str(file_id))
    return {"files": files, "files_bytes": size, "missing": missing}


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> int:
    """Add an open file from its beginning and return its size in bytes."""
    info = tarfile.TarInfo(name)
    info.size = file.seek(0, os.SEEK_END)
    info.mtime, info.mode = int(timezone.now().timestamp()), 0o600
    file.seek(0)
    tar.addfile(info, file)
    return info.size
