"""Every template can be read by the engine, whether or not a test opens its page."""

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
