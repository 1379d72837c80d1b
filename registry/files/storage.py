"""Contents of stored files: encrypted, outside the web root, written before the row is committed.

In the store (`registry.files.stores`) the file of a committed row is in a folder named by its first letters. `new`
contains files whose row is not committed yet, so that the sweep finds leftovers of rolled-back transactions without
listing millions of files. In a directory store, `dropped` contains files that were discarded during a backup.
"""

import datetime as dt
import hashlib
import logging
import os
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.sizes import CHUNK_READ

from . import marks, stores, tokens
from .models import DroppedFile, StoredFile

#: Seconds after which a file without a committed row belongs to a rolled-back transaction.
MAX_UNCOMMITTED_SECONDS = 3600
#: Size in bytes above which a file is streamed to people in pieces.
LARGE = 8 * 1024 * 1024
#: Time that a process has to delete its discarded files before the sweep does.
_DELETED_WITHIN = dt.timedelta(minutes=1)
#: Maximum number of discarded files deleted by one sweep.
_SWEPT_AT_ONCE = 500
#: Age above which files and rows that do not match are swept, because no transaction can still be adding the other.
SWEPT_AFTER = dt.timedelta(days=1)
#: Maximum number of files whose contents are read on one day.
SAMPLE = 500
_log = logging.getLogger(__name__)


def place_of(file_id: uuid.UUID) -> str:
    """Return the place in the store of a file whose row is committed."""
    return f"{str(file_id)[:2]}/{file_id}"


def new_place_of(file_id: uuid.UUID) -> str:
    """Return the place in the store of a file whose row is not committed yet."""
    return f"{stores.NEW}/{file_id}"


def path_of(file_id: uuid.UUID) -> Path:
    """Return the path of the file in a directory after its row is committed."""
    return Path(settings.FILES_ROOT) / place_of(file_id)


def open_file(file_id: uuid.UUID) -> IO[bytes]:
    """Open the encrypted contents. Raises `FileNotFoundError` if the file is missing, `LostStore`."""
    place = place_of(file_id)
    # Its own place is tried twice, so that a file moving there is not missed.
    for name in (place, new_place_of(file_id), place, f"{stores.DROPPED}/{file_id}"):
        try:
            return stores.own().read_from(name)
        except FileNotFoundError:
            continue
    raise FileNotFoundError(file_id)


def store_file(data: bytes | IO[bytes], *, purpose: str, name: str, content_type: str, **values: Any) -> StoredFile:
    """Store the data and create its row; if the transaction is rolled back, the file is deleted as well.

    `name` is a neutral name for downloads, never the original file name. Large data are given as an open file, which is
    read in pieces. Raises `ForeignStore` if the store is not that of this installation.
    """
    marks.check_own()
    size, sha256 = _measured(data)
    row = StoredFile(
        purpose=purpose,
        name=name,
        content_type=content_type,
        size=size,
        sha256=sha256,
        created_at=timezone.now(),
        **values,
    )
    stores.own().write_whole(new_place_of(row.pk), lambda file: tokens.write(data, settings.FIELD_KEYS[0], file))
    row.save(force_insert=True)
    _after_commit(partial(_move_into_place, row.pk))
    return row


def _measured(data: bytes | IO[bytes]) -> tuple[int, str]:
    """Return the size and checksum of the data."""
    if isinstance(data, bytes):
        return len(data), hashlib.sha256(data).hexdigest()
    data.seek(0)
    digest = hashlib.file_digest(data, "sha256").hexdigest()  # type: ignore[arg-type]
    size = data.seek(0, os.SEEK_END)
    data.seek(0)
    return size, digest


def _after_commit(step: Callable[[], None]) -> None:
    """Run the step after the commit, where nothing may fail; the sweep does what it leaves undone."""

    def run() -> None:
        try:
            step()
        except OSError as error:
            _log.warning("a stored file could not be moved or deleted", exc_info=error)

    transaction.on_commit(run)


def read(row: StoredFile) -> bytes:
    """Return the contents. Raises `FileNotFoundError` if the file is missing, `LostStore`."""
    with open_file(row.pk) as file:
        return tokens.read(file, settings.FIELD_KEYS)


def pieces(row: StoredFile) -> Iterator[bytes]:
    """Return the contents in pieces, for files too large for memory; errors of `read` are raised at once."""
    file = open_file(row.pk)
    try:
        found = tokens.pieces(file, settings.FIELD_KEYS)
    except BaseException:
        file.close()
        raise

    def read_on() -> Iterator[bytes]:
        with file:
            yield from found

    return read_on()


def contents(row: StoredFile) -> bytes | Iterator[bytes]:
    """Return the contents for a response: whole, or in pieces if they are large. Raises as `read` does."""
    return read(row) if row.size <= LARGE else pieces(row)


def encrypt_again(file_id: uuid.UUID) -> None:
    """Encrypt the contents with the first key. The caller holds the lock of the row, so that no deleted file reappears.

    Raises `FileNotFoundError` if the file is missing.
    """
    try:
        _encrypt_again(place_of(file_id))
    except FileNotFoundError:
        _encrypt_again(new_place_of(file_id))


def _encrypt_again(name: str) -> None:
    store = stores.own()
    with store.read_from(name) as file:
        data = tokens.pieces(file, settings.FIELD_KEYS)
        store.write_whole(name, lambda target: tokens.write(data, settings.FIELD_KEYS[0], target))


def delete_file(row: StoredFile) -> None:
    """Delete the row and, after the commit, the file."""
    delete_files([row.pk])


def delete_files(ids: Collection[uuid.UUID]) -> None:
    """Delete the rows, with as many queries as for one, and the files after the commit.

    The files to delete are recorded in the same transaction, so that no file survives a crash or a store that does not
    answer.
    """
    if not ids:
        return
    StoredFile.objects.filter(pk__in=ids).delete()
    DroppedFile.objects.bulk_create([DroppedFile(pk=pk, at=timezone.now()) for pk in ids], ignore_conflicts=True)
    _after_commit(partial(_discard, list(ids)))


def dropped_files_kept() -> Any:
    """Keep deleted files within the block, so that a snapshot of the rows taken in it has all its files.

    Waits while another process does the same.
    """
    return stores.own().kept_while_read()


def sweep_uncommitted() -> None:
    """Delete files of rolled-back transactions; move those whose move after the commit was interrupted.

    Also delete discarded files that remain because their process died or a backup was reading them.
    """
    store = stores.own()
    for name, changed in store.listed(stores.NEW):
        if changed > time.time() - MAX_UNCOMMITTED_SECONDS:
            continue
        try:
            if _is_id(name) and StoredFile.objects.filter(pk=name).exists():
                _move_into_place(uuid.UUID(name))
            else:
                store.remove(f"{stores.NEW}/{name}")
        except FileNotFoundError:
            continue  # another worker was quicker
    late = DroppedFile.objects.filter(at__lt=timezone.now() - _DELETED_WITHIN).values_list("pk", flat=True)
    _discard(list(late[:_SWEPT_AT_ONCE]))
    store.forget_dropped()


def orphans() -> tuple[list[str], list[str]]:
    """Return rows without a file and places of files without a row (invariant 8)."""
    store = stores.own()
    waiting = {name for name, _ in store.listed(stores.NEW)}
    there = {name.rpartition("/")[2]: name for name in store.in_place()}
    rows = {str(pk) for pk in StoredFile.objects.values_list("pk", flat=True)}
    known = rows | {str(pk) for pk in DroppedFile.objects.values_list("pk", flat=True)}
    missing = [name for name in rows - there.keys() - waiting if _is_lost(uuid.UUID(name))]
    return sorted(missing), sorted(name for pk, name in there.items() if pk not in known)


def _is_lost(file_id: uuid.UUID) -> bool:
    """Return whether the row still exists and its contents do not; the listing may be out of date."""
    try:
        open_file(file_id).close()
    except FileNotFoundError:
        return StoredFile.objects.filter(pk=file_id).exists()
    return False


def files_without_contents() -> list[uuid.UUID]:
    """Return the files older than `SWEPT_AFTER` with missing contents."""
    old = timezone.now() - SWEPT_AFTER
    missing = orphans()[0]
    return sorted(StoredFile.objects.filter(pk__in=missing, created_at__lt=old).values_list("pk", flat=True))


def contents_without_rows() -> list[str]:
    """Return the places of contents older than `SWEPT_AFTER` without a row, including those of rolled-back
    transactions.
    """
    store, old = stores.own(), time.time() - SWEPT_AFTER.total_seconds()
    found = []
    for name in orphans()[1]:
        with suppress(FileNotFoundError):
            if store.changed_at(name) < old:
                found.append(name)
    for name, changed in store.listed(stores.NEW):
        if changed < old and not (_is_id(name) and StoredFile.objects.filter(pk=name).exists()):
            found.append(f"{stores.NEW}/{name}")
    return sorted(found)


def drop_stray(place: str) -> None:
    """Delete contents without a row after the commit, unless they have a row by then."""
    name = place.rpartition("/")[2]

    def delete() -> None:
        if not _is_id(name):
            stores.own().remove(place)
        elif not StoredFile.objects.filter(pk=name).exists():
            # A backup of a time when the row existed still reads them.
            stores.own().discard(place)

    _after_commit(delete)


class Compared(NamedTuple):
    """Numbers of files read and in all, and the ids of those whose contents differ from what was stored."""

    read: int
    total: int
    wrong: list[str]


def compare(day: dt.date | None = None) -> Compared:
    """Compare the contents with size and checksum, for all files or for the part due on the day.

    All files are read within as many consecutive days or weeks as there are parts. Missing files are not counted as
    wrong.
    """
    rows = StoredFile.objects.order_by("pk")
    total = rows.count()
    if day is not None:
        parts = max(1, -(-total // SAMPLE))
        # Weekly checks reach every part too.
        parts += parts % 7 == 0
        size = -(-total // parts)
        first = day.toordinal() % parts * size
        rows = rows[first : first + size]
    count, wrong = 0, []
    for row in rows.iterator(chunk_size=CHUNK_READ):
        with suppress(FileNotFoundError):
            count += 1
            if not _is_as_stored(row):
                wrong.append(str(row.pk))
    return Compared(count, total, wrong)


def _is_as_stored(row: StoredFile) -> bool:
    size, digest = 0, hashlib.sha256()
    try:
        for piece in pieces(row):
            size += len(piece)
            digest.update(piece)
    except InvalidToken:
        return False
    return (size, digest.hexdigest()) == (row.size, row.sha256)


def _is_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


def _move_into_place(file_id: uuid.UUID) -> None:
    stores.own().move(new_place_of(file_id), place_of(file_id))


def _discard(ids: list[uuid.UUID]) -> None:
    """Let the store delete the files of deleted rows, and forget those that it has deleted."""
    if not ids:
        return
    gone = [pk for pk in ids if stores.own().discard(new_place_of(pk), place_of(pk))]
    DroppedFile.objects.filter(pk__in=gone).delete()
