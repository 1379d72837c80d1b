"""Make queries over large tables use an index: what the planner is told, and how queries are written."""

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

#: Settings that make PostgreSQL use indexes: no sequential scans, and random reads as cheap as sequential ones. The
#: larger memory lets a bitmap of a frequent name keep rows instead of pages, whose rows would all be read again.
#: Starting parallel workers would take longer than these queries.
BY_INDEX = {
    "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "random_page_cost": "1",
    "work_mem": "64MB", "max_parallel_workers_per_gather": "0",
}  # fmt: skip
#: Rows of an index that SQLite samples to estimate how many have equal values: some milliseconds for each table.
_LOOKED_AT = 1_000
#: Statistics given to SQLite for empty tables, for which it otherwise assumes a million rows.
_FEW = 10
#: A table is analysed again when it has grown by this factor and has more than this number of rows.
_GROWN, _SMALL = 4, 250
#: Last ids of the tables at the last analysis by this process.
_LAST_IDS: dict[str, int] = {}
#: Number of people up to which a search reads the keys of everybody in scope; above it, the word index is used.
READ_BY_ORGANIZATION = 100_000


@contextmanager
def by_index() -> Iterator[None]:
    """Make PostgreSQL use an index where there is one; other databases are not affected.

    For queries with a small limit, where the planner may read a whole table: because it expects to find enough rows
    early, or because it overestimates the rows and sorts or joins the table.
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
    """Return the lookup for search words among this number of people (`registry.lookups`)."""
    return "begins" if people > READ_BY_ORGANIZATION else "holds"


def first_by_name(
    found: QuerySet[Any] | Sequence[QuerySet[Any]],
    typed: object,
    most: int,
    *,
    beginning: QuerySet[Any] | None = None,
    near: bool = False,
) -> list[int]:
    """Return at most `most` ids of the rows that at least one queryset matches, ordered by `sort_key`.

    If more rows match, those whose name begins with the typed text come first: the name index has them in this order.
    The others are found by the word index, which has no order. Conditions joined by «or» over several tables use no
    index, so each needs its own queryset. `beginning` finds the same rows as `found` and is used for the first part:
    with a condition that has a word index, PostgreSQL may read all rows of a frequent word and sort them. `near` means
    that the querysets name few organisations by id: their rows are read and sorted, because the name index has
    everybody with that name in the federation.
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
    """Return the filter for names that begin with the typed text, as a range of the name index."""
    first = sort_prefix(typed)
    if not first:
        return None
    named = found.filter(sort_key__gte=first)
    # Keys are digits, so the next number of the same length begins the next range.
    return named if set(first) == {"9"} else named.filter(sort_key__lt=f"{int(first) + 1:0{len(first)}}")


def learn_sizes() -> None:
    """Let SQLite count the rows of its tables and the selectivity of their indexes.

    Otherwise it assumes equal sizes for all tables, and reads all members of an organisation to find the few with a
    reminder or an unpaid fee. PostgreSQL does this by itself.
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
        # This connection uses the statistics at once, others after reconnecting.
        cursor.execute("ANALYZE sqlite_schema")


def have_grown() -> bool:
    """Return whether a SQLite table has many more rows than at the last analysis, such as after the first large
    list.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        return any(last > _GROWN * max(_LAST_IDS.get(table, 0), _SMALL) for table, last in _last_ids(cursor))


def _last_ids(cursor: Any) -> list[tuple[str, int]]:
    cursor.execute("SELECT name, seq FROM sqlite_sequence")
    return cursor.fetchall()
