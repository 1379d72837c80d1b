"""Every template can be read by the engine, whether or not a test opens its page."""

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
    """`make lint` formats them; what the formatter cannot break is a line to be written in another way."""
    lines = [
        (name, number, len(line))
        for name in TEMPLATES
        for number, line in enumerate((ROOT / name).read_text().splitlines(), start=1)
    ]
    assert len(TEMPLATES) > 150 and len(lines) > 5_000
    assert [line for line in lines if line[2] > LONGEST_LINE] == []


#: A state compared with a literal: a state that is new would fall through it.
_STATE_LITERAL = re.compile(r"""\b(?:\w+_)?(?:state|status|kind|verdict)\b(?:\|\w+)?\s*(?:==|!=|in|not in)\s*["']""")
_LITERAL_STATE = re.compile(r"""["']\s*(?:==|!=)\s*[\w.]*\b(?:\w+_)?(?:state|status|kind|verdict)\b""")


def state_literals(source: str) -> list[str]:
    """Return the tags that compare a state, status or kind with a literal."""
    tags = re.findall(r"{%.*?%}", source)
    return [tag for tag in tags if _STATE_LITERAL.search(tag) or _LITERAL_STATE.search(tag)]


def test_no_template_compares_a_state_with_a_literal() -> None:
    """What a state means is a property of the model or a flag of the view; `state_pill` shows it in its tone."""
    tags = sum(len(re.findall(r"{% (?:el)?if ", (ROOT / name).read_text())) for name in TEMPLATES)
    assert tags > 800
    assert {name: found for name in TEMPLATES if (found := state_literals((ROOT / name).read_text()))} == {}


@pytest.mark.parametrize(
    "tag", ['{% if x.state == "open" %}', "{% if a and kind != 'b' %}", '{% elif "a" == x.consent_state %}']
)
def test_a_compared_state_is_found(tag: str) -> None:
    assert state_literals(f"<p>{tag}</p>") == [tag]
