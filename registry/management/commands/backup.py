"""The command `backup`: writes database and files to an archive encrypted for the holder of the age identity."""

import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from .. import archive


class Command(BaseCommand):
    """Works while the registry is running: the database is read as one snapshot, then the files."""

    help = "Write one encrypted archive of the database and the stored files."

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
            with partial.open("xb") as target:
                partial.chmod(0o600)
                files = self._write(target, recipient)
            partial.rename(output)
        except FileExistsError:
            raise CommandError(
                f"{partial} is there: another backup is under way, or one was cut short; remove it."
            ) from None
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        self.stdout.write(f"{output}: {output.stat().st_size / 2**20:.1f} MB, {files} files.")

    def _write(self, target: Any, recipient: str) -> int:
        age = subprocess.Popen(  # noqa: S603
            [archive.program("age", "age"), "--encrypt", "--recipient", recipient],
            stdin=subprocess.PIPE,
            stdout=target,
            stderr=subprocess.PIPE,
        )
        assert age.stdin is not None and age.stderr is not None  # noqa: S101 - pipes were asked for
        try:
            with (
                tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="backup-") as staging,
                tarfile.open(fileobj=age.stdin, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                files = _fill(tar, Path(staging))
            age.stdin.close()
        except BrokenPipeError:
            raise CommandError(f"age failed: {age.stderr.read().decode().strip()}") from None
        finally:
            if age.poll() is None and not age.stdin.closed:
                age.kill()
            age.wait()
        if age.returncode:
            raise CommandError(f"age failed: {age.stderr.read().decode().strip()}")
        return files


def _fill(tar: tarfile.TarFile, staging: Path) -> int:
    dump = staging / archive.DATABASE
    made_at, migrations = timezone.now(), archive.applied()
    counts = archive.copy_sqlite(dump) if connection.vendor == "sqlite" else _dump_postgres(dump)
    tar.add(dump, archive.DATABASE)
    dump.unlink()
    files = 0
    root = Path(settings.FILES_ROOT)
    for path in sorted(root.glob("*/*")):
        if path.suffix == ".part":
            continue
        try:
            tar.add(path, f"{archive.FILES}/{path.relative_to(root)}", recursive=False)
        except FileNotFoundError:
            continue  # erased meanwhile
        files += 1
    manifest = {
        "format": archive.FORMAT,
        "made_at": made_at.isoformat(),
        "database": connection.vendor,
        "migrations": migrations,
        "counts": counts,
        "files": files,
    }
    data = json.dumps(manifest, indent=1).encode()
    info = tarfile.TarInfo(archive.MANIFEST)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
    return files


def _dump_postgres(dump: Path) -> dict[str, int]:
    """Dump and count in one snapshot, so that they agree."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        archive.run(
            "pg_dump", ["--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-acl", f"--file={dump}"]
        )
        return archive.counts(cursor)
