"""Database triggers: append-only tables refuse UPDATE, DELETE, REPLACE, TRUNCATE and rows of closed periods; ranges do
not overlap.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

#: Append-only tables. Other apps add theirs in their `apps.ready`.
APPEND_ONLY: list[str] = ["registry_event"]

#: Append-only tables → the table with the last closed day of each organisation, and the column with the row's day.
CLOSED_UNTIL: dict[str, tuple[str, str]] = {}

#: Tables whose ranges from `first` to `last` do not overlap among rows that agree in the columns.
NO_OVERLAP: dict[str, tuple[str, ...]] = {}

_SQLITE = """CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only table {table}'); END"""

#: Beginning of the error for a row that exists already; the middleware handles it as a lost race.
EXISTS_ALREADY = "row exists in append-only table"

#: `INSERT OR REPLACE` deletes the row with the same key without firing the DELETE trigger.
_SQLITE_INSERT = f"""CREATE TRIGGER {{table}}_no_replace BEFORE INSERT ON {{table}} WHEN {{repeats}}
BEGIN SELECT RAISE(ABORT, '{EXISTS_ALREADY} {{table}}'); END"""

#: Condition of a row in a closed period.
_CLOSED = """EXISTS (SELECT 1 FROM {closed} c
WHERE c.organization_id = NEW.organization_id AND c.until >= NEW.{day})"""

_SQLITE_CLOSED = f"""CREATE TRIGGER IF NOT EXISTS {{table}}_no_closed BEFORE INSERT ON {{table}} WHEN {_CLOSED}
BEGIN SELECT RAISE(ABORT, 'closed period in table {{table}}'); END"""

#: Asked once for all rows of a statement: a year's charge inserts thousands.
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
    """Remove the triggers of an append-only table, for a migration that changes its rows.

    They are installed again after the migrations.
    """
    connection = connections[using]
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for kind in _kinds(connection):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{kind}{on_table}")
        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_closed{on_table}")


def _kinds(connection: Any) -> tuple[str, ...]:
    return ("change", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "replace")


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
            # Equality within an index of ranges; an extension that the owner of the database may create.
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
            # A registry that was replaced by a backup lies in another schema, with guards of the same names.
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
    return [name for name in wanted if name not in found]
