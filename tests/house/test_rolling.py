"""Upgrades without downtime: the former release runs on the new tables, and it is possible to roll back to it."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.base import Operation
from django.test import override_settings

from registry.operations import CreateModels
from registry.versions import FORMER, RELEASES, VERSION
from tests.house import rolling

ROOT = Path(__file__).resolve().parents[2]
ID = ("id", models.BigAutoField(primary_key=True))
GOOD = migrations.CreateModel(
    "Good",
    [
        ID,
        ("name", models.CharField(max_length=20, null=True)),
        ("count", models.IntegerField()),
        ("price", models.DecimalField(max_digits=8, decimal_places=2)),
        ("maker", models.ForeignKey("shop.Maker", models.CASCADE)),
        ("shelf", models.CharField(max_length=9, db_default="")),
    ],
    options={
        "constraints": [
            models.UniqueConstraint(fields=["shelf"], name="one_on_a_shelf"),
            models.CheckConstraint(condition=models.Q(count__gte=0), name="not_fewer_than_none"),
        ]
    },
)
MAKER = migrations.CreateModel("Maker", [ID])
#: Texts of the faults.
WRITES_NOTHING = "the former release writes no value, so it needs null=True or db_default"
READ = "the former release reads the column"
NARROWER = "SmallIntegerField does not take everything that IntegerField takes"
UNKNOWN = "nobody has said whether the former release can live with such an operation"


def found(*operations: Operation, kept: dict[str, str] | None = None) -> list[str]:
    """Return the faults of a migration with these operations, after a release that has goods and makers."""
    graph, parent = MigrationGraph(), None
    for name, own in (("0001_initial", [MAKER, GOOD]), ("0002_change", list(operations))):
        made = migrations.Migration(name, "shop")
        made.operations = own
        graph.add_node(("shop", name), made)
        if parent is not None:
            graph.add_dependency(made, ("shop", name), parent)
        parent = ("shop", name)
    said = rolling.faults(graph, {"shop": "0001_initial"}, kept or {})
    assert all(line.startswith("shop.0002_change: ") for line in said)
    return [line.rsplit(": ", 1)[1] for line in said]


def test_the_code_of_the_former_release_can_live_with_every_migration_since() -> None:
    with override_settings(MIGRATION_MODULES={}):
        graph = rolling.of_the_project()
    assert rolling.faults(graph, FORMER.migrations) == []
    kept = {name for name in rolling.KEPT_BY_THE_FORMER if "." not in name}
    assert kept <= {
        operation.constraint.name if isinstance(operation, migrations.AddConstraint) else operation.name
        for node in graph.nodes.values()
        for operation in node.operations
        if isinstance(operation, migrations.AddConstraint | migrations.RemoveConstraint)
    }


def test_the_check_reads_the_migrations_that_there_are() -> None:
    """Compared with an older state, it finds changes made before the rule was introduced."""
    with override_settings(MIGRATION_MODULES={}):
        said = rolling.faults(rolling.of_the_project(), FORMER.migrations | {"dues": "0002_plain_labels"})
    assert any("dues.0004_entries_have_two_sides" in line for line in said)
    assert not any(line.startswith(("registry.", "members.", "documents.")) for line in said)


def altered(name: str, field: models.Field) -> migrations.AlterField:
    return migrations.AlterField("good", name, field)


def test_what_the_former_release_can_live_with_is_accepted() -> None:
    assert (
        found(
            migrations.AddField("good", "colour", models.CharField(max_length=9, null=True)),
            migrations.AddField("good", "weight", models.IntegerField(db_default=0)),
            migrations.AddField("good", "others", models.ManyToManyField("shop.Good")),
            altered("weight", models.IntegerField(db_default=5)),
            migrations.RemoveField("good", "weight"),
            altered("name", models.CharField(max_length=30, null=True)),
            altered("name", models.TextField(null=True)),
            altered("count", models.BigIntegerField(null=True)),
            altered("price", models.DecimalField(max_digits=9, decimal_places=3)),
            altered("maker", models.ForeignKey("shop.Maker", models.PROTECT)),
            migrations.RemoveConstraint("good", "not_fewer_than_none"),
            migrations.AddIndex("good", models.Index(fields=["count"], name="by_count")),
            CreateModels([migrations.CreateModel("Shelf", [ID, ("name", models.TextField())])]),
            migrations.AddField("shelf", "number", models.IntegerField(default=1)),
            migrations.AddConstraint("shelf", models.UniqueConstraint(fields=["name"], name="shelf_once")),
            migrations.DeleteModel("Shelf"),
            migrations.RunSQL("CREATE INDEX x ON shop_good (count)", migrations.RunSQL.noop),
        )
        == []
    )


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (migrations.AddField("good", "weight", models.IntegerField(default=0)), WRITES_NOTHING),
        (migrations.RemoveField("good", "count"), READ),
        (migrations.RenameField("good", "count", "number"), f"{READ} by its former name"),
        (migrations.DeleteModel("Good"), "the former release reads the table"),
        (migrations.RenameModel("Good", "Ware"), "the former release reads the table by its former name"),
        (altered("name", models.CharField(max_length=20)), "it no longer takes NULL"),
        (altered("name", models.CharField(max_length=19, null=True)), "it takes shorter texts only"),
        (altered("name", models.CharField(max_length=20, null=True, unique=True)), "it takes no value twice"),
        (altered("name", models.CharField(max_length=20, null=True, db_column="x")), "its column has another name"),
        (altered("count", models.SmallIntegerField()), NARROWER),
        (altered("price", models.DecimalField(max_digits=8, decimal_places=3)), "it takes fewer digits"),
        (altered("price", models.DecimalField(max_digits=8, decimal_places=1)), "it takes fewer digits"),
        (altered("maker", models.ForeignKey("shop.Good", models.CASCADE)), "it leads to another table"),
        (altered("shelf", models.CharField(max_length=9)), "it has no default any longer"),
        (migrations.RemoveConstraint("good", "one_on_a_shelf"), "the former release may insert «on conflict» with it"),
        (migrations.AlterModelTable("good", "wares"), UNKNOWN),
        (migrations.AlterUniqueTogether("good", {("name", "count")}), UNKNOWN),
        (
            migrations.RunSQL("ALTER TABLE shop_good DROP COLUMN count", migrations.RunSQL.noop),
            "nobody can say whether the former release needs what this SQL takes away",
        ),
    ],
)  # fmt: skip
def test_what_the_former_release_cannot_live_with_is_found(operation: Operation, words: str) -> None:
    assert found(operation) == [words]
    # Hiding the operation from the models does not help.
    assert found(migrations.SeparateDatabaseAndState(database_operations=[operation])) == [words]


def test_a_constraint_needs_the_reason_why_the_former_release_keeps_it() -> None:
    added = migrations.AddConstraint("good", models.CheckConstraint(condition=models.Q(count__gte=1), name="some"))
    assert found(added) == ["say why it does not in KEPT_BY_THE_FORMER['some']"]
    assert found(added, kept={"some": "its form refuses less"}) == []
    demanded = altered("name", models.CharField(max_length=20))
    assert found(demanded, kept={"shop.good.name": "it writes one"}) == []
    shorter = altered("name", models.CharField(max_length=2))
    assert found(shorter, kept={"shop.good.name": "it writes one"}) == ["it takes shorter texts only"]
    removed = migrations.RemoveConstraint("good", "one_on_a_shelf")
    assert found(removed, kept={"one_on_a_shelf": "it inserts one by one"}) == []


def test_a_new_column_keeps_its_default_until_the_release_after() -> None:
    added = migrations.AddField("good", "weight", models.IntegerField(db_default=0))
    assert found(added, altered("weight", models.IntegerField())) == [WRITES_NOTHING]


def test_a_column_is_forgotten_in_one_release_and_dropped_in_the_next() -> None:
    """The procedure in CONTRIBUTING.md: first the column is removed from the models."""

    def forgotten(name: str) -> Operation:
        return migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("good", name)])

    assert found(forgotten("shelf"), forgotten("name")) == []
    assert found(forgotten("count")) == ["this version writes no value, so it needs null=True or db_default"]
    assert found(altered("count", models.IntegerField(null=True)), forgotten("count")) == []
    graph = MigrationGraph()
    returned = migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AddField("good", "name", models.CharField(max_length=20, null=True))]
    )
    steps = {"0001_a": [MAKER, GOOD], "0002_b": [forgotten("name")]}
    steps["0003_c"] = [returned, migrations.RemoveField("good", "name")]
    for name, own in steps.items():
        made = migrations.Migration(name, "shop")
        made.operations = own
        graph.add_node(("shop", name), made)
    for child, parent in (("0002_b", "0001_a"), ("0003_c", "0002_b")):
        graph.add_dependency(None, ("shop", child), ("shop", parent))
    assert rolling.faults(graph, {"shop": "0002_b"}) == []
    assert len(rolling.faults(graph, {"shop": "0001_a"})) == 1


def test_releases_are_named_as_they_were() -> None:
    """Version, changelog and table agree, and each commit contains the migrations listed for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    headings = [line[3:] for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert project["version"] == VERSION
    assert headings == [f"{VERSION}, not yet released", *(one.version for one in reversed(RELEASES))]
    for release in RELEASES:
        for app, name in release.migrations.items():
            listed = subprocess.run(
                ["git", "ls-tree", "--name-only", f"{release.commit}:{app}/migrations"],
                cwd=ROOT, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert listed.returncode == 0, f"{release.commit} is missing: is this clone shallow? git fetch --unshallow"
            numbered = [file for file in listed.stdout.split() if file[:4].isdecimal() and "_squashed_" not in file]
            assert max(numbered) == f"{name}.py"
