"""Every rule that the code refuses by or writes into the history is explained in docs/rules.md and named by a test."""

from __future__ import annotations

import re
from pathlib import Path

from .tree import ROOT, modules

RULE = r"[VUN]-[A-Z]?\d+[a-z]?"
CODE = [module.text for module in modules()]
TESTS = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
ROWS = re.findall(rf"^\| ({RULE}) \| (.+?) \| (.+?) \|$", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE)


def acted_on() -> set[str]:
    """Ids that stand in the code as values: of a refusal, of a history row."""
    return {found for text in CODE for found in re.findall(rf'"({RULE})"', text)}


def cited() -> set[str]:
    """Ids that the code names anywhere."""
    return {found for text in CODE for found in re.findall(rf"\b{RULE}\b", text)}


def test_the_page_of_rules_explains_each_rule_of_the_code_once_and_no_other() -> None:
    ids = [name for name, _meaning, _place in ROWS]
    assert len(ids) == len(set(ids))
    assert acted_on() - set(ids) == set()
    assert set(ids) - cited() == set()


def test_the_page_of_rules_names_the_module_of_each_rule() -> None:
    wrong = {
        (name, place)
        for name, _meaning, places in ROWS
        for place in re.findall(r"`([^`]+)`", places)
        if not (ROOT / place).exists() or name not in _text(ROOT / place)
    }
    assert wrong == set()
    assert [name for name, _meaning, places in ROWS if "`" not in places] == []


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else "".join(part.read_text() for part in path.rglob("*.py"))


def test_every_rule_of_the_code_is_named_by_a_test() -> None:
    text = "".join(path.read_text() for path in TESTS)
    written = set(re.findall(rf"\b{RULE}\b", text))
    # `test_v_b4_…` and `test_u5a_…` name the rules V-B4 and U-5a.
    for name in re.findall(r"def test_(\w+)", text):
        for letter, group, number in re.findall(r"(?:^|_)([vun])_?([a-z])?_?(\d+[a-z]?)(?=_|$)", name):
            written.add(f"{letter.upper()}-{group.upper()}{number}")
    assert {name for name, _meaning, _place in ROWS} - written == set()
