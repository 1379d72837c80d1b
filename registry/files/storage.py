"""Bytes of stored files: encrypted, outside the web root, written before their row is committed.

Until the commit they lie in a folder of their own, so what an undone transaction leaves behind is found without
looking through millions of files.
"""

import hashlib
import os
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.fields import cipher

from .models import StoredFile

#: Bytes whose transaction has not ended after so many seconds belong to an undone one.
UNDONE_AFTER = 3600
_NEW = "new"


def path_of(file_id: uuid.UUID) -> Path:
    """Where the bytes of the file lie once its row is committed."""
    name = str(file_id)
    return Path(settings.FILES_ROOT) / name[:2] / name


def _new_path_of(file_id: uuid.UUID) -> Path:
    return Path(settings.FILES_ROOT) / _NEW / str(file_id)


def present_path_of(file_id: uuid.UUID) -> Path:
    """Where the bytes lie now: those of a transaction that has not ended yet lie apart."""
    path = path_of(file_id)
    return path if path.exists() else _new_path_of(file_id)


def keep(data: bytes, *, purpose: str, name: str, content_type: str, **values: Any) -> StoredFile:
    """Keep the bytes and make their row; when the transaction is undone the bytes go too.

    `name` is a neutral one for the download, never what the user's file was called.
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
    new = _new_path_of(row.pk)
    new.parent.mkdir(parents=True, exist_ok=True)
    new.write_bytes(cipher().encrypt(data))
    row.save(force_insert=True)
    transaction.on_commit(lambda: _settle(row.pk))
    return row


def read(row: StoredFile) -> bytes:
    """The bytes as they were given. Raises `FileNotFoundError` where the file is missing."""
    return cipher().decrypt(present_path_of(row.pk).read_bytes())


def drop(row: StoredFile) -> None:
    """Delete the row and, once that is committed, its bytes."""
    paths = (path_of(row.pk), _new_path_of(row.pk))
    row.delete()
    for path in paths:
        transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]


def sweep_undone() -> None:
    """Delete what undone transactions left; settle what a crash kept from being settled after its commit."""
    for path in (Path(settings.FILES_ROOT) / _NEW).glob("*"):
        if path.stat().st_mtime > time.time() - UNDONE_AFTER:
            continue
        if StoredFile.objects.filter(pk=path.name).exists():
            _settle(uuid.UUID(path.name))
        else:
            path.unlink(missing_ok=True)


def orphans() -> tuple[list[str], list[Path]]:
    """Rows without a file and settled files without a row (invariant 8)."""
    root = Path(settings.FILES_ROOT)
    waiting = {path.name for path in (root / _NEW).glob("*")}
    on_disk = {path.name: path for path in root.glob("??/*")}
    rows = {str(pk) for pk in StoredFile.objects.values_list("pk", flat=True)}
    return sorted(rows - on_disk.keys() - waiting), sorted(path for name, path in on_disk.items() if name not in rows)


def _settle(file_id: uuid.UUID) -> None:
    path = path_of(file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(_new_path_of(file_id), path)
