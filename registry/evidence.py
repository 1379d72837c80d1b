"""Keyed digests that reveal changes made outside the registry; their key is not in the database (ADR 20)."""

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
    """Return the derived key of one purpose, so that its digests are invalid for other purposes."""
    return hmac.digest(secret.encode(), f"registry {purpose}".encode(), "sha256")


def keys(purpose: str) -> list[bytes]:
    """Return the keys of the purpose; the first makes digests, all of them verify."""
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
    """Return an HMAC-SHA-256 function for many texts that returns numbers, twice as fast as `hmac.digest`."""
    key = _derived(secret, "rows").ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def digest(text: bytes) -> int:
        within, around = inner.copy(), outer.copy()
        within.update(text)
        around.update(within.digest())
        return int.from_bytes(around.digest())

    return digest


#: Digests are added modulo this number, so that the order of the rows does not matter.
MODULUS = 1 << 256
#: Number of records in one sum; a difference is searched for among these.
SHARD = 1000
#: Fingerprint of the key → table → shard → number of rows and the sum of their digests.
Sums = dict[str, dict[str, dict[str, tuple[int, int]]]]
#: Rows as dictionaries by column name.
Rows = Sequence[dict[str, Any]]
#: A row, its shard, and its digest with each key.
Digested = tuple[dict[str, Any], str, list[int]]

_ANYTHING = object()
M = TypeVar("M", bound=models.Model)


class Collected:
    """Sums of the rows written by a change, excluding savepoints that were rolled back."""

    def __init__(self) -> None:
        self._since = len(connection.run_on_commit)

    def sums(self) -> Sums:
        """Return the sums of all rows written so far and not rolled back."""
        total: Sums = {}
        waiting: list[Any] = connection.run_on_commit[self._since :]
        for _savepoints, noted, _robust in waiting:
            if isinstance(noted, _Noted) and noted.by is self:
                add(total, noted.sums)
        return total


@dataclass(frozen=True)
class _Noted:
    """A commit hook used only because it is discarded together with its savepoint."""

    by: Collected
    sums: Sums

    def __call__(self) -> None:
        pass


_COLLECTING: ContextVar[Collected | None] = ContextVar("collecting", default=None)
_DELETING: ContextVar[bool] = ContextVar("deleting", default=False)


@contextmanager
def collecting() -> Iterator[Collected]:
    """Collect the sums of the rows written within the block, for the event of the change."""
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
    """Return the sums as JSON, without those that are zero."""
    return {
        key: {
            table: {shard: [n, f"{digest:x}"] for shard, (n, digest) in sorted(shards.items()) if n or digest}
            for table, shards in sorted(tables.items())
        }
        for key, tables in sums.items()
    }


def unpacked(stored: dict[str, Any]) -> Sums:
    """Return the sums from their JSON."""
    return {
        key: {
            table: {shard: (count, int(digest, 16)) for shard, (count, digest) in shards.items()}
            for table, shards in tables.items()
        }
        for key, tables in stored.items()
    }


def digests_of(model: type[models.Model], rows: Iterable[dict[str, Any]], secrets: Sequence[str]) -> Iterator[Digested]:
    """Yield each row with its shard and its digests, one for each of the given keys of EVIDENCE_KEYS."""
    plan, table, shard_of = _plan(model), model._meta.db_table, _shard_of(model)
    digesters = [_digester(secret) for secret in secrets]
    for row in rows:
        said = {name: value for name, plain, usual in plan if (value := plain(row[name])) != usual}
        text = _text([table, said])
        yield row, shard_of(row), [digest(text) for digest in digesters]


def sums_of(model: type[models.Model], rows: Iterable[dict[str, Any]], secrets: Sequence[str]) -> Sums:
    """Return the sums of the rows by shard, with each of the given keys of EVIDENCE_KEYS."""
    sums: dict[str, dict[str, tuple[int, int]]] = {print_of(secret): {} for secret in secrets}
    for _row, shard, digests in digests_of(model, rows, secrets):
        for shards, digest in zip(sums.values(), digests, strict=True):
            had, so_far = shards.get(shard, (0, 0))
            shards[shard] = (had + 1, (so_far + digest) % MODULUS)
    return {name: {model._meta.db_table: shards} for name, shards in sums.items() if shards}


def add_rows(model: type[models.Model], *, added: Rows = (), removed: Rows = ()) -> None:
    """Add the rows to the sums of the present change, or attest them separately if there is none."""
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


def add_similar_rows(
    model: type[models.Model], same: dict[str, Any], names: Sequence[str], rows: Sequence[tuple[int | str, ...]]
) -> None:
    """Add many rows of one shard that differ only in the given columns, which are never empty, to the sums.

    The digest's text is built once, so that a row takes a few microseconds.
    """
    if not rows:
        return
    others = [(name, plain(same.get(name)), usual) for name, plain, usual in _plan(model) if name not in names]
    said = {name: value for name, value, usual in others if value != usual}
    # The names are sorted, so each differing value has a fixed position.
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
    """Store sums without an event."""
    apps.get_model("registry", "Attestation").make(packed(sums))


class AttestedQuerySet(models.QuerySet[M]):
    """Rows that are attested when written, changed and deleted."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **values: Any) -> list[M]:
        if values.get("ignore_conflicts") or values.get("update_conflicts"):
            raise TypeError("Rows that may be there already cannot be attested.")
        created = super().bulk_create(list(objs), *args, **values)
        add_rows(self.model, added=[_values_of(obj) for obj in created])
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
            add_rows(self.model, added=rows_of(self.model, pk__in=ids), removed=before)
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        gone = self._plain_rows()
        token = _DELETING.set(True)
        try:
            deleted = super().delete()
        finally:
            _DELETING.reset(token)
        add_rows(self.model, removed=gone)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _raw_delete(self, using: str | None) -> int:
        gone = [] if _DELETING.get() else self._plain_rows()
        count: int = super()._raw_delete(using)
        add_rows(self.model, removed=gone)
        return count

    def _plain_rows(self) -> list[dict[str, Any]]:
        ids = self.order_by().values_list(self.model._meta.pk.attname, flat=True)
        return rows_of(self.model, pk__in=list(ids))


class Attested(models.Model):
    """A model whose rows are attested, so that `check_integrity` finds changes made outside the registry."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **values: Any) -> None:
        before = [] if self._state.adding else rows_of(type(self), pk=self.pk)
        super().save(*args, **values)
        add_rows(type(self), added=rows_of(type(self), pk=self.pk) if before else [_values_of(self)], removed=before)

    def delete(self, *args: Any, **values: Any) -> tuple[int, dict[str, int]]:
        gone = rows_of(type(self), pk=self.pk)
        token = _DELETING.set(True)
        try:
            deleted = super().delete(*args, **values)
        finally:
            _DELETING.reset(token)
        add_rows(type(self), removed=gone)
        return deleted


def attested() -> list[type[models.Model]]:
    """Return the models with attested rows, and the heads of the journal, which use the same keys."""
    found = [model for model in apps.get_models() if issubclass(model, Attested)]
    return [*sorted(found, key=lambda model: model._meta.db_table), apps.get_model("registry", "JournalChain")]


def rows_of(model: type[models.Model], **found: Any) -> list[dict[str, Any]]:
    """Return the attested values of the rows."""
    return list(model._base_manager.filter(**found).order_by().values(*columns_of(model)))


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the names of the attested columns."""
    return [name for name, _plain, _usual in _plan(model)]


def _values_of(obj: models.Model) -> dict[str, Any]:
    return {name: getattr(obj, name) for name in columns_of(type(obj))}


@cache
def _plan(model: type[models.Model]) -> list[tuple[str, Callable[[Any], Any], Any]]:
    """Return the columns with their normalising functions, and the value that a new column has in earlier rows.

    That value is left out of digests, so that adding a column does not invalidate earlier rows.
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
    """Return a function that normalises values of the field, whether assigned or read from the database."""
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
    # As the database returns it: keys are texts, and tuples are lists.
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder)) if value else None


def _shard_of(model: type[models.Model]) -> Callable[[dict[str, Any]], str]:
    """Return the function that gives the shard of a row: its organisation, or a range of ids."""
    names = columns_of(model)
    tracked: Any = getattr(model, "instance_type", None)
    if tracked is None and "organization_id" in names:
        return lambda row: f"organization {row['organization_id']}"
    key = tracked._meta.pk.attname if tracked is not None else model._meta.pk.attname
    if key not in names:
        return lambda row: ""
    return lambda row: f"records {row[key] // SHARD * SHARD}…" if isinstance(row[key], int) else ""
