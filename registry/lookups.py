"""Lookups that Django does not have: one of many ids, word prefixes in a search key, and its first word."""

from __future__ import annotations

import json
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, BigAutoField, BigIntegerField, CharField, ForeignKey, Func, Lookup, TextField


class Among(Lookup[Any]):
    """Compare a column of ids with many: `filter(account__among=ids)`.

    `in` makes a parameter of each id; databases limit these to some thousands, and preparing them takes longer than the
    query. An empty list matches nothing; objects and querysets are not accepted.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[int]:
        return [int(pk) for pk in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(self.rhs))  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        # As text, which the driver sends unchanged; it would convert the items of a list one by one.
        return f"{lhs} = ANY(%s::bigint[])", (*params, "{" + ",".join(map(str, self.rhs)) + "}")


#: Lengths of prefixes in PostgreSQL's index, for words and for words that begin with a digit; longer ones are compared
#: with the key. Longer prefixes of numbers would each lead to one person and make the index large.
INDEXED_LETTERS, INDEXED_DIGITS = 8, 5
#: The function of the index, with the same numbers. Its cost tells the planner that computing it for a row is more
#: expensive than any index.
BEGINNINGS = """CREATE OR REPLACE FUNCTION registry_beginnings(key text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000 AS $$
SELECT coalesce(array_agg(left(word, size)), '{}')
FROM unnest(string_to_array(key, ' ')) AS word,
    generate_series(1, least(CASE WHEN word COLLATE "C" < ':' THEN 5 ELSE 8 END, length(word))) AS size
$$"""


class Holds(Lookup[Any]):
    """Compare a search key with word prefixes: `filter(search_key__holds=["иванов", "bdfyjd"])`.

    At least one of them must occur. PostgreSQL uses no index for it and reads the rows that other conditions leave. Use
    it with conditions that leave few rows, where a word index would return everybody with a frequent name.
    """

    lookup_name = "holds"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[str]:
        return [str(word) for word in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self._one_of(compiler, connection, "instr({}, %s) > 0")

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return self._one_of(compiler, connection, "strpos({}, %s) > 0")

    def _one_of(self, compiler: Any, connection: Any, condition: str) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        found = " OR ".join(condition.format(lhs) for _word in self.rhs)
        return f"({found})", tuple(part for word in self.rhs for part in (*params, f" {word}"))


class Begins(Holds):
    """Like `holds`, but PostgreSQL uses the prefix index; for conditions that leave many people."""

    lookup_name = "begins"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        indexed = f"registry_beginnings({lhs}) && %s::text[]"
        beginnings = [word[: INDEXED_DIGITS if word < ":" else INDEXED_LETTERS] for word in self.rhs]
        if beginnings == list(self.rhs):
            return indexed, (*params, beginnings)
        compared, own = super().as_postgresql(compiler, connection)
        return f"({indexed} AND {compared})", (*params, beginnings, *own)


class FirstWord(Func):
    """The first word of a search key, on a card the first one of the surname; an index has to use the same expression.

    The texts are literals in the statement, because a database compares them with those of the index.
    """

    arity = 1
    output_field = CharField()
    template = "substr(%(expressions)s, 2, instr(substr(%(expressions)s, 2) || ' ', ' ') - 1)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="split_part(%(expressions)s, ' ', 2)", **context)


def register() -> None:
    """Register `among` for columns of ids, and `holds` and `begins` for texts."""
    for kind in (AutoField, BigAutoField, BigIntegerField, ForeignKey):
        kind.register_lookup(Among)
    for text in (CharField, TextField):
        text.register_lookup(Holds)
        text.register_lookup(Begins)


def install(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Create the function of the prefix index on PostgreSQL."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(BEGINNINGS)
