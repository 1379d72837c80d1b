"""Sample decryption of everything that is encrypted, with the available keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from ..fields import EncryptedTextField, decrypt
from ..files import storage
from ..files.models import StoredFile

#: Number of the oldest and of the newest values of each kind that are decrypted, because keys change over time.
EACH_END = 50
FILES = "registry.StoredFile, contents"


@dataclass
class Sample:
    """Numbers of checked values by kind, and faults, which quote no value."""

    looked: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, kind: str, faults: list[bool]) -> None:
        """Add a kind with the numbers of values that could and could not be decrypted."""
        if faults:
            self.looked[kind] = len(faults)
        if wrong := sum(faults):
            self.faults.append(f"{kind}: {wrong} of {len(faults)} cannot be opened with FIELD_KEYS")

    def __str__(self) -> str:
        return f"{sum(self.looked.values())} values of {len(self.looked)} kinds"


def open_sample() -> Sample:
    """Decrypt some values of every encrypted column and some files; tables of an older version may lack a few."""
    sample = Sample()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model, columns in _encrypted():
            if model._meta.db_table not in tables:
                continue
            there = {one.name for one in connection.introspection.get_table_description(cursor, model._meta.db_table)}
            for column in columns:
                if column in there:
                    tokens = _ends(cursor, model, column)
                    sample.add(f"{model._meta.label}.{column}", [not _opens(token) for token in tokens])
    if StoredFile._meta.db_table in tables:
        _add_files(sample)
    return sample


def _encrypted() -> Iterator[tuple[type[models.Model], list[str]]]:
    for model in apps.get_models():
        columns = [one.attname for one in model._meta.concrete_fields if isinstance(one, EncryptedTextField)]
        if columns:
            yield model, columns


def _ends(cursor: CursorWrapper, model: type[models.Model], column: str) -> list[str]:
    """Return the first and the last stored values of the column."""
    quote, key = connection.ops.quote_name, model._meta.pk
    assert key is not None  # noqa: S101 - every model has one
    table, name, order = quote(model._meta.db_table), quote(column), quote(key.attname)
    found: dict[object, str] = {}
    for direction in ("ASC", "DESC"):
        cursor.execute(
            f"SELECT {order}, {name} FROM {table} WHERE {name} <> '' ORDER BY {order} {direction} LIMIT {EACH_END}"  # noqa: S608
        )
        found |= dict(cursor.fetchall())
    return list(found.values())


def _opens(token: str) -> bool:
    try:
        decrypt(token)
    except (InvalidToken, ValueError):
        return False
    return True


def _add_files(sample: Sample) -> None:
    rows = StoredFile.objects.values_list("pk", "size", "sha256")
    ends = {*rows.order_by("created_at", "pk")[:EACH_END], *rows.order_by("-created_at", "-pk")[:EACH_END]}
    closed, changed = [], 0
    for pk, size, digest in sorted(ends):
        try:
            data = storage.read(StoredFile(pk=pk))
        except FileNotFoundError:
            continue  # reported by the comparison of rows and files
        except (InvalidToken, ValueError):
            closed.append(True)
            continue
        closed.append(False)
        changed += (len(data), hashlib.sha256(data).hexdigest()) != (size, digest)
    sample.add(FILES, closed)
    if changed:
        sample.faults.append(f"{FILES}: {changed} of {len(closed)} are not what was stored")
