"""Database triggers: append-only tables refuse UPDATE, DELETE, REPLACE, TRUNCATE and rows of closed periods; ranges do
not overlap; references to records of the same owner are valid.
"""

from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

#: Append-only tables. Other apps add theirs in their `apps.ready`.
APPEND_ONLY: list[str] = ["registry_event"]

#: Append-only tables → the table with the last closed day of each organisation, and the column with the row's day.
CLOSED_UNTIL: dict[str, tuple[str, str]] = {}

#: Tables whose ranges from `first` to `last` must not overlap among rows with equal values in the columns.
NO_OVERLAP: dict[str, tuple[str, ...]] = {}


class Parents(NamedTuple):
    """The referenced table of rows: `columns` are the foreign keys, and `owner` must be equal on both sides.

    `key` has the other identifying columns; they cannot change once the row exists.
    """

    table: str
    columns: tuple[str, ...]
    owner: str
    key: tuple[str, ...]


#: Append-only tables whose references are checked once per statement instead of by foreign keys row by row (ADR 26).
HELD: dict[str, Parents] = {}

_SQLITE = """CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only table {table}'); END"""

#: Prefix of the error for an existing row; the middleware handles it as a lost race.
EXISTS_ALREADY = "row exists in append-only table"

#: `INSERT OR REPLACE` deletes the row with the same key without firing the DELETE trigger.
_SQLITE_INSERT = f"""CREATE TRIGGER {{table}}_no_replace BEFORE INSERT ON {{table}} WHEN {{repeats}}
BEGIN SELECT RAISE(ABORT, '{EXISTS_ALREADY} {{table}}'); END"""

#: Condition of a row in a closed period.
_CLOSED = """EXISTS (SELECT 1 FROM {closed} c
WHERE c.organization_id = NEW.organization_id AND c.until >= NEW.{day})"""

_SQLITE_CLOSED = f"""CREATE TRIGGER IF NOT EXISTS {{table}}_no_closed BEFORE INSERT ON {{table}} WHEN {_CLOSED}
BEGIN SELECT RAISE(ABORT, 'closed period in table {{table}}'); END"""

#: Checked once for all rows of a statement, because an annual charge inserts thousands.
_POSTGRES_CLOSED = """CREATE OR REPLACE FUNCTION {table}_closed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF EXISTS (SELECT 1 FROM inserted i JOIN {closed} c ON c.organization_id = i.organization_id
WHERE c.until >= i.{day}) THEN RAISE EXCEPTION 'closed period in table {table}'; END IF; RETURN NULL; END $$"""

_POSTGRES_CLOSED_TRIGGER = """CREATE TRIGGER {table}_no_closed AFTER INSERT ON {table}
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION {table}_closed()"""

_SQLITE_OVERLAP = """CREATE TRIGGER IF NOT EXISTS {table}_no_overlap_{verb} BEFORE {verb} ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same} AND id <> COALESCE(NEW.id, -1)
AND first <= NEW.last AND last >= NEW.first)
BEGIN SELECT RAISE(ABORT, 'overlapping ranges in table {table}'); END"""

_POSTGRES_OVERLAP = """ALTER TABLE {table} ADD CONSTRAINT {table}_no_overlap EXCLUDE USING gist
({same}, int8range(first, last, '[]') WITH &&)"""

#: Names of the guards of `HELD`: for the table, and for the table with the parents.
_OF_CHILD = "no_orphan"
_OF_PARENT = {
    "postgresql": ("stays", "no_removal", "no_truncate"),
    "sqlite": ("stays", "no_removal", "no_replace"),
}

_SQLITE_HELD = """
CREATE TRIGGER IF NOT EXISTS {table}_no_orphan BEFORE INSERT ON {table} WHEN {orphan}
BEGIN SELECT RAISE(ABORT, 'no such row of its owner in table {parent}'); END;
CREATE TRIGGER IF NOT EXISTS {parent}_no_removal BEFORE DELETE ON {parent}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {named})
BEGIN SELECT RAISE(ABORT, 'row of {parent} is named in table {table}'); END;
CREATE TRIGGER IF NOT EXISTS {parent}_stays BEFORE UPDATE ON {parent} WHEN NOT ({same})
BEGIN SELECT RAISE(ABORT, 'row of {parent} stays what it is'); END;
CREATE TRIGGER IF NOT EXISTS {parent}_no_replace BEFORE INSERT ON {parent}
WHEN EXISTS (SELECT 1 FROM {parent} p WHERE p.id = NEW.id OR ({repeats}))
BEGIN SELECT RAISE(ABORT, 'row exists in table {parent}'); END"""

#: Lock the parents until the end of the transaction: a concurrent delete waits, and then finds the new rows. With an
#: older snapshot it would not find them.
_POSTGRES_HELD = """
CREATE OR REPLACE FUNCTION {table}_orphan() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
PERFORM 1 FROM {parent} p WHERE p.id IN ({wanted}) ORDER BY p.id FOR KEY SHARE;
IF EXISTS (SELECT 1 FROM ({owned}) n LEFT JOIN {parent} p ON p.id = n.parent AND p.{owner} = n.own
WHERE p.id IS NULL) THEN RAISE EXCEPTION 'no such row of its owner in table {parent}'
USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION {parent}_held() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF TG_OP = 'UPDATE' THEN
IF {same} THEN RETURN NULL; END IF;
RAISE EXCEPTION 'row of {parent} stays what it is' USING ERRCODE = 'foreign_key_violation'; END IF;
IF TG_OP = 'TRUNCATE' OR current_setting('transaction_isolation') NOT LIKE 'read%'
THEN RAISE EXCEPTION 'rows of {parent} are deleted one by one, in a transaction that sees others'
USING ERRCODE = 'foreign_key_violation'; END IF;
IF EXISTS (SELECT 1 FROM {table} WHERE {named}) THEN RAISE EXCEPTION 'row of {parent} is named in table {table}'
USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NULL; END $$;
DROP TRIGGER IF EXISTS {table}_no_orphan ON {table};
DROP TRIGGER IF EXISTS {parent}_stays ON {parent};
DROP TRIGGER IF EXISTS {parent}_no_removal ON {parent};
DROP TRIGGER IF EXISTS {parent}_no_truncate ON {parent};
CREATE TRIGGER {table}_no_orphan AFTER INSERT ON {table}
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION {table}_orphan();
CREATE TRIGGER {parent}_stays AFTER UPDATE ON {parent} FOR EACH ROW EXECUTE FUNCTION {parent}_held();
CREATE TRIGGER {parent}_no_removal AFTER DELETE ON {parent} FOR EACH ROW EXECUTE FUNCTION {parent}_held();
CREATE TRIGGER {parent}_no_truncate BEFORE TRUNCATE ON {parent} FOR EACH STATEMENT EXECUTE FUNCTION {parent}_held()"""

_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION registry_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'append-only table %', TG_TABLE_NAME; END $$"""


def install(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Install missing triggers; safe to call repeatedly and before the tables exist."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, columns in NO_OVERLAP.items():
            if table in present:
                _keep_apart(connection, cursor, table, columns)
        for table, (closed, day) in CLOSED_UNTIL.items():
            if {table, closed} <= present:
                _keep_closed(connection, cursor, table, closed, day)
        for table in HELD.keys() & present:
            _hold(connection, cursor, table, HELD[table])
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for table in APPEND_ONLY:
            if table not in present:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION registry_append_only()"
                )
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION registry_append_only()"
                )
            else:
                for verb in ("update", "delete"):
                    cursor.execute(_SQLITE.format(table=table, verb=verb))
                keys = _unique_keys(cursor, table)
                same = (" AND ".join(f"{name} = NEW.{name}" for name in key) for key in keys)
                repeats = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {terms})" for terms in same)  # noqa: S608
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")
                cursor.execute(_SQLITE_INSERT.format(table=table, repeats=repeats))


def _unique_keys(cursor: Any, table: str) -> list[tuple[str, ...]]:
    """Return the columns of the primary key and of each unique index; Django's introspection parses the table's SQL."""
    cursor.execute("SELECT name FROM pragma_table_info(%s) WHERE pk ORDER BY pk", [table])
    keys = {tuple(name for (name,) in cursor.fetchall())}
    cursor.execute(
        """SELECT i.name, c.name FROM pragma_index_list(%s) AS i, pragma_index_info(i.name) AS c
        WHERE i."unique" ORDER BY i.name, c.seqno""",
        [table],
    )
    columns: dict[str, list[str]] = {}
    for index, column in cursor.fetchall():
        columns.setdefault(index, []).append(column)
    return sorted(keys | set(map(tuple, columns.values())))


def lift(table: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Remove the triggers of an append-only table, and those of its parents, for a migration that changes its rows.

    They are installed again after the migrations.
    """
    connection = connections[using]
    kinds = (*(f"no_{kind}" for kind in _kinds(connection)), "no_closed", _OF_CHILD)
    with connection.cursor() as cursor:
        for kind in kinds:
            _drop(connection, cursor, table, kind)
        for kind in _OF_PARENT[connection.vendor] if table in HELD else ():
            _drop(connection, cursor, HELD[table].table, kind)


def _drop(connection: Any, cursor: Any, table: str, kind: str) -> None:
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{kind}{on_table}")


def _kinds(connection: Any) -> tuple[str, ...]:
    return ("change", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "replace")


def let_go(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Remove the triggers that name other tables, before migrations on SQLite; they are installed again afterwards.

    SQLite cannot rebuild a table that a trigger of another table names.
    """
    connection = connections[using]
    if connection.vendor == "sqlite":
        for table in CLOSED_UNTIL.keys() | HELD.keys():
            lift(table, using)


def hold(table: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Install the guards of the table's parents, for a migration that removes its foreign keys.

    On SQLite they would prevent it, and nobody writes meanwhile.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            _hold(connection, cursor, table, HELD[table])


def _of_held(connection: Any) -> list[str]:
    """Return the names of the guards of `HELD`."""
    of_parent = [f"{held.table}_{kind}" for held in HELD.values() for kind in _OF_PARENT[connection.vendor]]
    return [f"{table}_{_OF_CHILD}" for table in HELD] + of_parent


def _columns(connection: Any, cursor: Any, table: str) -> set[str]:
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [table],
        )
    else:
        cursor.execute("SELECT name FROM pragma_table_info(%s)", [table])
    return {name for (name,) in cursor.fetchall()}


def _hold(connection: Any, cursor: Any, table: str, parents: Parents) -> None:
    if not set(parents.columns) <= _columns(connection, cursor, table):
        return  # When migrating back to before the parents.
    names = {
        "table": table,
        "parent": parents.table,
        "owner": parents.owner,
        "named": " OR ".join(f"{column} = OLD.id" for column in parents.columns),
    }
    key = (parents.owner, *parents.key)
    if connection.vendor == "postgresql":
        one = "SELECT {column} AS parent, {owner} AS own FROM inserted"
        wanted = " UNION ".join(f"SELECT {column} FROM inserted" for column in parents.columns)  # noqa: S608
        owned = " UNION ".join(one.format(column=column, owner=parents.owner) for column in parents.columns)
        same = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in ("id", *key))
        cursor.execute(_POSTGRES_HELD.format(**names, wanted=wanted, owned=owned, same=same))
        return
    owned = f"FROM {parents.table} p WHERE p.{parents.owner} = NEW.{parents.owner} AND p.id"
    orphan = " OR ".join(f"NOT EXISTS (SELECT 1 {owned} = NEW.{column})" for column in parents.columns)
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in ("id", *key))
    repeats = " AND ".join(f"p.{column} IS NEW.{column}" for column in key)
    for statement in _SQLITE_HELD.format(**names, orphan=orphan, same=same, repeats=repeats).split("END;"):
        cursor.execute(statement if statement.endswith("END") else statement + "END")


def _keep_closed(connection: Any, cursor: Any, table: str, closed: str, day: str) -> None:
    names = {"table": table, "closed": closed, "day": day}
    if connection.vendor == "postgresql":
        cursor.execute(_POSTGRES_CLOSED.format(**names))
        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_closed ON {table}")
        cursor.execute(_POSTGRES_CLOSED_TRIGGER.format(**names))
    else:
        cursor.execute(_SQLITE_CLOSED.format(**names))


def _keep_apart(connection: Any, cursor: Any, table: str, columns: tuple[str, ...]) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT 1 FROM pg_constraint WHERE conname = %s AND connamespace = current_schema()::regnamespace",
            [f"{table}_no_overlap"],
        )
        if cursor.fetchone() is None:
            # For equality in an index of ranges; the owner of the database may create this extension.
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            same = ", ".join(f"{column} WITH =" for column in columns)
            cursor.execute(_POSTGRES_OVERLAP.format(table=table, same=same))
        return
    same = " AND ".join(f"{column} = NEW.{column}" for column in columns)
    for verb in ("insert", "update"):
        cursor.execute(_SQLITE_OVERLAP.format(table=table, verb=verb, same=same))


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the names of missing triggers, for the system check and `check_integrity`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A registry replaced by a backup is in another schema, with guards of the same names.
            cursor.execute(
                "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE NOT tgisinternal AND tgenabled <> 'D' AND relnamespace = current_schema()::regnamespace "
                "UNION SELECT conname FROM pg_constraint "
                "WHERE contype = 'x' AND connamespace = current_schema()::regnamespace"
            )
            apart = ["no_overlap"]
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            apart = ["no_overlap_insert", "no_overlap_update"]
        found = {name for (name,) in cursor.fetchall()}
    wanted = [f"{table}_no_{kind}" for table in APPEND_ONLY for kind in _kinds(connection)]
    wanted += [f"{table}_no_closed" for table in CLOSED_UNTIL]
    wanted += [f"{table}_{kind}" for table in NO_OVERLAP for kind in apart]
    wanted += _of_held(connection)
    return [name for name in wanted if name not in found]
