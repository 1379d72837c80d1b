"""New installations use migrations that replace all others: same tables, same paths forwards and back.

Only the installation that other tests copy is really migrated here; states and plans are computed by Django.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, migrations
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState
from django.db.migrations.writer import MigrationWriter
from django.db.models.signals import post_migrate
from django.test import override_settings

from registry import operations
from tests.house.squash import _HEAD, creation, own, squashed
from tests.house.tree import APPS, ROOT
from tests.postgres import find

#: A migration by app and name.
Key = tuple[str, str]


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    """Return a loader with replaced and replacing migrations; the suite itself uses none."""
    with override_settings(MIGRATION_MODULES={}):
        return MigrationLoader(None, replace_migrations=False)


def replacing(loader: MigrationLoader, app: str) -> list[migrations.Migration]:
    """Return the app's migrations that replace others, in their order."""
    found = [migration for (label, _), migration in loader.replacements.items() if label == app]
    return sorted(found, key=lambda one: one.name)


def described(model: ModelState) -> Any:
    """Return everything that defines the model's table, in the order of its columns."""
    _name, _args, made = creation(model).deconstruct()
    fields = [(name, *field.deconstruct()[1:]) for name, field in made.pop("fields")]
    return fields, made


@pytest.mark.parametrize("app", APPS)
def test_a_replacing_migration_makes_what_the_replaced_ones_make(app: str, loader: MigrationLoader) -> None:
    known: set[str] = set()
    for part in replacing(loader, app):
        states = [loader.project_state(key).models for key in ((app, part.name), part.replaces[-1])]
        made, wanted = ({key: described(model) for key, model in state.items() if key[0] == app} for state in states)
        assert list(made) == list(wanted)
        assert made == wanted
        steps = [operation for key in part.replaces for operation in loader.disk_migrations[key].operations]
        apart = {migrations.RunSQL, migrations.SeparateDatabaseAndState}
        assert [one for one in steps if type(one) in apart] == []
        indexes = [one.deconstruct() for one in steps if isinstance(one, operations.BEYOND_MODELS)]
        taken_over = [one for one in part.operations if isinstance(one, operations.BEYOND_MODELS)]
        assert [one.deconstruct() for one in taken_over] == indexes
        # New tables have no rows. Existing ones may have, so their steps are the same as in the replaced migrations.
        about_rows = [one.code for one in steps if type(one) is migrations.RunPython] if known else []
        taken = [one for one in part.operations if type(one) is operations.StepsOf]
        assert [step.code for one in taken for step in one.steps] == about_rows
        known |= {name for _app, name in wanted}


def test_registry_and_members_are_each_replaced_by_two(loader: MigrationLoader) -> None:
    """The apps refer to each other, so single migrations would depend on each other."""
    assert {app: len(replacing(loader, app)) for app in APPS} == {
        "registry": 2, "members": 2, "dues": 1, "documents": 1,
    }  # fmt: skip
    (step,) = [one for one in replacing(loader, "registry")[1].operations if type(one) is operations.StepsOf][:1]
    assert step.describe() == "Steps about rows of registry.0020_chairs_named_in_passports"


@pytest.mark.parametrize("app", APPS)
def test_where_all_that_is_replaced_is_applied_its_dependencies_are_too(app: str, loader: MigrationLoader) -> None:
    """Otherwise an upgrade interrupted between two apps could not continue."""
    for part in replacing(loader, app):
        before = loader.graph.forwards_plan(part.replaces[-1])
        needed = [loader.replacements[key].replaces[-1] for key in part.dependencies if key in loader.replacements]
        assert [key for key in needed if key not in before] == [], part.name


@pytest.mark.parametrize("app", APPS)
def test_the_command_writes_the_migrations_again_over_all_there_are(app: str, loader: MigrationLoader) -> None:
    # Apps with newer migrations would get other names.
    names = {
        now.name: present.name
        for other in APPS
        for now, present in zip(squashed(loader, other), replacing(loader, other), strict=True)
    }
    made = squashed(loader, app)
    assert [key for part in made for key in part.replaces] == [(app, migration.name) for migration in own(loader, app)]
    for part, present in zip(made, replacing(loader, app), strict=True):
        if part.replaces == present.replaces:
            part.dependencies = [(other, names.get(name, name)) for other, name in part.dependencies]
            written = (ROOT / app / "migrations" / f"{present.name}.py").read_text()
            assert written == _HEAD + MigrationWriter(part, include_header=False).as_string()


def tables_of(database: Any) -> list[str]:
    """Return SQLite's definitions of our tables, indexes and triggers, with the columns of a table sorted."""
    found = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return sorted(
        f"{kind} {name}: {' '.join(sorted(re.findall(r'[^ ,()]+', sql)) if kind == 'table' else sql.split())}"
        for kind, name, table, sql in found
        if table.startswith(tuple(f"{app}_" for app in APPS))
    )


def dumped(database: str) -> list[str]:
    """Return PostgreSQL's definitions of our tables as sorted lines."""
    command = [find("pg_dump"), "--schema-only", f"--host={settings.DATABASES['default']['HOST']}", database]
    command += [f"--table={app}_*" for app in APPS]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted(line.rstrip(",") for line in said.splitlines() if line and not line.startswith(("--", "\\")))


@pytest.mark.django_db
def test_migrations_make_the_tables_of_the_models_and_the_indexes_of_words(migrated: Path | str) -> None:
    if isinstance(migrated, Path):
        with connection.cursor() as cursor:
            of_models = tables_of(cursor)
        with sqlite3.connect(migrated / "registry.sqlite3") as database:
            assert tables_of(database) == of_models
        return
    of_models = dumped(settings.DATABASES["default"]["NAME"])
    assert len(of_models) > 1000
    by_words = {
        "member_search_trgm": "members_member",
        "book_search_trgm": "members_bookline",
        "account_search_trgm": "registry_account",
        "organization_search_trgm": "registry_organization",
        "organization_chair_trgm": "registry_organization",
    }
    made = [
        f"CREATE INDEX {name} ON public.{table} USING gin ({name.split('_')[1]}_key public.gin_trgm_ops);"
        for name, table in by_words.items()
    ]
    made += [
        f"CREATE INDEX {table}_beginnings ON public.members_{model}"
        " USING gin (public.registry_beginnings((search_key)::text));"
        for table, model in (("member", "member"), ("book", "bookline"))
    ]
    made += [
        "CREATE INDEX member_words_of_unit ON public.members_member USING btree (unit_id, sort_key, id)"
        " INCLUDE (search_key, state, blocked_on, federation_id);",
        "CREATE INDEX book_words_of_unit ON public.members_bookline USING btree (unit_id, sort_key, id)"
        " INCLUDE (search_key, member_id);",
    ]
    made += [
        f"ALTER TABLE ONLY public.members_{model} ALTER COLUMN sort_key SET STATISTICS 500;"
        for model in ("member", "bookline")
    ]
    # The definition of the table of personal accounts ends with a fill factor.
    of_models.remove(");")
    assert dumped(migrated) == sorted([*of_models, *made, ")", "WITH (fillfactor='60');"])


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> set[Key]:
    """Return the set of migrations that the database reports as applied; the test fills it."""
    records: set[Key] = set()
    monkeypatch.setattr(settings, "MIGRATION_MODULES", {})
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda recorder: dict.fromkeys(records))
    monkeypatch.setattr(MigrationRecorder, "record_unapplied", lambda recorder, *key: records.discard(key))
    return records


def planned(targets: list[Key] | None = None) -> list[Key]:
    """Return the migrations that Django would run, up to the newest or to the targets."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes() if targets is None else targets)
    return [(migration.app_label, migration.name) for migration, _backwards in plan]


def single(loader: MigrationLoader) -> list[Key]:
    """Return the single migrations as older installations have them, including those of other packages."""
    leaves = [(app, own(loader, app)[-1].name) for app in loader.migrated_apps]
    steps: dict[Key, None] = {}
    for leaf in leaves:
        steps |= dict.fromkeys(loader.graph.forwards_plan(leaf))
    assert not set(steps) & set(loader.replacements)
    return list(steps)


def test_a_new_installation_runs_the_replacing_migrations(applied: set[Key], loader: MigrationLoader) -> None:
    replaced = {key for whole in loader.replacements.values() for key in whole.replaces}
    steps = planned()
    assert set(steps) == set(single(loader)) - replaced | set(loader.replacements)


def test_an_installation_goes_on_from_every_point_at_which_it_can_be(
    applied: set[Key], loader: MigrationLoader
) -> None:
    steps = single(loader)
    for position, step in enumerate(steps):
        if step[0] in APPS:
            done = []
            for key in planned():
                done += loader.replacements[key].replaces if key in loader.replacements else [key]
            assert sorted(done) == sorted(steps[position:]), step
        applied.add(step)
    assert planned() == []


def followers(loader: MigrationLoader) -> dict[Key, set[Key]]:
    """Return the direct and indirect dependents of each migration."""
    found: dict[Key, set[Key]] = {key: set() for key in single(loader)}
    for key in reversed(found):
        for parent in loader.graph.node_map[key].parents:
            found[parent.key] |= {key, *found[key]}
    return found


def test_the_way_back_leads_through_the_replaced_migrations(applied: set[Key], loader: MigrationLoader) -> None:
    later = followers(loader)
    applied |= {*later, *loader.replacements}
    for app in APPS:
        replaced = [key for part in replacing(loader, app) for key in part.replaces]
        for target, following in itertools.pairwise(replaced):
            assert set(planned([target])) == {following, *later[following]}, target


def test_after_a_step_back_the_replaced_migrations_alone_say_how_far_each_app_is(
    applied: set[Key], loader: MigrationLoader
) -> None:
    replaced = {key for whole in loader.replacements.values() for key in whole.replaces}
    (sender,) = (config for config in apps.get_app_configs() if config.label == "registry")
    (handler,) = (one for one in post_migrate._live_receivers(sender)[0] if one is operations.go_by_replaced)

    def kept(*plan: tuple[migrations.Migration, bool]) -> set[Key]:
        applied.update(replaced, loader.replacements)
        handler(sender=sender, using="default", plan=list(plan))
        return set(applied)

    last = loader.disk_migrations["dues", "0006_labels_of_closed_books"]
    assert kept() == kept((last, False)) == replaced | set(loader.replacements)
    assert kept((last, False), (last, True)) == replaced
    handler(sender=sender, using="default")


def test_without_that_the_way_on_would_be_refused(applied: set[Key], loader: MigrationLoader) -> None:
    step, later = replacing(loader, "registry")[0].replaces[1], followers(loader)
    applied |= set(later) - {step, *later[step]}
    assert step in planned()
    applied |= set(loader.replacements)
    with pytest.raises(InconsistentMigrationHistory):
        planned()
