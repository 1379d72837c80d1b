"""Every rule that the code uses for refusals or history is explained in docs/rules.md and named by a test.

Users never see the ids: screens name the document that contains the rule.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from registry import charters

from .tree import ROOT, modules

RULE = r"[VUN]-[A-Z]?\d+[a-z]?"
#: An id on a page, in upper or lower case, but not as part of a longer name.
SHOWN = re.compile(rf"(?<![\w-]){RULE}(?![\w-])", re.IGNORECASE)
CODE = [module.text for module in modules()]
TESTS = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
ROWS = re.findall(rf"^\| ({RULE}) \| (.+?) \| (.+?) \|$", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE)


def acted_on() -> set[str]:
    """Return the ids that are values in the code, of refusals and history rows."""
    return {found for text in CODE for found in re.findall(rf'"({RULE})"', text)}


def cited() -> set[str]:
    """Return the ids that the code mentions anywhere."""
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


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("<td>V-A1</td>", ["V-A1"]),
        ("правило u-5a, n-h3.", ["u-5a", "n-h3"]),
        ('id="form-n-1" class="u-5a-wide" 3fa8-v-a1', []),
        ("Инструкция по учёту, раздел 1; № 152-ФЗ", []),
    ],
)
def test_ids_on_a_page_are_found(text: str, ids: list[str]) -> None:
    assert SHOWN.findall(text) == ids


def test_no_template_and_no_sentence_of_the_interface_names_an_id() -> None:
    texts = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").rglob("*.js")]
    assert len(texts) > 200
    comment = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
    found = {path.name: ids for path in texts if (ids := SHOWN.findall(comment.sub("", path.read_text())))}
    assert found == {}
    catalogue = (ROOT / "registry" / "locale" / "ru" / "LC_MESSAGES" / "django.po").read_text()
    assert SHOWN.findall(catalogue) == []


def test_templates_show_a_rule_by_its_document_alone() -> None:
    shown = {
        (path.name, tag)
        for path in (ROOT / "templates").rglob("*.html")
        for tag in re.findall(r"\{\{[^}]*\.rule\b[^}]*\}\}|\bwith [^%]*\.rule\b[^%]*%\}", path.read_text())
    }
    assert {name for name, _tag in shown} == {"history.html", "journal.html"}
    assert {(name, tag) for name, tag in shown if ".rule|document_in:" not in tag} == set()


@pytest.mark.parametrize(
    ("charter", "rule", "document"),
    [
        ("voi", "V-A1", "Инструкция по учёту, раздел 1"),
        ("voi", "V-B1", "Инструкция по учёту, раздел 2"),
        ("voi", "V-B14", "Инструкция по учёту, раздел 2"),
        ("voi", "V-B4", "Инструкция по учёту, раздел 4"),
        ("voi", "V-C5", "Инструкция по учёту, раздел 3"),
        ("voi", "V-D1", "Инструкция по учёту, раздел 4"),
        ("voi", "N-C1", "Федеральный закон № 152-ФЗ"),
        ("voi", "U-5", ""),
        ("voi", "N-H3", ""),
        ("education_union", "U-5a", "Алгоритм начала работы, шаг 5"),
        ("education_union", "U-7", "Алгоритм начала работы, шаг 7"),
        ("education_union", "V-A5", ""),
        ("education_union", "U-D1", ""),
    ],
)
def test_a_rule_is_named_by_the_document_of_the_federation(charter: str, rule: str, document: str) -> None:
    assert charters.get(charter).document_of(rule) == document


def test_each_rule_of_a_federation_stands_in_a_document_of_its_charter() -> None:
    ids = [name for name, _meaning, _place in ROWS]
    voi, union = charters.get("voi"), charters.get("education_union")
    # The instruction does not say how organisations are ordered.
    assert [name for name in ids if name.startswith("V-") and not voi.document_of(name)] == ["V-H1"]
    # Rules that the steps for a chair leave to the statutes.
    assert [name for name in ids if name.startswith("U-") and not union.document_of(name)] == ["U-H1", "U-D1"]
