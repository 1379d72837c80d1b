"""The drawn life cycles are those of the tables of moves."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps

from .states import CYCLES, page, tables

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_page_of_states_is_what_the_tables_give() -> None:
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == page()


def test_every_table_of_moves_is_drawn_and_moves_between_its_own_states() -> None:
    found = tables()
    assert set(found) == set(CYCLES)
    written = {path for app in ("registry", "members", "dues", "documents") for path in (ROOT / app).rglob("*.py")}
    defined = {
        line.split("_MOVES:")[0] + "_MOVES"
        for path in written
        for line in path.read_text(encoding="utf-8").splitlines()
        if "_MOVES: " in line and not line.startswith((" ", "#"))
    }
    assert defined == set(found)
    for name, table in found.items():
        assert set().union(*table.values()) <= set(table), name


def test_every_cycle_names_a_model_and_a_module_that_there_are() -> None:
    for cycle in CYCLES.values():
        apps.get_model(cycle.model)
        assert (ROOT / cycle.made_in).is_file()
