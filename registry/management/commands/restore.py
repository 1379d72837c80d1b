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
from django.utils import timezone

from ...files import stores
from ...files.models import StoredFile
from ...journal.queries import cut_since
from .. import archive, replacing, samples

#: Prefix of the directories of earlier versions, which contained an unencrypted database.
_PREFIX = ".registry-restore-"
#: Time stamp in the names of what is kept beside the registry.
_MOMENT = "%Y%m%d_%H%M%S"


class Command(BaseCommand):
    """Restores into an empty database, or with `--replace` instead of the present one, while nothing else runs.

    The archive is loaded beside the present registry. Both are swapped once it is complete, fits this version, and a
    sample of everything encrypted could be decrypted. Until then nothing is changed; the replaced registry is kept.
    """

    help = "Restore database and stored files from an archive made by manage.py backup."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file with the age identity (secret key)")
        parser.add_argument(
            "--replace", action="store_true", help="put it in the place of what is there, which is kept"
        )
        parser.add_argument(
            "--without-keys",
            action="store_true",
            help="restore although keys of the archive are missing; what they encrypted cannot be read",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for path in (options["archive"], options["identity"]):
            if not path.is_file():
                raise CommandError(f"{path}: no such file.")
        try:
            with archive.cleaning_up_when_ended(), replacing.while_nothing_runs():
                archive.remove_leftovers(stores.own().arriving(), _PREFIX)
                for left in replacing.beside(replacing.RESTORED):
                    replacing.drop_registry(left)
                self._restore(**options)
        except OSError as error:
            raise CommandError(
                f"The archive could not be restored: {error.strerror or error}. Nothing was changed."
            ) from error

    def _restore(self, **options: Any) -> None:
        store = stores.own()
        taken = bool(connection.introspection.table_names()) or next(store.in_place(), None) is not None
        if taken and not options["replace"]:
            raise CommandError(
                "There is a registry here already. To put the archive in its place: --replace. It is kept beside until "
                "you drop it."
            )
        now = f"{timezone.now():{_MOMENT}}"
        arriving, former = (replacing.Beside(f"{kind}{now}") for kind in (replacing.RESTORED, replacing.FORMER))
        try:
            manifest = _arrive(arriving, options["archive"], options["identity"], without_keys=options["without_keys"])
            with replacing.looking_at(arriving):
                sample = samples.open_sample()
                rows = set(map(str, StoredFile.objects.values_list("pk", flat=True)))
            lost = len(rows - {path.name for path in arriving.files.glob("*/*")}) - len(manifest.get("missing", []))
            if lost > 0 and manifest["format"] > 1:
                raise CommandError(f"{lost} files have a row in the archive and are not in it. Nothing was changed.")
            if sample.faults and not options["without_keys"]:
                raise CommandError(
                    f"The keys at hand do not open the archive, so nothing was changed. {'; '.join(sample.faults)}. "
                    "To restore without what cannot be opened: --without-keys"
                )
            store.bring(arriving.files)
            replacing.change_places(arriving, former)
        except BaseException:
            replacing.discard_loaded_registry(arriving)
            raise
        replacing.adopt_loaded_registry()
        self._report(manifest, sample, former if taken else None)
        if not taken:
            replacing.drop_registry(former)
        for sentence in cut_since(manifest["heads"]) if "heads" in manifest else ():
            self.stderr.write(sentence)

    def _report(self, manifest: dict[str, Any], sample: samples.Sample, former: replacing.Beside | None) -> None:
        tables, rows = len(manifest["counts"]), sum(manifest["counts"].values())
        self.stdout.write(
            f"Restored as of {manifest['made_at']}: {tables} tables, {rows} rows, {manifest['files']} files."
        )
        self.stdout.write(f"Opened as a sample: {sample}.")
        for fault in sample.faults:
            self.stderr.write(fault)
        if missing := manifest.get("missing"):
            self.stdout.write(f"{len(missing)} stored files had no contents when the archive was made.")
        if former is not None:
            self.stdout.write(
                f"The registry that was here is kept as {former.name}. manage.py former_registry --put-back "
                f"{former.name} puts it back, --drop {former.name} deletes it."
            )
        self.stdout.write("Next: manage.py migrate, then manage.py check_integrity, then start the services.")


def _arrive(into: replacing.Beside, path: Path, identity: Path, *, without_keys: bool) -> dict[str, Any]:
    """Unpack and load the archive beside the registry; return its manifest."""
    into.files.mkdir()
    with tempfile.TemporaryDirectory(dir=into.files, prefix=".") as name:
        staging = Path(name)
        _unpack(path, identity, staging)
        manifest = _manifest(staging)
        _check_fits(manifest, without_keys=without_keys)
        replacing.load_dump(staging / archive.DATABASE, manifest["counts"], into)
        for folder in (staging / archive.FILES).iterdir():
            folder.rename(into.files / folder.name)
    return manifest


def _unpack(path: Path, identity: Path, staging: Path) -> None:
    """Decrypt and unpack the known members; refuse anything else."""
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
            # The tar ends before the encrypted stream: age can detect a truncation only at the very end.
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
    """Raise `CommandError` if this version or the available keys do not fit the archive."""
    if newer := archive.unknown_migrations(manifest["migrations"]):
        raise CommandError(
            f"The archive was made by another version of the registry, which has {', '.join(newer[:5])}. "
            "Install that version or a newer one."
        )
    own = archive.keys()
    lost = [
        f"{name.upper()} (number {', '.join(map(str, numbers))} of {len(manifest[name])}; the first is in use)"
        for name in own
        if (numbers := [number for number, key in enumerate(manifest.get(name, []), 1) if key not in own[name]])
    ]
    if lost and not without_keys:
        raise CommandError(
            f"Keys with which the archive was made are missing: {', '.join(lost)}. Add them from where they are kept; "
            "nothing was changed. To restore without what they encrypted and sealed: --without-keys"
        )
