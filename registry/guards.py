"""Append-only tables, guarded by the database itself: an UPDATE, DELETE or TRUNCATE of them is refused."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

#: Tables that only grow. Other apps add theirs in their `apps.ready`.
APPEND_ONLY: list[str] = ["registry_event"]

_SQLITE = """CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only table {table}'); END"""

_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION registry_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'append-only table %', TG_TABLE_NAME; END $$"""


def install(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Put the triggers where they are missing; safe to call again and before the tables exist."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
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


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of guards that are not there, for the system check and `check_integrity`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
            kinds = ["change", "truncate"]
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            kinds = ["update", "delete"]
        found = {name for (name,) in cursor.fetchall()}
    wanted = [f"{table}_no_{kind}" for table in APPEND_ONLY for kind in kinds]
    return [name for name in wanted if name not in found]
