"""Style sheets: rules with more than two declarations have one declaration per line."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "static"
SHEETS = sorted(ROOT.rglob("*.css"))
#: Parts that may contain braces and semicolons.
_OPAQUE = re.compile(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'|url\([^)]*\)", re.DOTALL)
#: A rule without nested rules.
_RULE = re.compile(r"[^{}]*\{([^{}]*)\}")


def crowded(css: str) -> list[str]:
    """Return the rules with more than two declarations and two of them on one line."""
    plain = _OPAQUE.sub("_", css)
    return [
        match.group(0).strip()
        for match in _RULE.finditer(plain)
        if len([part for part in match.group(1).split(";") if part.strip()]) > 2
        and any(line.count(";") > 1 for line in match.group(0).splitlines())
    ]


def test_a_rule_with_more_than_two_declarations_has_one_per_line() -> None:
    assert len(SHEETS) > 30
    rules = sum(len(_RULE.findall(_OPAQUE.sub("_", sheet.read_text()))) for sheet in SHEETS)
    assert rules > 500
    assert {sheet.name: found for sheet in SHEETS if (found := crowded(sheet.read_text()))} == {}


def test_a_crowded_rule_is_found() -> None:
    assert crowded("a { b: c; d: e; } @layer x { f { g: h; i: j; k: l; } }") == ["f { g: h; i: j; k: l; }"]
    assert crowded("a {\n  b: c;\n  d: url('x;y:z;');\n  e: f;\n}\n") == []
