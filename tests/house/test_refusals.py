"""`refused` fails for every refusal but the one that the test names."""

from __future__ import annotations

from typing import Any

import pytest

from registry.errors import Blocked, NotAllowed, RuleViolation
from tests.refusals import refused


def test_the_named_refusal_passes_and_can_be_looked_at() -> None:
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
