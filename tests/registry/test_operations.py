"""Our own operations in migrations: many tables at once, and the index of words."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.signals import post_migrate
from django.test.utils import CaptureQueriesContext

from registry.operations import (
    AddIndexBeside,
    BeginningsIndex,
    CoveringIndex,
    CreateModels,
    FinerStatistics,
    TrigramIndex,
    learn_contents,
)

pytestmark = pytest.mark.usefixtures("several_connections")

ID = ("id", models.BigAutoField(primary_key=True))
#: Two models that refer to each other.
GOODS = CreateModels(
    [
        migrations.CreateModel("Good", [ID, ("maker", models.ForeignKey("shop.Maker", models.CASCADE))]),
        migrations.CreateModel(
            "Maker", [ID, ("best", models.ForeignKey("shop.Good", models.CASCADE, null=True, related_name="+"))]
        ),
    ]
)


def forwards(
    operation: migrations.operations.base.Operation, state: ProjectState, *, atomic: bool = True
) -> ProjectState:
    """Run the operation and return the state afterwards."""
    after = state.clone()
    operation.state_forwards("shop", after)
    with connection.schema_editor(atomic=atomic) as editor:
        operation.database_forwards("shop", editor, state, after)
    return after


@contextmanager
def made(*operations: migrations.operations.base.Operation) -> Iterator[ProjectState]:
    """Run the operations, yield the state, and reverse them."""
    states = [ProjectState()]
    for operation in operations:
        states.append(forwards(operation, states[-1]))
    try:
        yield states[-1]
    finally:
        for operation in reversed(operations):
            after = states.pop()
            with connection.schema_editor() as editor:
                operation.database_backwards("shop", editor, after, states[-1])


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith("shop_")}


def test_models_that_refer_to_each_other_are_made_together_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered, render = [], ModelState.render
    monkeypatch.setattr(ModelState, "render", lambda state, apps: rendered.append(state.name) or render(state, apps))
    first = migrations.CreateModel("Shop", [ID])
    with made(first, GOODS) as state:
        assert tables() == {"shop_good", "shop_maker", "shop_shop"}
        # Once with the first, and once all together, although the class of the first existed already.
        assert sorted(rendered) == ["Good", "Maker", "Shop", "Shop"]
        maker = state.apps.get_model("shop", "Maker").objects.create()
        good = state.apps.get_model("shop", "Good").objects.create(maker=maker)
        with connection.cursor() as cursor:
            keys = connection.introspection.get_relations(cursor, "shop_maker")
        assert {name: key[:2] for name, key in keys.items()} == {"best_id": ("id", "shop_good")}
        assert (good.maker, connection.check_constraints()) == (maker, None)
        state.apps.get_model("shop", "Good").objects.all().delete()
    assert tables() == set()


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize(
    "index",
    [
        TrigramIndex("page_words", "shop_page"), BeginningsIndex("page_words", "shop_page"),
        CoveringIndex("page_words", "shop_page", ["number", "id"], ["search_key"]),
    ],
    ids=lambda index: type(index).__name__,
)  # fmt: skip
def test_words_are_indexed_on_postgresql_alone(index: migrations.operations.base.Operation, *, atomic: bool) -> None:
    page = migrations.CreateModel("Page", [ID, ("search_key", models.TextField()), ("number", models.IntegerField())])

    def indexes() -> set[str]:
        with connection.cursor() as cursor:
            return set(connection.introspection.get_constraints(cursor, "shop_page"))

    with made(page) as state:
        before = indexes()
        for _again in range(2):
            after = forwards(index, state, atomic=atomic)
            assert after == state
            assert indexes() - before == ({"page_words"} if connection.vendor == "postgresql" else set())
        with connection.schema_editor() as editor:
            index.database_backwards("shop", editor, after, state)
        assert indexes() == before


def test_finer_statistics_are_kept_on_postgresql_until_the_way_back() -> None:
    finer = FinerStatistics("shop_page", "number", 500)

    def target() -> int | None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nullif(attstattarget, -1) FROM pg_attribute"
                " WHERE attrelid = 'shop_page'::regclass AND attname = 'number'"
            )
            found: int | None = cursor.fetchone()[0]
            return found

    page = migrations.CreateModel("Page", [ID, ("number", models.IntegerField())])
    with made(page) as state, CaptureQueriesContext(connection) as queries:
        assert forwards(finer, state) == state
        altered = [query for query in queries if "SET STATISTICS" in query["sql"]]
        assert len(altered) == (connection.vendor == "postgresql")
        if connection.vendor == "postgresql":
            assert target() == 500
        with connection.schema_editor() as editor:
            finer.database_backwards("shop", editor, state, state)
        if connection.vendor == "postgresql":
            assert target() is None


@pytest.mark.parametrize("atomic", [True, False])
def test_an_index_of_a_model_is_added_in_a_transaction_or_beside_others(*, atomic: bool) -> None:
    page = migrations.CreateModel("Page", [ID, ("number", models.IntegerField())])
    index = AddIndexBeside("page", models.Index(fields=["number"], name="page_by_number"))
    with made(page) as state:
        after = forwards(index, state, atomic=atomic)
        with connection.cursor() as cursor:
            assert "page_by_number" in connection.introspection.get_constraints(cursor, "shop_page")
        with connection.schema_editor() as editor:
            index.database_backwards("shop", editor, after, state)


def test_tables_of_migrated_apps_are_looked_at_on_postgresql() -> None:
    plan = [(migrations.Migration("0002_second", "dues"), False)]
    for given, looked_at in ((plan, connection.vendor == "postgresql"), ([], False)):
        with CaptureQueriesContext(connection) as queries:
            learn_contents(using="default", plan=given)
        tables = [query["sql"] for query in queries if query["sql"].startswith("ANALYZE ")]
        wanted = sorted({model._meta.db_table for model in apps.get_app_config("dues").get_models()})
        assert tables == ([f'ANALYZE "{table}"' for table in wanted] if looked_at else [])
    (sender,) = (config for config in apps.get_app_configs() if config.label == "registry")
    assert learn_contents in post_migrate._live_receivers(sender)[0]


def test_plans_name_what_they_do() -> None:
    assert GOODS.describe() == "Create 2 models"
    assert TrigramIndex("page_trgm", "shop_page").describe() == "Index the words of shop_page on PostgreSQL"
    beginnings = BeginningsIndex("page_words", "shop_page")
    assert beginnings.describe() == "Index the beginnings of words of shop_page on PostgreSQL"
    covering = CoveringIndex("page_covering", "shop_page", ["id"], ["number"])
    assert covering.describe() == "Index id of shop_page with number on PostgreSQL"
    finer = FinerStatistics("shop_page", "number", 500)
    assert finer.describe() == "Keep more statistics of number of shop_page on PostgreSQL"
