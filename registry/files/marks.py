"""The mark of a store: the id of the installation that owns it, compared with the database (ADR 22).

It prevents writing into the store of another registry, into a private directory instead of the nodes' shared one, and
into an empty store where files are expected.
"""

from __future__ import annotations

import logging
import time
import uuid

from django.db import Error, transaction
from django.utils import timezone

from registry.errors import ForeignStore

from . import stores
from .models import FileStore, StoredFile

#: Seconds for which a process caches the result.
BELIEVED_SECONDS = 30
#: Number of the newest files of an older version of which one has to be in its store.
_LOOKED_AT = 20
_log = logging.getLogger(__name__)
#: Store name → time until which it is known to be ours.
_believed: dict[str, float] = {}

_ADOPT = "If it is the right one: manage.py adopt_store."
FOREIGN = "{} belongs to another registry. " + _ADOPT
EMPTY = "{} is empty, and the files of this registry lie elsewhere: is FILES_URL or REGISTRY_VAR right? " + _ADOPT
UNKNOWN = "{} holds files that this registry does not know. " + _ADOPT


def fault() -> str:
    """Return what is wrong with the store, or an empty string: it is ours, or unmarked and can be adopted.

    Raises `LostStore` if it does not answer.
    """
    store = stores.own()
    row = FileStore.objects.first()
    there = _read()
    if there:
        return "" if row is not None and str(row.number) == there else FOREIGN.format(store)
    if row is not None and row.marked_at is not None:
        return EMPTY.format(store)
    # The database has no mark yet: it is new, or from a version before the marks.
    newest = list(StoredFile.objects.order_by("-created_at").values_list("pk", flat=True)[:_LOOKED_AT])
    if not newest:
        return UNKNOWN.format(store) if next(store.in_place(), None) is not None else ""
    return "" if any(_is_there(store, pk) for pk in newest) else EMPTY.format(store)


def check_own() -> None:
    """Raise `ForeignStore` unless the store is ours; mark an unmarked one after the commit."""
    name = str(stores.own())
    if _believed.get(name, 0.0) > time.monotonic():
        return
    if words := fault():
        raise ForeignStore(words)
    _believed[name] = time.monotonic() + BELIEVED_SECONDS
    if not _read():
        # After the commit, so that a rollback leaves no mark without its row.
        transaction.on_commit(_take)


def adopt() -> tuple[int, int]:
    """Mark the store as ours whatever it contains; return how many files have a row, and how many of them are missing.

    It gets a new id, so that another store with the previous id is refused from now on.
    """
    renew()
    rows = set(map(str, StoredFile.objects.values_list("pk", flat=True)))
    there = {name.rpartition("/")[2] for name in stores.own().in_place()}
    waiting = {name for name, _ in stores.own().listed(stores.NEW)}
    return len(rows), len(rows - there - waiting)


def renew() -> None:
    """Give database and store a new common id."""
    number = uuid.uuid4()
    _believed.clear()
    with transaction.atomic():
        FileStore.objects.all().delete()
        FileStore.objects.create(number=number, marked_at=timezone.now())
        _write(number)


def _take() -> None:
    """Mark the store of a new installation. If two nodes start at the same moment, one of them is refused."""
    try:
        FileStore.objects.get_or_create(only=True)
        with transaction.atomic():
            row = FileStore.objects.select_for_update().get()
            if row.marked_at is None:
                row.marked_at = timezone.now()
                row.save(update_fields=["marked_at"])
                _write(row.number)
                return
        if _read() != str(row.number):
            _log.error("files were stored where the other nodes do not look: %s", EMPTY.format(stores.own()))
    except (OSError, Error) as error:
        _log.warning("the store of files was not marked", exc_info=error)
    _believed.clear()


def _read() -> str:
    try:
        with stores.own().read_from(stores.MARK) as file:
            return file.read(100).decode(errors="replace").strip()
    except FileNotFoundError:
        return ""


def _write(number: uuid.UUID) -> None:
    stores.own().write_whole(stores.MARK, lambda file: file.write(f"{number}\n".encode()))


def _is_there(store: stores.Store, pk: uuid.UUID) -> bool:
    for name in (f"{str(pk)[:2]}/{pk}", f"{stores.NEW}/{pk}"):
        try:
            store.read_from(name).close()
        except FileNotFoundError:
            continue
        return True
    return False
