"""Contents of stored files: encrypted, outside the web root, written before the row is committed.

Below `FILES_ROOT`, the file of a committed row is in a folder named by its first letters. `new` holds files whose row
is not committed yet, so that what rolled-back transactions left is found without scanning millions of files; `dropped`
holds files that were dropped while a backup reads them.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.fields import cipher

from . import tokens
from .models import StoredFile

#: Seconds after which a file without a committed row belongs to a rolled-back transaction.
MAX_UNCOMMITTED_SECONDS = 3600
_log = logging.getLogger(__name__)
_NEW = "new"
_DROPPED = "dropped"


def place_of(file_id: uuid.UUID) -> str:
    """Return the path below `FILES_ROOT` of a file whose row is committed."""
    return f"{str(file_id)[:2]}/{file_id}"


def new_place_of(file_id: uuid.UUID) -> str:
    """Return the path below `FILES_ROOT` of a file whose row is not committed yet."""
    return f"{_NEW}/{file_id}"


def path_of(file_id: uuid.UUID) -> Path:
    """Return the path of the file after its row is committed."""
    return _root() / place_of(file_id)


def open_file(file_id: uuid.UUID) -> IO[bytes]:
    """Open the encrypted contents. Raises `FileNotFoundError` if the file is missing."""
    # In the order in which a file moves, so that none is missed while it does.
    for place in (new_place_of(file_id), place_of(file_id), f"{_DROPPED}/{file_id}"):
        try:
            return (_root() / place).open("rb")
        except FileNotFoundError:
            continue
    raise FileNotFoundError(file_id)


def keep(data: bytes, *, purpose: str, name: str, content_type: str, **values: Any) -> StoredFile:
    """Store the data and create its row; if the transaction is rolled back, the file is deleted as well.

    `name` is a neutral name for downloads, never the original file name.
    """
    row = StoredFile(
        purpose=purpose,
        name=name,
        content_type=content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        created_at=timezone.now(),
        **values,
    )
    new = _root() / new_place_of(row.pk)
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        with new.open("wb") as file:
            tokens.write(data, settings.FIELD_KEYS[0], file)
    except OSError:
        # Half a file would take the last of a full disk until the sweep.
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    row.save(force_insert=True)
    _after_commit(partial(_move_into_place, row.pk))
    return row


def _after_commit(step: Callable[[], None]) -> None:
    """Run the step after the commit, when nothing may fail: what it leaves is found, and moved by the sweep."""

    def run() -> None:
        try:
            step()
        except OSError as error:
            _log.warning("a stored file could not be moved or deleted", exc_info=error)

    transaction.on_commit(run)


def read(row: StoredFile) -> bytes:
    """Return the contents. Raises `FileNotFoundError` if the file is missing."""
    with open_file(row.pk) as file:
        return tokens.read(file, settings.FIELD_KEYS)


def encrypt_again(file_id: uuid.UUID) -> None:
    """Encrypt the contents with the first key. The caller holds the lock of the row, so that no deleted file reappears.

    Raises `FileNotFoundError` if the file is missing.
    """
    path = path_of(file_id)
    if not path.exists():
        path = _root() / new_place_of(file_id)
    # Beside the new files, where the sweep finds what an interrupted rotation leaves.
    unfinished = _root() / _NEW / f"{file_id}.part"
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.write_bytes(cipher().rotate(path.read_bytes()))
    os.replace(unfinished, path)


def drop(row: StoredFile) -> None:
    """Delete the row and, after the commit, the file."""
    drop_many([row.pk])


def drop_many(ids: Collection[uuid.UUID]) -> None:
    """Delete the rows, with as many queries as for one, and the files after the commit."""
    StoredFile.objects.filter(pk__in=ids).delete()
    for file_id in ids:
        _after_commit(partial(_discard, file_id))


@contextmanager
def dropped_files_kept() -> Iterator[None]:
    """Keep deleted files until the end: a snapshot of the rows taken inside has all its files.

    Waits while another process does the same.
    """
    with _lock(fcntl.LOCK_EX):
        try:
            yield
        finally:
            _forget_dropped()


def sweep_uncommitted() -> None:
    """Delete files of rolled-back transactions; move those whose move after the commit was interrupted.

    Also delete files that were dropped during a killed backup.
    """
    for path in (_root() / _NEW).glob("*"):
        try:
            if path.stat().st_mtime > time.time() - MAX_UNCOMMITTED_SECONDS:
                continue
            if _is_id(path.name) and StoredFile.objects.filter(pk=path.name).exists():
                _move_into_place(uuid.UUID(path.name))
            else:
                path.unlink()
        except FileNotFoundError:
            continue  # another worker was quicker
    if (_root() / _DROPPED).exists():
        try:
            with _lock(fcntl.LOCK_SH | fcntl.LOCK_NB):
                _forget_dropped()
        except BlockingIOError:
            pass  # a backup is reading them


def orphans() -> tuple[list[str], list[Path]]:
    """Return rows without a file and files without a row (invariant 8)."""
    waiting = {path.name for path in (_root() / _NEW).glob("*")}
    on_disk = {path.name: path for path in _root().glob("??/*")}
    rows = {str(pk) for pk in StoredFile.objects.values_list("pk", flat=True)}
    return sorted(rows - on_disk.keys() - waiting), sorted(path for name, path in on_disk.items() if name not in rows)


def replace_all(arrived: Path) -> None:
    """Put the folders of `arrived`, which is somewhere below `FILES_ROOT`, in the place of all files that are there."""
    # Renamed within the directory, which may be a file system of its own.
    former = Path(tempfile.mkdtemp(dir=_root(), prefix=".former-"))
    for path in set(_root().iterdir()) - {former, *arrived.parents}:
        path.rename(former / path.name)
    for path in arrived.iterdir():
        path.rename(_root() / path.name)
    shutil.rmtree(former)


def _root() -> Path:
    return Path(settings.FILES_ROOT)


def _is_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


@contextmanager
def _lock(kind: int) -> Iterator[None]:
    """Lock the directory of the files: exclusively while a backup reads them, shared while one is deleted.

    The system releases it when the process dies. Raises `BlockingIOError` with `LOCK_NB`.
    """
    _root().mkdir(parents=True, exist_ok=True)
    directory = os.open(_root(), os.O_RDONLY)
    try:
        fcntl.flock(directory, kind)
        yield
    finally:
        os.close(directory)


def _move_into_place(file_id: uuid.UUID) -> None:
    path = path_of(file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(_root() / new_place_of(file_id), path)


def _discard(file_id: uuid.UUID) -> None:
    """Delete the file of a deleted row; while a backup reads, put it aside.

    Asked after the commit: a snapshot that still has the row was taken before it, under the lock.
    """
    places = (_root() / new_place_of(file_id), path_of(file_id))
    aside = _root() / _DROPPED
    while True:
        try:
            with _lock(fcntl.LOCK_SH | fcntl.LOCK_NB):
                for path in places:
                    path.unlink(missing_ok=True)
            return
        except BlockingIOError:
            aside.mkdir(exist_ok=True)
        try:
            for path in places:
                if path.exists():
                    os.replace(path, aside / path.name)
            return
        except FileNotFoundError:
            continue  # the backup has ended


def _forget_dropped() -> None:
    shutil.rmtree(_root() / _DROPPED, ignore_errors=True)
