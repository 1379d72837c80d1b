"""History of records: django-simple-history, with its managers made once."""

from functools import cache
from typing import Any

from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords as Records


class RememberedManager(HistoryManager):
    """The library makes the class of the manager anew at every access, that is at every save: half a millisecond each."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        """The manager's class with the methods of the queryset."""
        return super().from_queryset(queryset_class, class_name)


class HistoricalRecords(Records):
    """Who changed what of a model, when, from what to what; the attribute `history` of every model that has one."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, history_manager=RememberedManager, **values)
