"""Migrations contain every change of the models and are named, linear and reversible, whether replaced or not.

The suite creates its tables from the models (`--no-migrations`), so Django sees no migrations in it. These tests read
the real modules instead.
"""

import subprocess
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings

from tests.installation import Installation, bare_environment

ROOT = Path(__file__).resolve().parents[2]
APPS = ("registry", "members", "dues", "documents")


@pytest.fixture(scope="module")
def real() -> dict[tuple[str, str], migrations.Migration]:
    """Return every migration of the project by app and name."""
    with override_settings(MIGRATION_MODULES={}):
        return dict(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def faults(app: str, found: dict[tuple[str, str], migrations.Migration]) -> list[str]:
    """Return the faults of the app's migrations: no chain, a generated name, not reversible."""
    every = {name: migration for (label, name), migration in found.items() if label == app}
    own = {name: migration for name, migration in every.items() if not migration.replaces}
    parents = {name: [parent for label, parent in own[name].dependencies if label == app] for name in own}
    wrong = [f"{name} has {len(before)} parents" for name, before in parents.items() if len(before) > 1]
    wrong += [f"{name} has no parent" for name, before in parents.items() if not before and name != "0001_initial"]
    followed = [parent for before in parents.values() for parent in before]
    wrong += [f"{name} has {followed.count(name)} children" for name in own if followed.count(name) > 1]
    wrong += [f"{name} is named by Django" for name in own if "_auto_" in name]
    wrong += [
        f"{name}: {operation.describe()} has no way back"
        for name, migration in every.items()
        for operation in migration.operations
        if not operation.reversible
    ]
    replacing = {key: migration.replaces for key, migration in found.items() if migration.replaces}
    wrong += [
        # Reversing follows the replaced migrations, and would leave out one that depends on the replacing one.
        f"{name} depends on {parent[1]}, not on {replacing[parent][-1][1]}"
        for name, migration in own.items()
        for parent in migration.dependencies
        if parent in replacing
    ]
    parts = sorted((name, replaced) for (label, name), replaced in replacing.items() if label == app)
    for name, _replaced in parts:
        if set(every[name].dependencies) & {key for keys in replacing.values() for key in keys}:
            # Reversing the replaced migration would reverse this one too, with all its tables.
            wrong.append(f"{name} depends on a replaced migration")
    together = [key for _name, replaced in parts for key in replaced]
    if together != [(app, one) for one in sorted(own)][: len(together)]:
        wrong.append(f"The first {len(together)} are not replaced in their order")
    return sorted(wrong)


@pytest.mark.parametrize("app", APPS)
def test_migrations_are_named_linear_and_reversible(
    app: str, real: dict[tuple[str, str], migrations.Migration]
) -> None:
    files = {path.stem for path in (ROOT / app / "migrations").glob("[0-9]*.py")}
    assert {name for label, name in real if label == app} == files
    assert "0001_initial" in files
    assert faults(app, real) == []


def migration(name: str, *parents: str, operations: list[migrations.operations.base.Operation] | None = None) -> tuple:
    """Return an invented migration of the app «shop» with its key."""
    made = migrations.Migration(name, "shop")
    made.dependencies = [("shop", parent) for parent in parents]
    made.operations = operations or []
    return ("shop", name), made


def test_a_second_leaf_a_merge_an_automatic_name_and_no_way_back_are_found() -> None:
    def forward(apps: object, editor: object) -> None: ...

    first = migration("0001_initial", operations=[migrations.CreateModel("Good", [("name", models.TextField())])])
    second = migration("0002_price", "0001_initial")
    assert faults("shop", dict([first, second])) == []
    leaf = migration("0002_colour", "0001_initial")
    assert faults("shop", dict([first, second, leaf])) == ["0001_initial has 2 children"]
    merge = migration("0003_merge", "0002_price", "0002_colour")
    assert faults("shop", dict([first, second, leaf, merge])) == [
        "0001_initial has 2 children",
        "0003_merge has 2 parents",
    ]
    named = migration("0003_auto_20261128_1200", "0002_price")
    assert faults("shop", dict([first, second, named])) == ["0003_auto_20261128_1200 is named by Django"]
    lost = migration("0003_fill", "0002_price", operations=[migrations.RunPython(forward)])
    assert faults("shop", dict([first, second, lost])) == ["0003_fill: Raw Python operation has no way back"]
    assert faults("shop", dict([first, migration("0002_price")])) == ["0002_price has no parent"]


def test_a_replacing_migration_that_the_way_back_would_take_along_is_found() -> None:
    first = migration("0001_initial", operations=[migrations.CreateModel("Good", [("name", models.TextField())])])
    second = migration("0002_price", "0001_initial")
    key, whole = migration("0001_squashed_0002_price")
    whole.replaces = [first[0], second[0]]
    third = migration("0003_colour", "0002_price")
    assert faults("shop", dict([first, second, third, (key, whole)])) == []
    whole.dependencies = [second[0]]
    assert faults("shop", dict([first, second, (key, whole)])) == [f"{key[1]} depends on a replaced migration"]
    whole.dependencies, whole.replaces = [], [second[0], first[0]]
    assert faults("shop", dict([first, second, (key, whole)])) == ["The first 2 are not replaced in their order"]
    last, rest = migration("0002_squashed_0003_colour", key[1])
    whole.replaces, rest.replaces = [first[0]], [second[0], third[0]]
    assert faults("shop", dict([first, second, third, (key, whole), (last, rest)])) == []
    rest.replaces = [third[0]]
    assert faults("shop", dict([first, second, third, (key, whole), (last, rest)])) == [
        "The first 2 are not replaced in their order"
    ]
    whole.replaces = [first[0], second[0]]
    third[1].dependencies = [key]
    assert faults("shop", dict([first, second, third, (key, whole)])) == [
        "0003_colour depends on 0001_squashed_0002_price, not on 0002_price"
    ]


def makemigrations(var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Check with Django, in a separate process, whether the migrations contain every change of the models."""
    installation = Installation(var, bare_environment(var))
    return installation.run("makemigrations", "--check", "--dry-run", **environment)


def test_migrations_hold_every_change_of_the_models(tmp_path: Path) -> None:
    said = makemigrations(tmp_path)
    assert (said.returncode, said.stdout) == (0, "No changes detected\n"), said.stderr


def test_a_field_without_a_migration_is_found(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    (shop / "migrations").mkdir(parents=True)
    (shop / "__init__.py").touch()
    (shop / "migrations" / "__init__.py").touch()
    (shop / "models.py").write_text(
        "from django.db import models\nclass Good(models.Model):\n    name = models.TextField()\n"
    )
    (shop / "migrations" / "0001_initial.py").write_text(
        "from django.db import migrations, models\n"
        "class Migration(migrations.Migration):\n"
        "    initial = True\n"
        "    operations = [migrations.CreateModel('Good', [('id', models.BigAutoField(primary_key=True))])]\n"
    )
    (tmp_path / "with_shop.py").write_text(
        "from registry.settings.development import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'shop']\n"
    )
    said = makemigrations(tmp_path, DJANGO_SETTINGS_MODULE="with_shop", PYTHONPATH=str(tmp_path))
    assert said.returncode == 1, said.stderr
    assert "+ Add field name to good" in said.stdout
