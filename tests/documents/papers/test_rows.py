"""Rows of the answer to a request are not split between pages, so that a number stays with its line (V-C5)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from weasyprint import HTML
from weasyprint.formatting_structure import boxes

from documents.printing import core
from documents.printing.engine import layout
from tests.documents.papers.extremes import EXTREME

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def _rows(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TableRowBox):
        yield box
    for child in getattr(box, "children", ()):
        yield from _rows(child)


def test_v_c5_no_row_of_the_answer_is_continued_on_the_next_page() -> None:
    paper, sheets, batch = EXTREME["subject_answer"](False)
    whole = core.sheets_for(paper, sheets, batch)
    lines = "<tr><td>№</td><td>{}</td></tr>"
    table = "".join(lines.format("запись<br>" * (number % 7 + 2)) for number in range(60))
    html = re.sub("<body.*</body>", f"<body><table>{table}</table></body>", whole.html, flags=re.DOTALL)
    document = HTML(string=html, url_fetcher=layout.OwnFiles(whole.pictures))
    styles = [layout._classes_for_styles(document)]
    pages = document.render(font_config=layout._fonts(), stylesheets=styles).pages
    rows = Counter(id(row.element) for page in pages for row in _rows(page._page_box))
    assert (len(pages) > 3, len(rows), {*rows.values()}) == (True, 60, {1})
