"""Queries over tables that grow with the federation go by an index: what the planner is told, and what it must do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat

from registry import replicas
from registry.text import sort_prefix

#: Settings that make PostgreSQL use indexes: no scans of whole tables, and random reads as cheap as sequential ones.
#: With the memory a list of a frequent name keeps its rows; otherwise it keeps pages, whose rows are all read again.
#: Starting other processes would take longer than these queries.
BY_INDEX = {
    "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "random_page_cost": "1",
    "work_mem": "64MB", "max_parallel_workers_per_gather": "0",
}  # fmt: skip
#: Rows of an index that SQLite looks at to know how many have the same value: some milliseconds for each table.
_LOOKED_AT = 1_000
#: What SQLite is told of empty tables, of which it would otherwise expect a million rows.
_FEW = 10
#: A table that has this many times the rows of the last look, and more than these, is looked at again.
_GROWN, _SMALL = 4, 250
#: Last ids of the tables at the last look by this process.
_LAST_IDS: dict[str, int] = {}
#: Number of people up to which a search reads the keys of all in the scope; among more it goes by the index of words.
READ_BY_ORGANIZATION = 100_000


@contextmanager
def by_index() -> Iterator[None]:
    """Make PostgreSQL use an index wherever there is one; other databases are not affected.

    For queries with a small limit, for which the planner may otherwise read a whole table: if it expects to find enough
    rows early, or if it takes few rows for many and sorts or joins the table.
    """
    alias = replicas.alias()
    connection = connections[alias]
    if connection.vendor != "postgresql":
        yield
        return
    inside = connection.in_atomic_block
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = '{value}'" for name, value in BY_INDEX.items()))
        yield
        if inside:
            # The outer transaction continues without these settings.
            cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in BY_INDEX))


def lookup_among(people: int) -> str:
    """Return the lookup for words of a search among this number of people (`registry.lookups`)."""
    return "begins" if people > READ_BY_ORGANIZATION else "holds"


def first_by_name(
    found: QuerySet[Any] | Sequence[QuerySet[Any]],
    typed: object,
    most: int,
    *,
    beginning: QuerySet[Any] | None = None,
    near: bool = False,
) -> list[int]:
    """Return at most `most` ids of the rows that at least one queryset finds, in the order of `sort_key`.

    If more rows match, rows whose name begins with the typed text are first: the index of names has them in this
    order. The others are found by the index of words, which has no order. Conditions joined by «or» over several tables
    use no index, so that each needs its own queryset. `beginning` finds the same as `found`, and is for the first:
    with a condition for which there is an index of words, PostgreSQL may read all of a frequent word and sort them.
    `near` says that the querysets name few organisations by id: their rows are read and sorted, for the index of names
    has everybody of that name in the federation.
    """
    order = (Concat("sort_key", Value("")) if near else F("sort_key"), F("pk"))
    parts = [found] if isinstance(found, QuerySet) else list(found)
    beginnings = parts if beginning is None else [beginning]
    with by_index():
        if not str(typed or "").strip():
            rows = _of_each(parts, order, most)
        else:
            named = [part for one in beginnings if (part := _beginning(one, typed)) is not None]
            rows = _of_each(named, order, most)[:most]
            if len(rows) < most:
                known = set(rows)
                others = {row for part in parts for row in _keys(part.order_by())[:most]}
                rows += sorted(others - known)[: most - len(rows)]
    return [pk for _key, pk in sorted(rows)[:most]]


def _of_each(parts: Sequence[QuerySet[Any]], order: Sequence[Combinable], most: int) -> list[tuple[str, int]]:
    return sorted({row for part in parts for row in _keys(part.order_by(*order))[:most]})


def _keys(part: QuerySet[Any]) -> QuerySet[Any]:
    return part.values_list("sort_key", "pk")


def _beginning(found: QuerySet[Any], typed: object) -> QuerySet[Any] | None:
    """Return the filter for names that begin as typed, as a range of the index of names."""
    first = sort_prefix(typed)
    if not first:
        return None
    named = found.filter(sort_key__gte=first)
    # Keys are digits; the next number of the same length begins the next range.
    return named if set(first) == {"9"} else named.filter(sort_key__lt=f"{int(first) + 1:0{len(first)}}")


def learn_sizes() -> None:
    """Let SQLite look how many rows its tables have, and how many of them an index leaves.

    Without that it takes every table for as large as the others, and reads all members of an organisation to find the
    few with a reminder or an unpaid fee. PostgreSQL looks by itself.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={_LOOKED_AT}")
        cursor.execute("ANALYZE")
        cursor.execute(
            "INSERT INTO sqlite_stat1 SELECT name, NULL, %s FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
            " 'sqlite%%' AND name NOT IN (SELECT tbl FROM sqlite_stat1)",
            [str(_FEW)],
        )
        _LAST_IDS.clear()
        _LAST_IDS.update(_last_ids(cursor))
        # This connection goes by it at once, others when they are opened.
        cursor.execute("ANALYZE sqlite_schema")


def have_grown() -> bool:
    """Return whether a table of SQLite has many more rows than at the last look, as after the first large list."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        return any(last > _GROWN * max(_LAST_IDS.get(table, 0), _SMALL) for table, last in _last_ids(cursor))


def _last_ids(cursor: Any) -> list[tuple[str, int]]:
    cursor.execute("SELECT name, seq FROM sqlite_sequence")
    return cursor.fetchall()
