"""The drawn life cycles are those of the tables of moves."""

from __future__ import annotations

from django.apps import apps

from .states import CYCLES, page, tables
from .tree import ROOT, modules


def test_the_committed_page_of_states_is_what_the_tables_give() -> None:
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == page()


def test_every_table_of_moves_is_drawn_and_moves_between_its_own_states() -> None:
    found = tables()
    assert set(found) == set(CYCLES)
    defined = {
        line.split("_MOVES:")[0] + "_MOVES"
        for module in modules()
        for line in module.text.splitlines()
        if "_MOVES: " in line and not line.startswith((" ", "#"))
    }
    assert defined == set(found)
    for name, table in found.items():
        assert set().union(*table.values()) <= set(table), name


def test_every_cycle_names_a_model_and_a_module_that_there_are() -> None:
    for cycle in CYCLES.values():
        apps.get_model(cycle.model)
        assert (ROOT / cycle.made_in).is_file()
