"""`python -m tests.house.squash` writes migrations that replace all others of each app (CONTRIBUTING.md)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.house.tree import APPS, ROOT

if TYPE_CHECKING:
    from django.db.migrations import CreateModel, Migration
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.operations.base import Operation
    from django.db.migrations.state import ModelState

#: Later migrations refer to an app that refers to the earlier ones, so one migration cannot replace both.
CUTS = {("registry", "0014_figures_named_plainly"), ("members", "0032_cards_of_undone_lists_are_destroyed")}
_HEAD = (
    '"""Every table of the app at once, for new installations; older ones have the migrations that it replaces."""\n\n'
)


def own(loader: MigrationLoader, app: str) -> list[Migration]:
    """Return the migrations of the app in their order, without those that replace them."""
    found = [migration for (label, _), migration in loader.disk_migrations.items() if label == app]
    return sorted((one for one in found if not one.replaces), key=lambda one: one.name)


def parts(loader: MigrationLoader, app: str) -> list[list[Migration]]:
    """Return the migrations of the app in groups, each of which one migration replaces."""
    found: list[list[Migration]] = [[]]
    for migration in own(loader, app):
        found[-1].append(migration)
        if (app, migration.name) in CUTS:
            found.append([])
    return [part for part in found if part]


def name_of(loader: MigrationLoader, app: str, name: str) -> str:
    """Return the name of the migration that replaces this one; Django takes the next number from it."""
    found = parts(loader, app)
    # Dependencies on a swappable model are written as «__first__».
    part = found[0] if name == "__first__" else next(part for part in found if name in {one.name for one in part})
    return f"{part[0].name[:4]}_squashed_{part[-1].name}"


def creation(model: ModelState) -> CreateModel:
    """Return the operation that creates the model as it is now."""
    from django.db.migrations import CreateModel  # noqa: PLC0415

    options = {name: value for name, value in model.options.items() if value or name not in {"indexes", "constraints"}}
    return CreateModel(model.name, list(model.fields.items()), options, model.bases, model.managers)


def model_of(operation: Operation) -> str:
    """Return the name of the model that the operation alters, or an empty one."""
    from django.db.migrations.operations.models import ModelOperation  # noqa: PLC0415

    name: str = operation.name if isinstance(operation, ModelOperation) else getattr(operation, "model_name", "")
    return name.lower()


def squashed(loader: MigrationLoader, app: str) -> list[Migration]:
    """Return the migrations that together have the same effect as those of the app, in their order.

    The first starts with no tables, so that it needs no steps that change rows. A later one creates the tables that are
    new in it in their final form, and keeps all other operations.
    """
    from django.db.migrations import Migration, RunPython  # noqa: PLC0415

    from registry.operations import BEYOND_MODELS, CreateModels, StepsOf  # noqa: PLC0415

    made, known = [], set[str]()
    for part in parts(loader, app):
        replacing = Migration(name_of(loader, app, part[0].name), app)
        replacing.initial = not known or None
        replacing.replaces = [(app, one.name) for one in part]
        needed = {parent for one in part for parent in one.dependencies if parent[0] != "__setting__"}
        # Our apps are named by replacing migrations only, so that reversing a replaced one does not reverse this one.
        replacing.dependencies = sorted(
            {(other, name_of(loader, other, name) if other in APPS else name) for other, name in needed}
            - {(app, replacing.name)}
        )
        models = {
            model.name_lower: model
            for model in loader.project_state((app, part[-1].name)).models.values()
            if model.app_label == app
        }
        replacing.operations = [CreateModels([creation(model) for key, model in models.items() if key not in known])]
        for one in part:
            for operation in one.operations:
                about = model_of(operation)
                if isinstance(operation, RunPython) and known:
                    replacing.operations.append(StepsOf(app, one.name))
                elif isinstance(operation, BEYOND_MODELS) or about in known or (known and not about):
                    replacing.operations.append(operation)
        made.append(replacing)
        known |= set(models)
    return made


def main() -> None:
    """Write the replacing migrations in place of the present ones."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings.development")
    django.setup()
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415
    from django.db.migrations.writer import MigrationWriter  # noqa: PLC0415

    loader = MigrationLoader(None, replace_migrations=False)
    made = [migration for app in APPS for migration in squashed(loader, app)]
    for former in (path for app in APPS for path in Path(ROOT, app, "migrations").glob("0*_squashed_*.py")):
        former.unlink()
    for migration in made:
        writer = MigrationWriter(migration, include_header=False)
        Path(writer.path).write_text(_HEAD + writer.as_string())


if __name__ == "__main__":
    main()
