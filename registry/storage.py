"""Bytes of stored files: encrypted, outside the web root, written before their row is committed."""

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .fields import cipher
from .models import StoredFile


def path_of(file_id: uuid.UUID) -> Path:
    """Where the bytes of the file lie."""
    name = str(file_id)
    return Path(settings.FILES_ROOT) / name[:2] / name


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
    path = path_of(row.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(cipher().encrypt(data))
    os.replace(partial, path)
    try:
        row.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return row


def read(row: StoredFile) -> bytes:
    """The bytes as they were given. Raises `FileNotFoundError` where the file is missing."""
    return cipher().decrypt(path_of(row.pk).read_bytes())


def drop(row: StoredFile) -> None:
    """Delete the row and, once that is committed, its bytes."""
    path = path_of(row.pk)
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def orphans() -> tuple[list[str], list[Path]]:
    """Rows without a file and files without a row (invariant 8); bytes of an undone transaction are the latter."""
    root = Path(settings.FILES_ROOT)
    on_disk = {path.name: path for path in root.glob("*/*") if not path.name.endswith(".part")}
    rows = {str(pk) for pk in StoredFile.objects.values_list("pk", flat=True)}
    return sorted(rows - on_disk.keys()), sorted(path for name, path in on_disk.items() if name not in rows)
