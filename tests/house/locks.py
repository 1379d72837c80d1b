"""The order in which transitions lock rows, and a recorder of the rows that a transition locks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db.models import Model, QuerySet

from registry.journal.models import JournalChain
from registry.transitions import Act

#: The order in docs/architecture.md; all other models come after these.
ORDER = (
    "Federation", "Organization", "ImportBatch", "CardUpdate", "Application", "Meeting", "AgendaItem", "Appeal",
    "Transfer", "Reconciliation", "CollectorOrder", "PaymentRegister", "BankLine", "Employer", "PayrollList",
    "Member",
)  # fmt: skip


class Locks:
    """Records the models of the rows locked within `watched`, in their order; a row locked again is not repeated."""

    def __init__(self) -> None:
        self.models: list[str] = []
        self._rows: set[tuple[str, Any]] = set()
        self._inside = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        lock, lock_many, for_update = Act.lock, Act.lock_many, QuerySet.select_for_update

        def watch_lock(act: Act, rows: Any, pk: Any, **options: Any) -> Any:
            with self._within():
                row = lock(act, rows, pk, **options)
            self._note(type(row), [row])
            return row

        def watch_lock_many(act: Act, queryset: QuerySet[Any]) -> Any:
            with self._within():
                rows = lock_many(act, queryset)
            self._note(queryset.model, rows)
            return rows

        def watch_all(queryset: QuerySet[Any], *args: Any, **options: Any) -> QuerySet[Any]:
            if not self._inside and queryset.model is not JournalChain:
                # Django's `update_or_create` locks too.
                self.models.append(queryset.model.__name__)
            return for_update(queryset, *args, **options)

        with (
            patch.object(Act, "lock", watch_lock),
            patch.object(Act, "lock_many", watch_lock_many),
            patch.object(QuerySet, "select_for_update", watch_all),
        ):
            yield

    @contextmanager
    def _within(self) -> Iterator[None]:
        self._inside = True
        try:
            yield
        finally:
            self._inside = False

    def _note(self, model: type[Model], rows: Sequence[Model]) -> None:
        name = model.__name__
        found = {(name, row.pk) for row in rows}
        if found - self._rows or (not rows and name not in self.models):
            self.models.append(name)
        self._rows |= found


def against(order: Sequence[str], locks: Iterable[str]) -> list[str]:
    """Return each model that is locked after one that should come later, together with that one."""
    rank = {name: number for number, name in enumerate(order)}
    found, latest = [], ""
    for name in locks:
        if rank.get(name, len(order)) < rank.get(latest, len(order) if latest else -1):
            found.append(f"{latest} → {name}")
        else:
            latest = name
    return found


def crossing(sequences: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    """Return the pairs of models that are locked in both orders."""
    pairs = {
        (first, later)
        for locks in sequences
        for number, first in enumerate(locks)
        for later in locks[number + 1 :]
        if first != later
    }
    return {(first, later) for first, later in pairs if first < later and (later, first) in pairs}
