"""Reads Word files back and compares them with the PDF of the same sheets."""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document

from documents.printing.engine.sheets import Sheets
from tests.documents.samples import text_of

#: Not part of words: spaces, underscores for blanks, and list markers, which a PDF separates from their text.
_NO_WORDS = re.compile(r"[\s_–]+")


def check_word(data: bytes, pdf: bytes, sheets: Sheets) -> None:
    """Assert that the file has the same words as the PDF, A4 pages with the required margins, and the same footers."""
    document = Document(io.BytesIO(data))
    feet = [_words(line) for line in re.findall(r'data-(?:foot|code)="([^"]*)"', sheets.html)]
    said = _words(text_of(pdf))
    for foot in feet:
        said = said.replace(foot, "")
    assert _words(body_of(document)) == said
    sections = list(document.sections)
    assert len(sections) == sheets.html.count('class="sheet"')
    for section in sections:
        edges = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
        assert [round(edge.mm) for edge in edges if edge is not None] == [15, 15, 15, 25]
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    in_feet = [_words(paragraph.text) for section in sections for paragraph in section.footer.paragraphs]
    assert sorted(foot for foot in in_feet if foot) == sorted(feet)


def body_of(document: Any) -> str:
    """Return the text of the document's paragraphs and tables in order."""
    found = []
    for part in document.iter_inner_content():
        if hasattr(part, "rows"):
            found += [cell.text for row in part.rows for cell in dict.fromkeys(row.cells)]
        else:
            found.append(part.text)
    return "\n".join(found)


def _words(text: str) -> str:
    return _NO_WORDS.sub("", text.replace("&quot;", '"').replace("&amp;", "&"))
