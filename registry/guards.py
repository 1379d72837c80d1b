"""Guards in the database: append-only tables refuse UPDATE, DELETE, REPLACE and TRUNCATE; ranges do not overlap."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

#: Append-only tables. Other apps add theirs in their `apps.ready`.
APPEND_ONLY: list[str] = ["registry_event"]

#: Tables whose ranges from `first` to `last` do not overlap among rows that agree in the columns.
NO_OVERLAP: dict[str, tuple[str, ...]] = {}

_SQLITE = """CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only table {table}'); END"""

#: Beginning of the error for a row that exists already; the middleware handles it as a lost race.
EXISTS_ALREADY = "row exists in append-only table"

#: `INSERT OR REPLACE` deletes the row with the same key without firing the DELETE trigger.
_SQLITE_INSERT = f"""CREATE TRIGGER {{table}}_no_replace BEFORE INSERT ON {{table}} WHEN {{repeats}}
BEGIN SELECT RAISE(ABORT, '{EXISTS_ALREADY} {{table}}'); END"""

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
                constraints = connection.introspection.get_constraints(cursor, table).values()
                keys = sorted({tuple(found["columns"]) for found in constraints if found["unique"]})
                same = (" AND ".join(f"{name} = NEW.{name}" for name in key) for key in keys)
                repeats = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {terms})" for terms in same)  # noqa: S608
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")
                cursor.execute(_SQLITE_INSERT.format(table=table, repeats=repeats))


def _keep_apart(connection: Any, cursor: Any, table: str, columns: tuple[str, ...]) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [f"{table}_no_overlap"])
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
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
                "UNION SELECT conname FROM pg_constraint WHERE contype = 'x'"
            )
            kinds, apart = ["change", "truncate"], ["no_overlap"]
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            kinds, apart = ["update", "delete", "replace"], ["no_overlap_insert", "no_overlap_update"]
        found = {name for (name,) in cursor.fetchall()}
    wanted = [f"{table}_no_{kind}" for table in APPEND_ONLY for kind in kinds]
    wanted += [f"{table}_{kind}" for table in NO_OVERLAP for kind in apart]
    return [name for name in wanted if name not in found]
