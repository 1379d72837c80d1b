"""Every template can be read by the engine, whether or not a test opens its page."""

from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.*") if path.suffix in {".html", ".txt"})


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_can_be_read(name: str) -> None:
    assert engines["django"].get_template(name).template.name == name  # type: ignore[attr-defined]
