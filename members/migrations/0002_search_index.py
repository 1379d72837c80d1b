"""The trigram index of the search, on PostgreSQL: on SQLite the installation is small enough to be read through."""

from typing import Any

from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            "CREATE INDEX IF NOT EXISTS member_search_trgm ON members_member USING gin (search_key gin_trgm_ops)"
        )


def drop(apps: Any, schema_editor: Any) -> None:
    # The extension stays: another database object may rest on it.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS member_search_trgm")


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
