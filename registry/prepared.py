"""Queries that are compiled once in each process; only their values change between runs.

Django builds the SQL of a query each time it runs. For a few rows that takes several times longer than the database
needs, which matters for queries in every request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=models.Model)


class Given(Expression):
    """A placeholder for a value given when the query runs; for a date, the day `days` after it."""

    def __init__(self, name: str, output_field: Any, days: int = 0) -> None:
        super().__init__(output_field=output_field)
        self.name, self.days = name, days

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def put_in(self, values: Mapping[str, Any]) -> Any:
        """Return the value for the database."""
        value = values[self.name]
        if self.days:
            value += dt.timedelta(days=self.days)
        return self.output_field.get_db_prep_value(value, connection)


def put_in(params: Sequence[Any], values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the parameters of a statement with the values instead of each `Given`."""
    return tuple(param.put_in(values) if isinstance(param, Given) else param for param in params)


class Prepared(Generic[Row]):
    """A query for objects of a model, such as `Prepared(lambda: Account.objects.filter(pk=Given("account", …)))`."""

    def __init__(self, queryset: Callable[[], models.QuerySet[Row]]) -> None:
        self._queryset = queryset
        #: By database: the compiler that built the statement and knows its columns, the SQL, the parameters.
        self._compiled: dict[str, tuple[Any, str, Sequence[Any]]] = {}

    def rows(self, **values: Any) -> list[Row]:
        """Return the objects for these values."""
        database = connection.vendor
        if database not in self._compiled:
            compiler = self._queryset().query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
            self._compiled[database] = (compiler, *compiler.as_sql())
        compiler, sql, params = self._compiled[database]
        # A connection belongs to one thread, so every run has its own compiler.
        ready = copy(compiler)
        ready.connection = connections[DEFAULT_DB_ALIAS]
        ready.as_sql = lambda *_args, **_options: (sql, put_in(params, values))
        query = SimpleNamespace(get_compiler=lambda **_options: ready)
        found: Any = SimpleNamespace(query=query, db=DEFAULT_DB_ALIAS, _known_related_objects={})
        return list(ModelIterable(found))
