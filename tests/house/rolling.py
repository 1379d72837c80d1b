"""Finds operations in migrations that break the code of the former release, which runs on the new tables until the last
process is replaced, and again after a rollback (docs/deploy.md, CONTRIBUTING.md «Migrations»).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from registry.operations import (
    BeginningsIndex,
    CoveringIndex,
    CreateModels,
    DemandFilled,
    FinerStatistics,
    RoomOnPages,
    TrigramIndex,
)

#: New constraints on the former release's tables that its code satisfies too, and columns `app.model.field` that allow
#: NULL but into which it never writes one; each with the reason.
KEPT_BY_THE_FORMER: dict[str, str] = {}
#: (kind, wider kind): the second kind of column accepts every value of the first.
WIDER = {
    ("SmallIntegerField", "IntegerField"), ("SmallIntegerField", "BigIntegerField"),
    ("IntegerField", "BigIntegerField"), ("PositiveSmallIntegerField", "PositiveIntegerField"),
    ("PositiveSmallIntegerField", "PositiveBigIntegerField"), ("PositiveIntegerField", "PositiveBigIntegerField"),
    ("CharField", "TextField"), ("OneToOneField", "ForeignKey"),
}  # fmt: skip
#: These operations remove nothing that code may depend on.
HARMLESS = (
    operations.CreateModel, CreateModels, TrigramIndex, BeginningsIndex, CoveringIndex, FinerStatistics,
    DemandFilled, RoomOnPages,
    operations.AddIndex, operations.RemoveIndex, operations.RenameIndex,
    operations.AlterModelOptions, operations.AlterModelManagers,
    operations.AlterModelTableComment, operations.RunPython,
)  # fmt: skip
NO_NULL = "it no longer takes NULL"
#: Destructive statements in our own SQL.
DESTRUCTIVE = re.compile(r"\b(DROP\s+(COLUMN|TABLE)|RENAME|SET\s+NOT\s+NULL|SET\s+DATA\s+TYPE|TYPE)\b", re.I)


def of_the_project() -> MigrationGraph:
    """Return the project's migrations without those that replace them for new installations."""
    return MigrationLoader(None, ignore_no_migrations=True, replace_migrations=False).graph


def faults(
    graph: MigrationGraph, released: Mapping[str, str], kept: Mapping[str, str] = KEPT_BY_THE_FORMER
) -> list[str]:
    """Return how migrations after the released ones would break the code of the release."""
    state, done = ProjectState(), set[tuple[str, str]]()
    for key in released.items():
        for step in graph.forwards_plan(key):
            if step not in done:
                done.add(step)
                graph.nodes[step].mutate_state(state, preserve=False)
    known = {key: dict(model.fields) for key, model in state.models.items()}
    found = []
    for leaf in graph.leaf_nodes():
        if leaf[0] not in released or graph.nodes[leaf].replaces:
            continue
        for step in graph.forwards_plan(leaf):
            if step not in done:
                done.add(step)
                found += _of_migration(graph.nodes[step], state, known, kept)
    return found


def _of_migration(
    migration: Migration, state: ProjectState, known: dict[tuple[str, str], dict[str, Any]], kept: Mapping[str, str]
) -> Iterator[str]:
    judge = _Judge(migration.app_label, known, kept)
    for operation in migration.operations:
        for words in judge.judge(operation, state):
            yield f"{migration.app_label}.{migration.name}: {operation.describe()}: {words}"
        operation.state_forwards(migration.app_label, state)


@dataclass
class _Judge:
    """Checks the operations of one app against the models of the former release."""

    app: str
    known: dict[tuple[str, str], dict[str, Any]]
    kept: Mapping[str, str]

    def judge(self, operation: Operation, state: ProjectState) -> Iterator[str]:
        """Yield why the operation would break the code of the former release."""
        match operation:
            case operations.SeparateDatabaseAndState():
                yield from self._separate(operation, state)
            case operations.AddField():
                if self._is_known(operation.model_name):
                    yield from self._left_out(operation.field, "")
            case operations.RemoveField():
                if operation.name in self._fields(operation.model_name):
                    yield "the former release reads the column"
            case operations.AlterField():
                yield from self._altered(operation, state)
            case operations.RenameField():
                if operation.old_name in self._fields(operation.model_name):
                    yield "the former release reads the column by its former name"
            case operations.DeleteModel():
                if self._is_known(operation.name):
                    yield "the former release reads the table"
            case operations.RenameModel():
                if self._is_known(operation.old_name):
                    yield "the former release reads the table by its former name"
            case operations.AddConstraint():
                name = operation.constraint.name
                if self._is_known(operation.model_name) and name not in self.kept:
                    yield f"the former release may break it: say why it does not in KEPT_BY_THE_FORMER[{name!r}]"
            case operations.RemoveConstraint():
                yield from self._constraint_removed(operation, state)
            case operations.RunSQL():
                if DESTRUCTIVE.search(str(operation.sql)):
                    yield "nobody can say whether the former release needs what this SQL takes away"
            case _ if not isinstance(operation, HARMLESS):
                yield "nobody has said whether the former release can live with such an operation"

    def _fields(self, model: str) -> dict[str, Any]:
        return self.known.get((self.app, model.lower()), {})

    def _is_known(self, model: str) -> bool:
        return (self.app, model.lower()) in self.known

    def _left_out(self, field: models.Field, words: str) -> Iterator[str]:
        """Yield the fault if rows cannot be inserted without a value in this column."""
        if not (field.null or field.many_to_many or field.has_db_default()):
            yield words or "the former release writes no value, so it needs null=True or db_default"

    def _separate(self, operation: operations.SeparateDatabaseAndState, state: ProjectState) -> Iterator[str]:
        """Check the operations on the tables; columns removed from the models only must allow rows without a value."""
        own = state.clone()
        for inner in operation.database_operations:
            yield from self.judge(inner, own)
            inner.state_forwards(self.app, own)
        for inner in operation.state_operations:
            if isinstance(inner, operations.RemoveField):
                field = state.models[self.app, inner.model_name_lower].fields[inner.name]
                yield from self._left_out(field, "this version writes no value, so it needs null=True or db_default")

    def _altered(self, operation: operations.AlterField, state: ProjectState) -> Iterator[str]:
        if operation.name in self._fields(operation.model_name):
            former = state.models[self.app, operation.model_name_lower].fields[operation.name]
            for words in narrowed(former, operation.field):
                column = f"{self.app}.{operation.model_name_lower}.{operation.name}"
                if words != NO_NULL or column not in self.kept:
                    yield words
        elif self._is_known(operation.model_name):
            yield from self._left_out(operation.field, "")

    def _constraint_removed(self, operation: operations.RemoveConstraint, state: ProjectState) -> Iterator[str]:
        if self._is_known(operation.model_name):
            constraints = state.models[self.app, operation.model_name_lower].options["constraints"]
            removed = next(one for one in constraints if one.name == operation.name)
            if isinstance(removed, models.UniqueConstraint) and operation.name not in self.kept:
                yield "the former release may insert «on conflict» with it"


def narrowed(old: models.Field, new: models.Field) -> Iterator[str]:
    """Yield why the new column accepts fewer values than the old one."""
    if old.null and not new.null:
        yield NO_NULL
    kinds = type(old).__name__, type(new).__name__
    if kinds[0] != kinds[1] and kinds not in WIDER:
        yield f"{kinds[1]} does not take everything that {kinds[0]} takes"
    elif new.max_length is not None and (old.max_length is None or new.max_length < old.max_length):
        yield "it takes shorter texts only"
    if isinstance(old, models.DecimalField) and isinstance(new, models.DecimalField):
        places = new.decimal_places or 0, old.decimal_places or 0
        if places[0] < places[1] or (new.max_digits or 0) - places[0] < (old.max_digits or 0) - places[1]:
            yield "it takes fewer digits"
    if new.unique and not old.unique:
        yield "it takes no value twice"
    if old.db_column != new.db_column:
        yield "its column has another name"
    if old.is_relation and new.is_relation and _target(old) != _target(new):
        yield "it leads to another table"
    if old.db_default is not NOT_PROVIDED and new.db_default is NOT_PROVIDED and not new.null:
        yield "it has no default any longer"


def _target(field: models.Field) -> str:
    """Return the name of the model that the field refers to."""
    to = field.remote_field.model
    return (to if isinstance(to, str) else to._meta.label).lower()
