"""The command `restore`: restores an archive made by `backup` and compares the result with its manifest."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ... import guards
from ...files import marks, stores
from ...files.models import FileStore
from ...journal.queries import cut_since
from .. import archive, replacing

_PREFIX = ".registry-restore-"


class Command(BaseCommand):
    """Restores into an empty database, or with `--replace` over the present one. The services must be stopped.

    Nothing is changed before the whole archive is read, and the present database stays until the archived one is
    loaded and its rows are counted.
    """

    help = "Restore database and stored files from an archive made by manage.py backup."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file with the age identity (secret key)")
        parser.add_argument("--replace", action="store_true", help="throw away what is there now")
        parser.add_argument(
            "--without-keys",
            action="store_true",
            help="restore although FIELD_KEYS lacks keys of the archive; what they encrypted cannot be read",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for path in (options["archive"], options["identity"]):
            if not path.is_file():
                raise CommandError(f"{path}: no such file.")
        store = stores.own()
        if not options["replace"] and (
            connection.introspection.table_names() or next(store.in_place(), None) is not None
        ):
            raise CommandError(
                "There is a registry here already. To throw it away and put the archive in its place: --replace"
            )
        root = store.arriving()
        archive.remove_leftovers(root, _PREFIX)
        with archive.cleaning_up_when_ended(), tempfile.TemporaryDirectory(dir=root, prefix=_PREFIX) as name:
            staging = Path(name)
            _unpack(options["archive"], options["identity"], staging)
            manifest = _manifest(staging)
            _check_fits(manifest, without_keys=options["without_keys"])
            store.bring(staging / archive.FILES)
            replacing.replace_database(staging / archive.DATABASE, manifest["counts"])
            store.replace_all(staging / archive.FILES)
        if FileStore._meta.db_table in connection.introspection.table_names():
            # The registry from which the archive came may still be there, with files of its own.
            marks.renew()
        guards.install()
        self._report(manifest)
        for sentence in cut_since(manifest["heads"]) if "heads" in manifest else ():
            self.stderr.write(sentence)

    def _report(self, manifest: dict[str, Any]) -> None:
        tables, rows = len(manifest["counts"]), sum(manifest["counts"].values())
        self.stdout.write(
            f"Restored as of {manifest['made_at']}: {tables} tables, {rows} rows, {manifest['files']} files."
        )
        if missing := manifest.get("missing"):
            self.stdout.write(f"{len(missing)} stored files had no contents when the archive was made.")
        self.stdout.write("Next: manage.py migrate, then manage.py check_integrity, then start the services.")


def _unpack(path: Path, identity: Path, staging: Path) -> None:
    """Decrypt and unpack the known members; anything else is refused."""
    (staging / archive.FILES).mkdir()
    command = [archive.program("age", "age"), "--decrypt", "--identity", str(identity), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as age:  # noqa: S603
        assert age.stdout is not None and age.stderr is not None  # noqa: S101 - pipes were asked for
        problem = ""
        try:
            with tarfile.open(fileobj=age.stdout, mode="r|") as tar:
                for member in tar:
                    known = member.name in {archive.DATABASE, archive.MANIFEST} or archive.is_file(member.name)
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
    """Return the manifest. Raises `CommandError` if this version cannot read the archive or something is missing."""
    manifest: dict[str, Any] = json.loads((staging / archive.MANIFEST).read_text())
    if manifest["format"] not in archive.READABLE:
        raise CommandError(f"The archive has format {manifest['format']}, this version reads {archive.FORMAT}.")
    if manifest["database"] != connection.vendor:
        raise CommandError(
            f"The archive holds a {manifest['database']} database, DATABASE_URL names {connection.vendor}."
        )
    arrived = [path.stat().st_size for path in (staging / archive.FILES).glob("*/*")]
    if len(arrived) != manifest["files"]:
        raise CommandError(f"The archive promises {manifest['files']} files and holds {len(arrived)}.")
    if sum(arrived) != manifest.get("files_bytes", sum(arrived)):
        raise CommandError("The files in the archive do not have the size that it promises.")
    return manifest


def _check_fits(manifest: dict[str, Any], *, without_keys: bool) -> None:
    """Raise `CommandError` if this version or the keys at hand do not fit the archive."""
    if newer := archive.unknown_migrations(manifest["migrations"]):
        raise CommandError(
            f"The archive was made by another version of the registry, which has {', '.join(newer[:5])}. "
            "Install that version or a newer one."
        )
    own = archive.fingerprints()
    lost = [number for number, key in enumerate(manifest.get("field_keys", []), 1) if key not in own]
    if lost and not without_keys:
        raise CommandError(
            f"FIELD_KEYS lacks keys with which the archive was made (number {', '.join(map(str, lost))} of "
            f"{len(manifest['field_keys'])}; the first encrypts). Add them from where they are kept. To restore "
            "without what they encrypted: --without-keys"
        )
