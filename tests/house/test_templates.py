"""The engine can parse every template, whether or not a test opens its page."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.*") if path.suffix in {".html", ".txt"})

LONGEST_LINE = 120


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_read(name: str) -> None:
    assert engines["django"].get_template(name).template.name == name  # type: ignore[attr-defined]


def test_no_line_of_a_template_is_longer_than_120_columns() -> None:
    """`make lint` formats templates; lines that the formatter cannot break have to be rewritten."""
    lines = [
        (name, number, len(line))
        for name in TEMPLATES
        for number, line in enumerate((ROOT / name).read_text().splitlines(), start=1)
    ]
    assert len(TEMPLATES) > 150 and len(lines) > 5_000
    assert [line for line in lines if line[2] > LONGEST_LINE] == []


MOST_LINES = 150
#: Longer templates that consist mostly of one row; a part would be rendered once for each row.
ONE_ROW = {"members/meetings/detail_agenda.html"}


def test_a_long_page_is_divided_into_parts() -> None:
    long = {name for name in TEMPLATES if len((ROOT / name).read_text().splitlines()) > MOST_LINES}
    assert long == ONE_ROW


#: Comparison with a literal, which would not match a new value.
_COMPARED = re.compile(r"""(?:==|!=|\bin)\s*["']|["']\s*(?:==|!=|in\b)""")


def compared_with_literals(source: str) -> list[str]:
    """Return the conditions that compare with a literal text."""
    return [tag for tag in re.findall(r"{% (?:el)?if .*?%}", source, re.DOTALL) if _COMPARED.search(tag)]


def test_no_template_compares_a_value_with_a_literal() -> None:
    """The meaning of a value is a property of the model or a flag of the view; `state_pill` shows states."""
    tags = sum(len(re.findall(r"{% (?:el)?if ", (ROOT / name).read_text())) for name in TEMPLATES)
    assert tags > 800
    found = {name: tags for name in TEMPLATES if (tags := compared_with_literals((ROOT / name).read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "tag",
    [
        '{% if x.state == "open" %}',
        "{% if a and kind != 'b' %}",
        '{% elif "a" == x.consent_state %}',
        '{% if step in "ab" %}',
        '{% if a\n and queue == "waiting" %}',
    ],
)
def test_a_comparison_with_a_literal_is_seen(tag: str) -> None:
    assert compared_with_literals(f"<p>{tag}</p>{{% if x == y %}}{{% translate 'a' %}}") == [tag]


_SET = re.compile(r"\b(?:as|asvar) (\w+) %}")


def set_in_another_block(source: str) -> list[str]:
    """Return the variables that a block uses but another block sets, where they are not visible."""
    if "{% extends" not in source:
        return []
    blocks = re.split(r"{% (?:block \w+|endblock) %}", source)
    known = {name for block in blocks for name in _SET.findall(block)}
    found = set()
    for block in blocks:
        tags = " ".join(re.findall(r"(?:{{|{% \w+)(.*?)[%}]}", block, re.DOTALL))
        tags = re.sub(r"\"[^\"]*\"|'[^']*'", "", tags)
        bound = {*_SET.findall(block), *re.findall(r"(\w+)=", block), *re.findall(r"{% for (.+?) in ", block)}
        used = {name for name in known if re.search(rf"(?<![\w.]){name}\b(?!=)", tags)}
        found |= used - {part.strip() for names in bound for part in names.split(",")}
    return sorted(found)


def test_no_block_uses_a_variable_that_another_block_sets() -> None:
    """It would be empty there: a button without an address, a heading without text."""
    found = {name: names for name in TEMPLATES if (names := set_in_another_block((ROOT / name).read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    ("content", "forgotten"),
    [
        ('<a href="{{ back }}">', ["back"]),
        ("{% button _('Back') back %}", ["back"]),
        ('{% url "start" as back %}<a href="{{ back }}">', []),
        ('{% include "a.html" with back=home %}', []),
        ("{{ page.back }} {{ backup }}", []),
    ],
)
def test_a_variable_of_another_block_would_be_found(content: str, forgotten: list[str]) -> None:
    head = '{% extends "base.html" %}{% block crumbs %}{% url "start" as back %}{% crumb home back %}{% endblock %}'
    assert set_in_another_block(head + "{% block content %}" + content + "{% endblock %}") == forgotten
