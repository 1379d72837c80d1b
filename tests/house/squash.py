"""`python -m tests.house.squash`: writes a migration for each app that replaces all others of it (CONTRIBUTING.md)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.house.tree import APPS, ROOT

if TYPE_CHECKING:
    from django.db.migrations import CreateModel, Migration
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ModelState

_HEAD = (
    '"""Every table of the app at once, for new installations; older ones have the migrations that it replaces."""\n\n'
)


def own(loader: MigrationLoader, app: str) -> list[Migration]:
    """Return the migrations of the app in their order, without the one that replaces them."""
    found = [migration for (label, _), migration in loader.disk_migrations.items() if label == app]
    return sorted((one for one in found if not one.replaces), key=lambda one: one.name)


def name_of(loader: MigrationLoader, app: str) -> str:
    """Return the name of the migration that replaces those of the app; Django reads the next number from it."""
    return f"0001_squashed_{own(loader, app)[-1].name}"


def creation(model: ModelState) -> CreateModel:
    """Return the operation that creates the model as it is now."""
    from django.db.migrations import CreateModel  # noqa: PLC0415

    options = {name: value for name, value in model.options.items() if value or name not in {"indexes", "constraints"}}
    return CreateModel(model.name, list(model.fields.items()), options, model.bases, model.managers)


def squashed(loader: MigrationLoader, app: str) -> Migration:
    """Return the migration that makes what those of the app make; steps about rows have nothing to do in new tables."""
    from django.db.migrations import Migration  # noqa: PLC0415

    from registry.operations import CreateModels, TrigramIndex  # noqa: PLC0415

    replaced = own(loader, app)
    models = loader.project_state((app, replaced[-1].name)).models.values()
    made = Migration(name_of(loader, app), app)
    made.initial = True
    made.replaces = [(app, one.name) for one in replaced]
    needed = {parent for one in replaced for parent in one.dependencies if parent[0] not in {app, "__setting__"}}
    # Of our own apps only what replaces theirs: going back to one of the replaced must not take this one along.
    made.dependencies = sorted({(name, name_of(loader, name) if name in APPS else last) for name, last in needed})
    indexes = [operation for one in replaced for operation in one.operations if isinstance(operation, TrigramIndex)]
    made.operations = [CreateModels([creation(model) for model in models if model.app_label == app]), *indexes]
    return made


def main() -> None:
    """Write the migrations instead of those that replace others now."""
    django.setup()
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415
    from django.db.migrations.writer import MigrationWriter  # noqa: PLC0415

    loader = MigrationLoader(None, replace_migrations=False)
    for app in APPS:
        writer = MigrationWriter(squashed(loader, app), include_header=False)
        for former in Path(ROOT, app, "migrations").glob("0001_squashed_*.py"):
            former.unlink()
        Path(writer.path).write_text(_HEAD + writer.as_string())


if __name__ == "__main__":
    main()
