"""`refused` fails for every refusal except the expected one, and all tests of refusals use it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from registry.errors import Blocked, NotAllowed, RuleViolation
from tests.refusals import refused

TESTS = Path(__file__).resolve().parents[1]
#: Errors raised with a rule that their class does not determine.
UNNAMED = {"RuleViolation", "Blocked"}


def without_rule(source: str) -> list[int]:
    """Return the lines of a test that accept a refusal without checking its rule."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    return [
        call.lineno
        for call in calls
        if (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")) == "raises"
        and {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)} & UNNAMED
    ]


def test_a_refusal_without_its_rule_is_found() -> None:
    source = "pytest.raises(RuleViolation)\nraises((NotAllowed, Blocked), match='x')\npytest.raises(NotAllowed)\n"
    assert without_rule(source) == [1, 2]


def test_every_test_of_a_refusal_names_the_rule() -> None:
    files = sorted(TESTS.rglob("*.py"))
    assert Path(__file__) in files and TESTS / "members" / "movement" / "test_leaving.py" in files
    found = [f"{path.relative_to(TESTS)}:{line}" for path in files for line in without_rule(path.read_text())]
    assert found == []


def test_the_named_refusal_passes_and_can_be_inspected() -> None:
    with refused("V-B10", field="on", match="no card") as refusal:
        raise RuleViolation("V-B10", "There is no card", field="on")
    assert (refusal.value.rule, refusal.message) == ("V-B10", "There is no card")


def test_records_in_the_way_are_counted_or_named() -> None:
    for blockers in (2, ["one", "two"], ("one", "two")):
        with refused("V-B10", blockers=blockers) as refusal:
            raise Blocked("V-B10", "In the way", ["one", "two"])
        assert refusal.blockers == ["one", "two"]


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (RuleViolation("V-B1", "There is no card", field="on"), {}),
        (RuleViolation("V-B10", "There is no card", field="on"), {"field": ""}),
        (RuleViolation("V-B10", "There is no card"), {"field": "on"}),
        (RuleViolation("V-B10", "There is no card"), {"match": "two"}),
        (RuleViolation("V-B10", "There is no card"), {"blockers": 0}),
        (Blocked("V-B10", "In the way", ["one"]), {"blockers": 2}),
        (Blocked("V-B10", "In the way", ["one"]), {"blockers": ["two"]}),
        (NotAllowed(), {}),
        (ValueError("V-B10"), {}),
        (None, {}),
    ],
)
def test_any_other_refusal_fails_the_test(error: Exception | None, wanted: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="V-B10"), refused("V-B10", **wanted):
        if error is not None:
            raise error
