"""Pages are sent without the indentation of their templates."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[2] / "templates"
SCREENS = sorted(str(p.relative_to(ROOT)) for p in ROOT.rglob("*.html") if "prints" not in p.parts)
_SPACES_COUNT = re.compile(r"<(?:pre|textarea)\b|\{%\s*blocktrans\w*(?![^%]*\btrimmed\b)[^%]*%\}[^{]*\n", re.IGNORECASE)


def source(name: str) -> str:
    return str(engines["django"].get_template(name).template.source)  # type: ignore[attr-defined]


def test_lines_of_a_page_begin_without_spaces_and_keep_their_numbers() -> None:
    written = (ROOT / "members/list/found.html").read_text()
    assert source("members/list/found.html") == "\n".join(line.lstrip() for line in written.split("\n"))


def test_papers_are_laid_out_as_they_are_written() -> None:
    assert source("prints/consent.html") == (ROOT / "prints/consent.html").read_text()


@pytest.mark.parametrize("name", SCREENS)
def test_no_page_contains_elements_that_preserve_spaces(name: str) -> None:
    assert _SPACES_COUNT.findall((ROOT / name).read_text()) == []


def test_elements_that_preserve_spaces_are_found() -> None:
    assert _SPACES_COUNT.search("<p><pre>x</pre>")
    assert _SPACES_COUNT.search("{% blocktranslate with a=b %}\n  Text{% endblocktranslate %}")
    assert not _SPACES_COUNT.search("{% blocktranslate trimmed with a=b %}\n  Text{% endblocktranslate %}")
