"""Migration operations that Django does not have, and what it forgets when migrating back to replaced migrations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex, CreateModel, Migration, RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from registry.lookups import BEGINNINGS


class CreateModels(Operation):
    """Create the tables of several models, which may refer to each other in any order.

    After each `CreateModel` Django builds the classes of all related models again, so the time grows with the square of
    their number.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[CreateModel]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Existing classes would be rebuilt after each model; this way all are built together when needed.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.operations)} models"


class StepsOf(Operation):
    """Run the `RunPython` steps of a replaced migration."""

    category = OperationCategory.PYTHON
    reduces_to_sql = False

    def __init__(self, app: str, name: str) -> None:
        self.app = app
        self.name = name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"app": self.app, "name": self.name}

    @property
    def steps(self) -> list[RunPython]:
        """The steps, in order."""
        migration = import_module(f"{self.app}.migrations.{self.name}").Migration
        return [operation for operation in migration.operations if isinstance(operation, RunPython)]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: models stay unchanged."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for step in self.steps:
            step.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for step in reversed(self.steps):
            step.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Steps about rows of {self.app}.{self.name}"


class TrigramIndex(Operation):
    """Index the words of a search key on PostgreSQL; on SQLite installations are small enough for full scans."""

    category = OperationCategory.ADDITION

    def __init__(self, name: str, table: str, column: str = "search_key") -> None:
        self.name = name
        self.table = table
        self.column = column

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        named = {"name": self.name, "table": self.table}
        return self.__class__.__name__, [], named | ({"column": self.column} if self.column != "search_key" else {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: models do not name the index."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute(
                f"CREATE INDEX IF NOT EXISTS {self.name} ON {self.table} USING gin ({self.column} gin_trgm_ops)"
            )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        # Keep the extension, because other database objects may use it.
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {self.name}")

    def describe(self) -> str:
        return f"Index the words of {self.table} on PostgreSQL"


class BeginningsIndex(Operation):
    """Index the word prefixes of a search key on PostgreSQL, for the lookup `begins`.

    A trigram index has a list for each three letters and compares all those of a query. Here each typed word has one
    list, so two frequent prefixes mean two lists.
    """

    category = OperationCategory.ADDITION

    def __init__(self, name: str, table: str, column: str = "search_key") -> None:
        self.name = name
        self.table = table
        self.column = column

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        named = {"name": self.name, "table": self.table}
        return self.__class__.__name__, [], named | ({"column": self.column} if self.column != "search_key" else {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: models do not name the index."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(BEGINNINGS, params=None)
            _create_index(schema_editor, self.name, f"{self.table} USING gin (registry_beginnings({self.column}))")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        # Keep the function, because another index may use it.
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {self.name}")

    def describe(self) -> str:
        return f"Index the beginnings of words of {self.table} on PostgreSQL"


class AddIndexBeside(AddIndex):
    """Add an index of a model; on PostgreSQL concurrently, outside a transaction."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        connection = schema_editor.connection
        if connection.vendor != "postgresql" or connection.in_atomic_block:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(connection.alias, model):
            # An index from an interrupted attempt is not valid.
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
            schema_editor.add_index(model, self.index, concurrently=True)  # type: ignore[call-arg]


class CoveringIndex(Operation):
    """Create a PostgreSQL index with additional columns that are read from the index alone."""

    category = OperationCategory.ADDITION

    def __init__(self, name: str, table: str, columns: Sequence[str], include: Sequence[str]) -> None:
        self.name = name
        self.table = table
        self.columns = columns
        self.include = include

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        own = {"name": self.name, "table": self.table, "columns": self.columns, "include": self.include}
        return self.__class__.__name__, [], own

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: models do not name the index."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            what = f"{self.table} ({', '.join(self.columns)}) INCLUDE ({', '.join(self.include)})"
            _create_index(schema_editor, self.name, what)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {self.name}")

    def describe(self) -> str:
        return f"Index {', '.join(self.columns)} of {self.table} with {', '.join(self.include)} on PostgreSQL"


class TableSetting(Operation):
    """Set an option of a PostgreSQL table that models do not have; `there` and `back` complete `ALTER TABLE`."""

    category = OperationCategory.ALTERATION
    table: str
    there: str
    back: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: models stay unchanged."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._alter(schema_editor, self.there)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._alter(schema_editor, self.back)

    def _alter(self, schema_editor: BaseDatabaseSchemaEditor, what: str) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {self.table} {what}")


class RoomOnPages(TableSetting):
    """Let PostgreSQL fill pages of a table only partly, leaving space for new versions of rows.

    A changed row that stays on its page needs no new entries in indexes of unchanged columns. Existing pages get space
    gradually, as their rows are changed.
    """

    back = "RESET (fillfactor)"

    def __init__(self, table: str, percent: int) -> None:
        self.table = table
        self.percent = percent
        self.there = f"SET (fillfactor = {percent})"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"table": self.table, "percent": self.percent}

    def describe(self) -> str:
        return f"Fill the pages of {self.table} by {self.percent} percent on PostgreSQL"


class FinerStatistics(TableSetting):
    """Make PostgreSQL keep more statistics of a column: otherwise it underestimates the rows of a short range of names.

    The target is the number of parts in which the values are divided; PostgreSQL's default is 100.
    """

    def __init__(self, table: str, column: str, target: int) -> None:
        self.table = table
        self.column = column
        self.target = target
        self.there, self.back = (f"ALTER COLUMN {column} SET STATISTICS {number}" for number in (target, -1))

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"table": self.table, "column": self.column, "target": self.target}

    def describe(self) -> str:
        return f"Keep more statistics of {self.column} of {self.table} on PostgreSQL"


def _create_index(schema_editor: BaseDatabaseSchemaEditor, name: str, what: str) -> None:
    """Create the index, concurrently outside a transaction; an interrupted one is created again."""
    if schema_editor.connection.in_atomic_block:
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {what}")
        return
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    schema_editor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {what}")


#: Operations for database objects that models do not name.
BEYOND_MODELS = (TrigramIndex, BeginningsIndex, CoveringIndex, RoomOnPages, FinerStatistics)


class DemandFilled(Operation):
    """Stops a migration that makes a value required while rows lack it, before anything is locked for long."""

    category = OperationCategory.SQL

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [], {"model_name": self.model_name, "name": self.name}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Do nothing: models stay unchanged."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        lacking = model._base_manager.using(schema_editor.connection.alias).filter(**{f"{self.name}__isnull": True})
        if lacking.exists():
            words = f"Rows of {model._meta.label} lack {self.name}. Nothing was changed: run «backfill», then migrate."
            raise CommandError(words)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Do nothing: the values stay."""

    def describe(self) -> str:
        return f"Demand that {self.name} of {self.model_name} is filled"


def go_by_replaced(using: str, plan: Iterable[tuple[Migration, bool]] = (), **kwargs: Any) -> None:
    """After migrating back, keep only the records of the replaced migrations, which say how far each app is.

    Otherwise Django refuses to migrate forwards: for an app that stayed, the squashed migration counts as applied
    before that of an app that went back and on which it depends. `migrate` records it again.
    """
    if any(backwards for _migration, backwards in plan):
        recorder = MigrationRecorder(connections[using])
        for app, name in MigrationLoader(None).replacements:
            recorder.record_unapplied(app, name)


def learn_contents(using: str, plan: Iterable[tuple[Migration, bool]] = (), **kwargs: Any) -> None:
    """Let PostgreSQL analyse the tables of the migrated apps.

    Otherwise it knows nothing about a new column or index, and would scan whole tables to find the few rows with a
    value; its own daemon is slow for tables that seldom change.
    """
    connection = connections[using]
    migrated = {migration.app_label for migration, _backwards in plan}
    if connection.vendor == "postgresql" and migrated:
        there = set(connection.introspection.table_names())
        tables = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in migrated}
        with connection.cursor() as cursor:
            for table in sorted(tables & there):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
