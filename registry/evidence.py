"""Keyed digests of what must not be changed past the registry; their key is outside the database (ADR 20)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from json.encoder import encode_basestring
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from .fields import EncryptedJSONField, KopecksField


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    """Return the key of one purpose, so that a digest made for another is worth nothing."""
    return hmac.digest(secret.encode(), f"registry {purpose}".encode(), "sha256")


def keys(purpose: str) -> list[bytes]:
    """Return the keys of the purpose; the first makes digests, all check them."""
    return [_derived(secret, purpose) for secret in settings.EVIDENCE_KEYS]


def fingerprints() -> list[str]:
    """Return fingerprints of the keys of EVIDENCE_KEYS, which do not reveal them."""
    return [print_of(secret) for secret in settings.EVIDENCE_KEYS]


@lru_cache(maxsize=64)
def print_of(secret: str) -> str:
    """Return the fingerprint of the key."""
    return hashlib.sha256(f"evidence key {secret}".encode()).hexdigest()[:16]


def seal(purpose: str, values: Sequence[Any]) -> str:
    """Return the keyed digest of the values."""
    return hmac.digest(keys(purpose)[0], _text(values), "sha256").hex()


def is_sealed(purpose: str, values: Sequence[Any], digest: str) -> bool:
    """Return whether one of the keys made this digest of the values."""
    text = _text(values)
    return any(hmac.compare_digest(hmac.digest(key, text, "sha256").hex(), digest) for key in keys(purpose))


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _text(values: Sequence[Any]) -> bytes:
    return _ENCODER.encode(values).encode()


def _digester(secret: str) -> Callable[[bytes], int]:
    """Return the function that makes HMAC-SHA-256 of many texts as numbers, twice as fast as `hmac.digest`."""
    key = _derived(secret, "rows").ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def digest(text: bytes) -> int:
        within, around = inner.copy(), outer.copy()
        within.update(text)
        around.update(within.digest())
        return int.from_bytes(around.digest())

    return digest


#: Digests are added modulo this, so that rows of one sum are written in any order.
MODULUS = 1 << 256
#: Records of one sum; a difference is looked for among these.
SHARD = 1000
#: Fingerprint of the key → table → shard → number of rows and the sum of their digests.
Sums = dict[str, dict[str, dict[str, tuple[int, int]]]]
#: Rows by the names of their columns.
Rows = Sequence[dict[str, Any]]
#: A row, its shard, and its digest with each key.
Digested = tuple[dict[str, Any], str, list[int]]

_ANYTHING = object()
M = TypeVar("M", bound=models.Model)


class Collected:
    """Sums of the rows that a change writes; those of savepoints that were rolled back are not among them."""

    def __init__(self) -> None:
        self._since = len(connection.run_on_commit)

    def sums(self) -> Sums:
        """Return the sums of what is written and not rolled back until now."""
        total: Sums = {}
        waiting: list[Any] = connection.run_on_commit[self._since :]
        for _savepoints, noted, _robust in waiting:
            if isinstance(noted, _Noted) and noted.by is self:
                add(total, noted.sums)
        return total


@dataclass(frozen=True)
class _Noted:
    """Waits for the commit only to be forgotten with its savepoint."""

    by: Collected
    sums: Sums

    def __call__(self) -> None:
        pass


_COLLECTING: ContextVar[Collected | None] = ContextVar("collecting", default=None)
_DELETING: ContextVar[bool] = ContextVar("deleting", default=False)


@contextmanager
def collecting() -> Iterator[Collected]:
    """Collect the sums of the rows that are written until the end; the event of the change has them."""
    collected = Collected()
    token = _COLLECTING.set(collected)
    try:
        yield collected
    finally:
        _COLLECTING.reset(token)


def add(total: Sums, more: Sums, sign: int = 1) -> None:
    """Add sums to a total."""
    for key, tables in more.items():
        for table, shards in tables.items():
            into = total.setdefault(key, {}).setdefault(table, {})
            for shard, (count, digest) in shards.items():
                had, so_far = into.get(shard, (0, 0))
                into[shard] = (had + sign * count, (so_far + sign * digest) % MODULUS)


def packed(sums: Sums) -> dict[str, Any]:
    """Return the sums as JSON; what adds up to nothing is left out."""
    return {
        key: {
            table: {shard: [n, f"{digest:x}"] for shard, (n, digest) in sorted(shards.items()) if n or digest}
            for table, shards in sorted(tables.items())
        }
        for key, tables in sums.items()
    }


def unpacked(stored: dict[str, Any]) -> Sums:
    """Return the sums that were packed."""
    return {
        key: {
            table: {shard: (count, int(digest, 16)) for shard, (count, digest) in shards.items()}
            for table, shards in tables.items()
        }
        for key, tables in stored.items()
    }


def digests_of(model: type[models.Model], rows: Iterable[dict[str, Any]], secrets: Sequence[str]) -> Iterator[Digested]:
    """Yield each row with its shard and its digests, one for each of the keys of EVIDENCE_KEYS that are named."""
    plan, table, shard_of = _plan(model), model._meta.db_table, _shard_of(model)
    digesters = [_digester(secret) for secret in secrets]
    for row in rows:
        said = {name: value for name, plain, usual in plan if (value := plain(row[name])) != usual}
        text = _text([table, said])
        yield row, shard_of(row), [digest(text) for digest in digesters]


def sums_of(model: type[models.Model], rows: Iterable[dict[str, Any]], secrets: Sequence[str]) -> Sums:
    """Return the sums of the rows by shard, with each of the keys of EVIDENCE_KEYS that are named."""
    sums: dict[str, dict[str, tuple[int, int]]] = {print_of(secret): {} for secret in secrets}
    for _row, shard, digests in digests_of(model, rows, secrets):
        for shards, digest in zip(sums.values(), digests, strict=True):
            had, so_far = shards.get(shard, (0, 0))
            shards[shard] = (had + 1, (so_far + digest) % MODULUS)
    return {name: {model._meta.db_table: shards} for name, shards in sums.items() if shards}


def note(model: type[models.Model], *, added: Rows = (), removed: Rows = ()) -> None:
    """Take the rows into the sums of the present change, or attest them alone if there is none."""
    sums: Sums = {}
    add(sums, sums_of(model, added, settings.EVIDENCE_KEYS))
    add(sums, sums_of(model, removed, settings.EVIDENCE_KEYS), -1)
    if sums:
        _take(sums)


def _take(sums: Sums) -> None:
    collected = _COLLECTING.get()
    if collected is not None and connection.in_atomic_block:
        transaction.on_commit(_Noted(collected, sums))
    else:
        attest(sums)


def note_like(
    model: type[models.Model], same: dict[str, Any], names: Sequence[str], rows: Sequence[tuple[int | str, ...]]
) -> None:
    """Take many rows of one shard into the sums, which differ in the named columns alone; these are never empty.

    The text of the digest is written once, so that a row takes a few microseconds.
    """
    if not rows:
        return
    others = [(name, plain(same.get(name)), usual) for name, plain, usual in _plan(model) if name not in names]
    said = {name: value for name, value, usual in others if value != usual}
    # The names are in the order of the alphabet, so each different value stands in its place.
    marks = {name: f"\0{number}" for number, name in enumerate(names)}
    form = _ENCODER.encode([model._meta.db_table, said | marks]).replace("%", "%%")
    for mark in marks.values():
        form = form.replace(json.dumps(mark), "%s")
    order = sorted(range(len(names)), key=lambda at: names[at])
    texts = [(form % tuple([_said(row[at]) for at in order])).encode() for row in rows]
    sums: Sums = {}
    for secret in settings.EVIDENCE_KEYS:
        total = sum(map(_digester(secret), texts))
        sums[print_of(secret)] = {model._meta.db_table: {_shard_of(model)(same): (len(rows), total % MODULUS)}}
    _take(sums)


def _said(value: int | str) -> int | str:
    return value if isinstance(value, int) else encode_basestring(value)


def attest(sums: Sums) -> None:
    """Store sums that no event has."""
    apps.get_model("registry", "Attestation").make(packed(sums))


class AttestedQuerySet(models.QuerySet[M]):
    """Rows whose writing, changing and deleting is attested."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **values: Any) -> list[M]:
        if values.get("ignore_conflicts") or values.get("update_conflicts"):
            raise TypeError("Rows that may be there already cannot be attested.")
        created = super().bulk_create(list(objs), *args, **values)
        note(self.model, added=[_values_of(obj) for obj in created])
        return created

    def update(self, **values: Any) -> int:
        only = getattr(self.model, "ATTESTED", None)
        names: Any = [self.model._meta.get_field(name) for name in values]
        changed = {field.attname for field in names}
        before = self._plain_rows() if only is None or changed & set(only) else []
        count = super().update(**values)
        if before:
            pk = self.model._meta.pk.attname
            ids = [row[pk] for row in before]
            note(self.model, added=rows_of(self.model, pk__in=ids), removed=before)
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        gone = self._plain_rows()
        token = _DELETING.set(True)
        try:
            deleted = super().delete()
        finally:
            _DELETING.reset(token)
        note(self.model, removed=gone)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _raw_delete(self, using: str | None) -> int:
        gone = [] if _DELETING.get() else self._plain_rows()
        count: int = super()._raw_delete(using)
        note(self.model, removed=gone)
        return count

    def _plain_rows(self) -> list[dict[str, Any]]:
        ids = self.order_by().values_list(self.model._meta.pk.attname, flat=True)
        return rows_of(self.model, pk__in=list(ids))


class Attested(models.Model):
    """A model whose rows are attested: what else changes them is found by `check_integrity`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **values: Any) -> None:
        before = [] if self._state.adding else rows_of(type(self), pk=self.pk)
        super().save(*args, **values)
        note(type(self), added=rows_of(type(self), pk=self.pk) if before else [_values_of(self)], removed=before)

    def delete(self, *args: Any, **values: Any) -> tuple[int, dict[str, int]]:
        gone = rows_of(type(self), pk=self.pk)
        token = _DELETING.set(True)
        try:
            deleted = super().delete(*args, **values)
        finally:
            _DELETING.reset(token)
        note(type(self), removed=gone)
        return deleted


def attested() -> list[type[models.Model]]:
    """Return the models whose rows are attested, and the heads of the journal, of which their keys are."""
    found = [model for model in apps.get_models() if issubclass(model, Attested)]
    return [*sorted(found, key=lambda model: model._meta.db_table), apps.get_model("registry", "JournalChain")]


def rows_of(model: type[models.Model], **found: Any) -> list[dict[str, Any]]:
    """Return the values of the rows that are attested."""
    return list(model._base_manager.filter(**found).order_by().values(*columns_of(model)))


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the names of the columns that are attested."""
    return [name for name, _plain, _usual in _plan(model)]


def _values_of(obj: models.Model) -> dict[str, Any]:
    return {name: getattr(obj, name) for name in columns_of(type(obj))}


@cache
def _plan(model: type[models.Model]) -> list[tuple[str, Callable[[Any], Any], Any]]:
    """Return the columns with what makes their values plain, and the value that a new column has in earlier rows.

    This one is left out, so that a column can be added to a table and its rows agree with what was attested before.
    """
    only = getattr(model, "ATTESTED", None)
    fields: list[Any] = [field for field in model._meta.concrete_fields if only is None or field.attname in only]
    return [(field.attname, _plain(field), _usual(field)) for field in fields]


def _usual(field: Any) -> Any:
    if field.primary_key or (field.has_default() and callable(field.default) and field.default not in (list, dict)):
        return _ANYTHING
    if field.has_default():
        return _plain(field)(field.get_default())
    if field.null:
        return None
    return "" if isinstance(field, models.CharField | models.TextField) else _ANYTHING


def _plain(field: Any) -> Callable[[Any], Any]:
    """Return the function that makes values of the field the same, as they are given and as they are read."""
    field = getattr(field, "target_field", field)
    make: Callable[[Any], Any] = str
    if isinstance(field, models.DateTimeField):
        make = partial(_moment, field)
    elif isinstance(field, models.DateField):
        make = partial(_day, field)
    elif isinstance(field, KopecksField):
        make = field.get_prep_value
    elif isinstance(field, models.JSONField | EncryptedJSONField):
        make = _json
    elif isinstance(field, models.BooleanField):
        make = bool
    elif isinstance(field, models.IntegerField):
        make = int
    elif isinstance(field, models.DecimalField):
        make = partial(_decimal, field)
    return lambda value: None if value is None else make(value)


def _moment(field: Any, value: Any) -> str:
    moment: dt.datetime = value if isinstance(value, dt.datetime) else field.to_python(value)
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _day(field: Any, value: Any) -> str:
    return str(field.to_python(value).isoformat())


def _decimal(field: Any, value: Any) -> str:
    return f"{field.to_python(value):.{field.decimal_places}f}"


def _json(value: Any) -> Any:
    # As the database gives it back: keys are texts, and rows of a tuple are those of a list.
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder)) if value else None


def _shard_of(model: type[models.Model]) -> Callable[[dict[str, Any]], str]:
    """Return what tells the shard of a row: the organisation, or the records whose ids are near to each other."""
    names = columns_of(model)
    tracked: Any = getattr(model, "instance_type", None)
    if tracked is None and "organization_id" in names:
        return lambda row: f"organization {row['organization_id']}"
    key = tracked._meta.pk.attname if tracked is not None else model._meta.pk.attname
    if key not in names:
        return lambda row: ""
    return lambda row: f"records {row[key] // SHARD * SHARD}…" if isinstance(row[key], int) else ""
