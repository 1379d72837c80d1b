"""Papers as Word files, made from the sheets of the PDF, so that no second set of templates is needed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from ..engine.sheets import Sheets
from .blocks import SIZE, SMALL, Block, Piece, Table, sheets_in

#: A font that comes with Word and has about the same widths as the font of the PDF.
FONT = "Times New Roman"
#: Margins of every paper (mm): upper, right, lower, left.
MARGINS = (15, 15, 15, 25)

_ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def word_of(sheets: Sheets, title: str) -> bytes:
    """Return the sheets as a .docx of A4 pages; each sheet starts on a new page."""
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.language = "ru-RU"
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(SIZE)
    fonts = style.element.rPr.rFonts
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ru-RU")
    style.element.rPr.append(language)
    for number, sheet in enumerate(sheets_in(sheets.html)):
        section = document.sections[0] if number == 0 else _next_section(document)
        _lay_out(section, sheet.foot)
        for block in sheet.blocks:
            if isinstance(block, Table):
                _write_table(document, block)
            else:
                _write(document.add_paragraph(), block)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _next_section(document: Any) -> Any:
    """Start a section on a new page. The break is in the last paragraph, because an additional one could need a
    page.
    """
    section = document.add_section(WD_SECTION.NEW_PAGE)
    breaking = document.element.body.findall(qn("w:p"))[-1]
    before = breaking.getprevious()
    if before is not None and before.tag == qn("w:p"):
        before.get_or_add_pPr().append(breaking.pPr.sectPr)
        document.element.body.remove(breaking)
    return section


def _lay_out(section: Any, foot: Iterable[str]) -> None:
    """Set the page size, the margins and the footer of the section."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    upper, right, lower, left = map(Mm, MARGINS)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = upper, right, lower, left
    section.footer_distance = Mm(6)
    section.footer.is_linked_to_previous = False
    lines = section.footer.paragraphs
    for number, text in enumerate(foot):
        paragraph = lines[number] if number < len(lines) else section.footer.add_paragraph()
        _write(paragraph, Block([Piece(text)], size=SMALL))


def _write(paragraph: Any, block: Block) -> None:
    looks = paragraph.paragraph_format
    looks.alignment = _ALIGNED[block.align]
    looks.left_indent, looks.first_line_indent = _mm(block.indent), _mm(block.first)
    single = not block.height
    close = Pt(2 if single and block.size == SIZE else 0)
    looks.space_before, looks.space_after = _mm(block.before), _mm(block.after) if block.after else close
    looks.line_spacing = 1.0 if single else _mm(block.height)
    looks.keep_with_next = block.together
    if block.cut:
        _draw_above(paragraph)
    for stop in block.stops:
        looks.tab_stops.add_tab_stop(_mm(stop), WD_TAB_ALIGNMENT.CENTER)
    for piece in block.pieces:
        run = paragraph.add_run(piece.text)
        run.bold, run.italic, run.underline = piece.bold, piece.italic, piece.underlined
        run.font.size = Pt(block.size)


def _draw_above(paragraph: Any) -> None:
    """Draw a dashed line 5 mm above the paragraph, as above the part of the form for the organisation."""
    line = OxmlElement("w:top")
    for name, value in (("val", "dashed"), ("sz", "4"), ("space", "14"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders = OxmlElement("w:pBdr")
    borders.append(line)
    # The schema requires the borders before the spacing.
    looks = paragraph._p.get_or_add_pPr()
    looks.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:spacing", "w:ind", "w:jc"
    )


def _write_table(document: Any, table: Table) -> None:
    columns = max((len(row) for row in table.rows), default=0)
    if not columns:
        return
    made = document.add_table(rows=len(table.rows), cols=columns, style="Table Grid")
    for (top, left), (height, width) in table.spans.items():
        bottom, right = min(top + height, len(table.rows)) - 1, min(left + width, columns) - 1
        made.cell(top, left).merge(made.cell(bottom, right))
    for top, row in enumerate(table.rows):
        for left, blocks in enumerate(row):
            for number, block in enumerate(blocks or ()):
                cell = made.cell(top, left)
                _write(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), block)


def _mm(length: float) -> Length:
    return Mm(length)
