"""Life cycles: the drawn ones match the tables of moves, and every table contains every state."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from simple_history.models import HistoricalChanges

from members.lists.reading.issues import KIND_WORDS, Kind
from members.people.enums import CONSENT_WORDS, ConsentState
from registry import states
from registry.errors import Blocked, NotAllowed, RuleViolation
from tests.refusals import refused

from .states import CYCLES, page, tables
from .tree import ROOT, modules

TONES = {"", "ok", "warn", "bad", "info"}


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


def test_every_cycle_names_an_existing_model_and_module() -> None:
    for cycle in CYCLES.values():
        apps.get_model(cycle.model)
        assert (ROOT / cycle.made_in).is_file()


def own_states() -> dict[str, Any]:
    """Return every field of our models that stores a state, by the label of the model."""
    found = {}
    for app in ("registry", "members", "dues", "documents"):
        for model in apps.get_app_config(app).get_models():
            for field in () if issubclass(model, HistoricalChanges) else model._meta.fields:
                if field.name in {"state", "status"}:
                    found[model._meta.label] = field
    return found


def test_every_state_has_its_moves_and_its_tone() -> None:
    fields = own_states()
    assert set(states.CYCLES) == set(fields)
    for label, field in fields.items():
        cycle, every = states.CYCLES[label], {value for value, _label in field.flatchoices}
        assert (label, cycle.field, set(cycle.moves)) == (label, field.name, every)
        assert (label, set(cycle.tones)) == (label, every)
        assert set(cycle.tones.values()) <= TONES


def test_every_table_of_tones_is_total_and_stands_beside_its_enum() -> None:
    """A new state without a tone fails here, not on a page."""
    found = {
        f"{module.name}.{name}": (module.name, getattr(importlib.import_module(module.name), name))
        for module in modules()
        for name in re.findall(r"^(\w*_?TONES)\b.*=", module.text, re.MULTILINE)
    }
    assert len(found) >= 3
    for label, (home, table) in found.items():
        enum = type(next(iter(table)))
        assert (label, enum.__module__, set(table)) == (label, home, set(enum))
        assert set(table.values()) <= TONES
    assert (set(CONSENT_WORDS), set(KIND_WORDS)) == (set(ConsentState), set(Kind))


def test_an_object_is_shown_with_the_label_and_tone_of_its_state() -> None:
    for label, field in own_states().items():
        for state, word in field.flatchoices:
            obj = apps.get_model(label)(**_numbers(apps.get_model(label)), **{field.name: state})
            assert (states.name_of(obj), states.tone_of(obj)) == (str(word), states.CYCLES[label].tones[state])


def _numbers(model: type[models.Model]) -> dict[str, int]:
    """Return a value for each number that an object needs for its text."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, models.IntegerField)]
    return {field.name: 1 for field in fields if not field.null and not field.has_default() and not field.primary_key}


def test_a_refused_move_is_explained() -> None:
    for label, field in own_states().items():
        cycle = states.CYCLES[label]
        for state, _label in field.flatchoices:
            obj = apps.get_model(label)(**_numbers(apps.get_model(label)), **{field.name: state})
            assert (label, "%(" in states.refusal_of(obj, state)) == (label, False)
            for to in cycle.moves:
                assert (label, state, to, states.may_become(obj, to)) == (label, state, to, to in cycle.moves[state])
                if not states.may_become(obj, to):
                    with refused("N-H3", match=f"^{re.escape(states.refusal_of(obj, to))}$"):
                        states.check(obj, to, "N-H3")


def test_the_twin_of_a_check_says_whether_it_passes() -> None:
    def refuse(error: Exception) -> None:
        raise error

    assert states.allowed(lambda: None) is True
    for error in (RuleViolation("V-A5", "no"), Blocked("V-A5", "no", []), NotAllowed()):
        assert states.allowed(refuse, error) is False
    with pytest.raises(LookupError):
        states.allowed(refuse, LookupError())
