"""The command `backup`: writes database and files to an archive encrypted for the holder of the age identity."""

import datetime as dt
import io
import json
import os
import subprocess
import tarfile
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection
from django.utils import timezone

from ...files import storage
from ...upkeep.transitions import sign_of_backup
from .. import archive

_PREFIX = ".registry-backup-"


class Command(BaseCommand):
    """Works while the registry is running: the database is read as one snapshot, then the files of its rows."""

    help = "Write one encrypted archive of the database and the stored files, and beside it the heads of the journal."

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
            output /= f"registry-{timezone.now():%Y-%m-%d-%H%M%S}.tar.age"
        if output.exists():
            raise CommandError(f"{output} is there already; archives are never written over.")
        partial = output.with_name(output.name + ".part")
        try:
            with archive.cleaning_up_when_ended(), partial.open("xb") as target:
                partial.chmod(0o600)
                manifest = _write(target, recipient)
            partial.rename(output)
            self._sign(dt.datetime.fromisoformat(manifest["made_at"]))
            for sentence in _lost_since_last(output):
                self.stderr.write(sentence)
            output.with_name(output.name + archive.HEADS).write_text(json.dumps(manifest["heads"]))
        except FileExistsError:
            raise CommandError(
                f"{partial} is there: another backup is under way, or one was cut short; remove it."
            ) from None
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        self.stdout.write(f"{output}: {output.stat().st_size / 2**20:.1f} MB, {manifest['files']} files.")
        if missing := manifest["missing"]:
            self.stderr.write(
                f"{len(missing)} stored files have a row in the database and no contents; check_integrity names them."
            )

    def _sign(self, made_at: dt.datetime) -> None:
        """Record the time of the archive, which is whole whether or not that succeeds."""
        try:
            sign_of_backup(made_at)
        except Error as error:
            self.stderr.write(f"The time of the backup was not recorded ({type(error).__name__}).")


def _lost_since_last(output: Path) -> list[str]:
    """Return what the journal has lost since the newest of the archives beside this one."""
    earlier = sorted(output.parent.glob(f"*{archive.HEADS}"), key=lambda path: path.stat().st_mtime)
    return [f"{earlier[-1].name}: {sentence}" for sentence in archive.evidence_lost(earlier[-1])] if earlier else []


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
        # Closing writes the rest and would wait for a reader that is still running.
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
    # Files that are dropped after the snapshot stay until they are read.
    with storage.dropped_files_kept(), tempfile.TemporaryFile("w+", dir=settings.VAR_DIR) as ids:
        made_at = timezone.now()
        taken = _add_database(tar, ids)
        ids.seek(0)
        files = _add_files(tar, ids)
    manifest = {
        "format": archive.FORMAT,
        "made_at": made_at.isoformat(),
        "database": connection.vendor,
        "field_keys": archive.fingerprints(),
        **taken,
        **files,
    }
    data = io.BytesIO(json.dumps(manifest, indent=1).encode())
    _add(tar, archive.MANIFEST, data)
    return manifest


def _add_database(tar: tarfile.TarFile, ids: IO[str]) -> dict[str, Any]:
    archive.remove_leftovers(settings.VAR_DIR, _PREFIX)
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix=_PREFIX) as staging:
            copy = Path(staging) / archive.DATABASE
            taken = archive.copy_sqlite(copy, ids)
            with copy.open("rb") as dump:
                size = _add(tar, archive.DATABASE, dump)
    else:
        # Without a name, so that nothing unencrypted is left even by a computer that loses its power.
        with tempfile.TemporaryFile(dir=settings.VAR_DIR) as dump:
            taken = archive.dump_postgres(dump, ids)
            size = _add(tar, archive.DATABASE, dump)
    return {**taken, "database_bytes": size}


def _add_files(tar: tarfile.TarFile, ids: IO[str]) -> dict[str, Any]:
    """Add the files of the ids and return number, size, and the ids without a file."""
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
