"""History of records by django-simple-history, with a cached manager class."""

from functools import cache
from typing import Any

from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords as Records

from .evidence import Attested, AttestedQuerySet


class CachedHistoryManager(HistoryManager):
    """Caches the manager's class, which the library rebuilds for every save: half a millisecond each."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        """Return the manager's class with the methods of the queryset, whose changes are attested (ADR 20)."""
        attested = type(queryset_class.__name__, (AttestedQuerySet, queryset_class), {})
        return super().from_queryset(attested, class_name)


class _AttestedHistory(Attested):
    objects = AttestedQuerySet.as_manager()

    class Meta:
        abstract = True


class HistoricalRecords(Records):
    """The history of a model: who changed what, when, from which value to which. Assign it to `history` of the
    model.
    """

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, history_manager=CachedHistoryManager, bases=(_AttestedHistory,), **values)
