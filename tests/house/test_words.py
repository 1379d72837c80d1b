"""Plain words: people are «they» in docstrings, comments and the interface; docs and tests included."""

import re
from pathlib import Path

import pytest

from .tree import ROOT, modules

# An underscore ends a word, so names of tests and functions are read too.
MASCULINE = re.compile(r"(?<![A-Za-z])(he|his|him|himself)(?![A-Za-z])", re.IGNORECASE)
TEXTS = [
    *(module.path for module in modules()),
    *(path for path in sorted((ROOT / "tests").rglob("*.py")) if path != Path(__file__)),
    *sorted((ROOT / "templates").rglob("*.html")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
]


def masculine(text: str) -> list[int]:
    """Return the numbers of the lines that call a person «he»."""
    return [number for number, line in enumerate(text.splitlines(), 1) if MASCULINE.search(line)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# they and their card", []),
        ("x\n# he reads", [2]),
        ('"""His card."""', [1]),
        ("# this, the, history", []),
        ("def test_who_keeps_his_card() -> None:", [1]),
    ],
)
def test_masculine_words_are_found(text: str, lines: list[int]) -> None:
    assert masculine(text) == lines


def test_people_are_they() -> None:
    assert len(TEXTS) > 700
    wrong = [f"{p.relative_to(ROOT)}:{n}" for p in TEXTS for n in masculine(p.read_text(encoding="utf-8"))]
    assert wrong == []
