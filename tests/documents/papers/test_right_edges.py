"""Ruled lines up to the right edge of a form end exactly there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from weasyprint import HTML
from weasyprint.formatting_structure import boxes

from documents.printing.engine import layout
from documents.printing.engine.sheets import Sheets
from tests.documents import samples
from tests.documents.printing.test_contract import sheets_by_form

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: Pixels of the layout per millimetre.
MM = 96 / 25.4
#: In mm: the allowed deviation, the largest gap of a line that should reach the edge, the width of a comma.
UNSEEN, MEANT, COMMA = 0.3, 3.2, 1.1
#: Lines that end more than this (mm) beyond their block are not checked.
OVER = 30.0


def distances(sheets: Sheets) -> list[tuple[str, float]]:
    """Return the distance (mm) of each line's end beyond the right edge of its block, with the text of the block."""
    document = HTML(string=sheets.html, url_fetcher=layout.OwnFiles(sheets.pictures))
    styles = [layout._classes_for_styles(document)]
    pages = document.render(font_config=layout._fonts(), stylesheets=styles).pages
    return [found for page in pages for found in _found(page._page_box, None)]


def _found(box: Any, block: Any) -> Iterator[tuple[str, float]]:
    if isinstance(box, boxes.BlockBox):
        block = box
    classes = (box.element.get("class") or "").split() if box.element is not None else []
    if "rule" in classes and isinstance(box, boxes.InlineBlockBox):
        beyond = box.position_x + box.margin_width() - block.content_box_x() - block.width
        yield " ".join("".join(block.element.itertext()).split()), round(beyond / MM, 2)
    for child in getattr(box, "children", ()):
        yield from _found(child, block)


def ragged(found: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the lines that end beyond the edge or a little before it."""
    return [(text, beyond) for text, beyond in found if UNSEEN < beyond < OVER or _is_short(text, beyond)]


def _is_short(text: str, beyond: float) -> bool:
    """Return whether the line should reach the edge but does not; a comma, a bracket or a year may follow it."""
    followed = text.endswith((")", "г.")) or (text.endswith(",") and beyond > -COMMA)
    return -MEANT < beyond < -UNSEEN and not followed


@pytest.mark.parametrize("charter", samples.CHARTERS)
def test_lines_up_to_the_right_edge_end_exactly_there(charter: str) -> None:
    found = {code: distances(sheets) for code, sheets in sheets_by_form(charter, "blank").items()}
    assert sum(map(len, found.values())) > 100
    assert {code: wrong for code, lines in found.items() if (wrong := ragged(lines))} == {}


@pytest.mark.parametrize(
    ("width", "wrong"), [(100.0, False), (100.3, True), (99.7, False), (99.5, True), (110, True), (90, False)]
)
def test_a_line_that_misses_the_edge_is_found(width: float, wrong: bool) -> None:
    """Control: a line of the wrong width."""
    rule = f'<span class="rule" style="display:inline-block;width:{width}mm">&nbsp;</span>'
    html = f'<style>@page {{ size: 150mm; margin: 0 }}</style><div style="width:99.9mm;white-space:nowrap">{rule}</div>'
    assert bool(ragged(distances(Sheets(html, {}, two_sided=False)))) == wrong
