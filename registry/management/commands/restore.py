"""The command `restore`: restores an archive made by `backup` and compares the result with its manifest."""

import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ... import guards
from .. import archive

FILE = re.compile(rf"{archive.FILES}/[0-9a-f]{{2}}/[0-9a-f-]{{36}}")


class Command(BaseCommand):
    """Restores into an empty database, or with `--replace` over the present one. The services must be stopped."""

    help = "Restore database and stored files from an archive made by manage.py backup."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file with the age identity (secret key)")
        parser.add_argument("--replace", action="store_true", help="throw away what is there now")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in (options["archive"], options["identity"]):
            if not path.is_file():
                raise CommandError(f"{path}: no such file.")
        root = Path(settings.FILES_ROOT)
        if not options["replace"] and (connection.introspection.table_names() or any(root.glob("*/*"))):
            raise CommandError(
                "There is a registry here already. To throw it away and put the archive in its place: --replace"
            )
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent, prefix="restore-") as name:
            staging = Path(name)
            _unpack(options["archive"], options["identity"], staging)
            manifest = _manifest(staging)
            connection.close()
            if connection.vendor == "sqlite":
                _replace_sqlite(staging / archive.DATABASE)
            else:
                _replace_postgres(staging / archive.DATABASE)
            _replace_files(staging / archive.FILES, root)
        guards.install()
        self._compare(manifest)

    def _compare(self, manifest: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            counts = archive.counts(cursor)
        wrong = [
            f"{table}: {counts.get(table)} instead of {expected}"
            for table, expected in manifest["counts"].items()
            if counts.get(table) != expected
        ]
        if wrong:
            raise CommandError("The restored database differs from the archived one. " + "; ".join(wrong))
        self.stdout.write(
            f"Restored as of {manifest['made_at']}: {len(counts)} tables, {sum(counts.values())} rows, "
            f"{manifest['files']} files."
        )
        self.stdout.write("Next: manage.py migrate, then manage.py check_integrity, then start the services.")


def _unpack(path: Path, identity: Path, staging: Path) -> None:
    """Decrypt and unpack the known members; anything else is refused."""
    command = [archive.program("age", "age"), "--decrypt", "--identity", str(identity), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as age:  # noqa: S603
        assert age.stdout is not None and age.stderr is not None  # noqa: S101 - pipes were asked for
        problem = ""
        try:
            with tarfile.open(fileobj=age.stdout, mode="r|") as tar:
                for member in tar:
                    known = member.name in {archive.DATABASE, archive.MANIFEST} or FILE.fullmatch(member.name)
                    source = tar.extractfile(member) if known and member.isfile() else None
                    if source is None:
                        raise CommandError(f"{path} is no archive of a registry: it holds {member.name!r}.")
                    target = staging / member.name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("wb") as out:
                        shutil.copyfileobj(source, out, 2**20)
            # The tar ends before the encrypted stream: only at its very end can age detect a truncation.
            while age.stdout.read(2**20):
                pass
        except (tarfile.TarError, EOFError) as error:
            problem = str(error)
        finally:
            age.stdout.close()
            said = age.stderr.read().decode(errors="replace").strip()
    if problem or age.returncode or not (staging / archive.MANIFEST).is_file():
        raise CommandError(f"{path} cannot be opened with this identity, or was cut short. {said or problem}")


def _manifest(staging: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((staging / archive.MANIFEST).read_text())
    if manifest["format"] != archive.FORMAT:
        raise CommandError(f"The archive has format {manifest['format']}, this version reads {archive.FORMAT}.")
    if manifest["database"] != connection.vendor:
        raise CommandError(
            f"The archive holds a {manifest['database']} database, DATABASE_URL names {connection.vendor}."
        )
    arrived = sum(1 for _ in (staging / archive.FILES).glob("*/*"))
    if arrived != manifest["files"]:
        raise CommandError(f"The archive promises {manifest['files']} files and holds {arrived}.")
    return manifest


def _replace_sqlite(dump: Path) -> None:
    target = archive.sqlite_file()
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(dump, target.with_name(target.name + ".restored"))
    os.replace(target.with_name(target.name + ".restored"), target)


def _replace_postgres(dump: Path) -> None:
    """Replace the whole schema: tables of a newer version must not remain."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    name = str(connection.settings_dict["NAME"])
    archive.run(
        "pg_restore",
        ["--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", f"--dbname={name}", str(dump)],
    )


def _replace_files(arrived: Path, root: Path) -> None:
    """Swap the directories; the former one is deleted last."""
    arrived.mkdir(exist_ok=True)
    former = root.with_name(root.name + ".former")
    if former.exists():
        shutil.rmtree(former)
    if root.exists():
        root.rename(former)
    shutil.move(arrived, root)
    if former.exists():
        shutil.rmtree(former)
