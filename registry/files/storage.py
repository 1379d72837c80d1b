"""Contents of stored files: encrypted, outside the web root, written before the row is committed.

Until the commit they are in a separate directory, so that files left by rolled-back transactions are found without
scanning millions of files.
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

#: Seconds after which a file without a committed row belongs to a rolled-back transaction.
MAX_UNCOMMITTED_SECONDS = 3600
_NEW = "new"


def path_of(file_id: uuid.UUID) -> Path:
    """Return the path of the file after its row is committed."""
    name = str(file_id)
    return Path(settings.FILES_ROOT) / name[:2] / name


def _new_path_of(file_id: uuid.UUID) -> Path:
    return Path(settings.FILES_ROOT) / _NEW / str(file_id)


def current_path_of(file_id: uuid.UUID) -> Path:
    """Return the present path of the file, which differs before the commit."""
    path = path_of(file_id)
    return path if path.exists() else _new_path_of(file_id)


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
    new = _new_path_of(row.pk)
    new.parent.mkdir(parents=True, exist_ok=True)
    new.write_bytes(cipher().encrypt(data))
    row.save(force_insert=True)
    transaction.on_commit(lambda: _move_into_place(row.pk))
    return row


def read(row: StoredFile) -> bytes:
    """Return the contents. Raises `FileNotFoundError` if the file is missing."""
    return cipher().decrypt(current_path_of(row.pk).read_bytes())


def drop(row: StoredFile) -> None:
    """Delete the row and, after the commit, the file."""
    paths = (path_of(row.pk), _new_path_of(row.pk))
    row.delete()
    for path in paths:
        transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]


def sweep_uncommitted() -> None:
    """Delete files of rolled-back transactions; move those whose move after the commit was interrupted."""
    for path in (Path(settings.FILES_ROOT) / _NEW).glob("*"):
        if path.stat().st_mtime > time.time() - MAX_UNCOMMITTED_SECONDS:
            continue
        if StoredFile.objects.filter(pk=path.name).exists():
            _move_into_place(uuid.UUID(path.name))
        else:
            path.unlink(missing_ok=True)


def orphans() -> tuple[list[str], list[Path]]:
    """Return rows without a file and files without a row (invariant 8)."""
    root = Path(settings.FILES_ROOT)
    waiting = {path.name for path in (root / _NEW).glob("*")}
    on_disk = {path.name: path for path in root.glob("??/*")}
    rows = {str(pk) for pk in StoredFile.objects.values_list("pk", flat=True)}
    return sorted(rows - on_disk.keys() - waiting), sorted(path for name, path in on_disk.items() if name not in rows)


def _move_into_place(file_id: uuid.UUID) -> None:
    path = path_of(file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(_new_path_of(file_id), path)
