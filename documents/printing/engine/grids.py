"""Rows of long tables, drawn onto pages whose heads the layout engine has laid out.

A cell costs WeasyPrint a millisecond, a page of a register has 150. Lines are broken and heights of rows are known
before (`documents.printing.fitting`), so rows need no layout: text, rules and tags are written here. A table declares
its rows as JSON in `ROWS`. An element with `LETTERS` has each letter of them once, so that the font has their glyphs;
it is laid out where the rows are to be read, and then replaced by them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pydyf

from .tagging import cells_of, dictionaries, tables_in, text_elements, texts_of

#: Attributes of HTML elements: rows of a table, letters of the rows.
ROWS, LETTERS = "data-rows", "data-letters"
#: Points per millimetre and per pixel of the layout.
MM, PIXEL = 72 / 25.4, 0.75
#: Padding of a cell and width of a rule (points).
PADDING, RULE = 1.0 * MM, 0.6
#: Distance of lines, and of the first baseline from the top of its line, as multiples of the font size (PT Serif).
LEADING, BASELINE = 1.16, 0.9565
#: Weight of regular letters.
REGULAR = 400


class _Glyph(NamedTuple):
    font: str
    number: int
    #: In thousandths of the font size.
    width: float


def draw_grids(document: Any, pdf: pydyf.PDF) -> None:
    """Draw the rows of all tables that declare them, with their tags, in place of their letters."""
    if not any(table.element.get(ROWS) for page in document.pages for table in tables_in(page._page_box)):
        return
    glyphs = _glyphs(document)
    objects = {found.reference: found for found in dictionaries(pdf)}
    root = next(found for found in objects.values() if found.get("Type") == "/StructTreeRoot")
    numbers = objects[root["ParentTree"]]["Nums"]
    elements = text_elements(pdf)
    for at, page in enumerate(document.pages):
        reference = pdf.page_references[at]
        stream = pdf.objects[int(objects[reference]["Contents"].split()[0])].stream
        drawing = _Drawing(pdf, objects, glyphs, reference, stream, numbers[2 * at + 1])
        for table in tables_in(page._page_box):
            if table.element.get(ROWS):
                drawing.table(table)
        for text, element in zip(texts_of(page._page_box), elements[reference], strict=True):
            if text.element is not None and text.element.get(LETTERS) is not None:
                drawing.replace(element)


def _glyphs(document: Any) -> dict[str, _Glyph]:
    """Return the glyph of each letter on the pages, in regular letters where there are some."""
    # The fonts of one file share what is written of the last.
    fonts = {font.hash: font for font in document.fonts.values()}.values()
    found: dict[str, _Glyph] = {}
    for font in sorted(fonts, key=lambda one: (one.weight != REGULAR, bool(one.style), one.family != "PT Serif")):
        for number, text in font.to_unicode.items():
            found.setdefault(text, _Glyph(font.hash, number, font.widths[number]))
    return found


class _Drawing:
    """What is added to one page."""

    def __init__(
        self, pdf: pydyf.PDF, objects: dict[bytes, Any], glyphs: dict[str, _Glyph], page: bytes, stream: list[Any],
        numbers: pydyf.Array,
    ) -> None:  # fmt: skip
        self.pdf, self.objects, self.glyphs = pdf, objects, glyphs
        #: Reference of the page, operators that draw it, and its elements by the number of their marked content.
        self.page, self.stream, self.numbers = page, stream, numbers
        #: Operators that draw the rows.
        self.drawn: list[Any] = []

    def table(self, table: Any) -> None:
        """Draw the rows below the head of the table."""
        declared = json.loads(table.element.get(ROWS))
        heads = cells_of(table)
        left = min(head.box.position_x for head in heads) * PIXEL
        top = y = max(head.box.position_y + head.box.border_height() for head in heads) * PIXEL
        edges = [left]
        for width in declared["widths"]:
            edges.append(edges[-1] + width * MM)
        above = [
            pydyf.Array([head.tag["ID"] for head in heads if head.left <= column <= head.right])
            for column in range(len(declared["widths"]))
        ]
        body = self._element("TBody", self._table_of(heads[0]))
        for height, cells in declared["rows"]:
            row = self._element("TR", body)
            for column, (cell, ids) in enumerate(zip(cells, above, strict=True)):
                attributes = pydyf.Dictionary({"O": "/Table", "Headers": ids})
                data = self._element("TD", row, A=attributes)
                if cell:
                    self._text(cell, data, edges[column], edges[column + 1], y, height * MM)
            y += height * MM
            self._rules([(edges[0], y, edges[-1], y)])
        self._rules([(edge, top, edge, y) for edge in edges])

    def replace(self, element: Any) -> None:
        """Put what was drawn in place of a text, which is removed from the structure as well."""
        number = element["K"][0]
        marks = ((at, part) for at, part in enumerate(self.stream) if isinstance(part, pydyf.Dictionary))
        begins = next(at for at, part in marks if part.get("MCID") == number)
        ends = self.stream.index(b"EMC", begins)
        # Points instead of pixels, in black.
        scale = f"{1 / PIXEL:.6f}"
        begun = [b"q", f"{scale} 0 0 {scale} 0 0 cm 0 g 0 G {RULE} w".encode()]
        self.stream[begins - 1 : ends + 1] = [*begun, *self.drawn, b"Q"]
        self.drawn = []
        self.numbers[number] = "null"
        parent = self.objects[element["P"]]
        parent["K"].remove(element.reference)
        if not parent["K"]:
            self.objects[parent["P"]]["K"].remove(parent.reference)

    def _table_of(self, head: Any) -> Any:
        found = head.tag
        while found["S"] != "/Table":
            found = self.objects[found["P"]]
        return found

    def _element(self, kind: str, parent: Any, **more: Any) -> Any:
        found = pydyf.Dictionary(
            {"Type": "/StructElem", "S": f"/{kind}", "K": pydyf.Array(), "Pg": self.page, "P": parent.reference, **more}
        )
        self.pdf.add_object(found)
        parent["K"].append(found.reference)
        return found

    def _text(self, cell: list[Any], data: Any, left: float, right: float, top: float, height: float) -> None:
        """Draw the lines of a cell, halfway down, each with an element of its own."""
        lines, size, centred = cell
        y = top + (height - len(lines) * size * LEADING) / 2 + size * BASELINE
        for line in lines:
            span, number = self._element("Span", data), len(self.numbers)
            span["K"].append(number)
            self.numbers.append(span.reference)
            glyphs = [self.glyphs[letter] for letter in line]
            width = sum(glyph.width for glyph in glyphs) * size / 1000
            x = left + (right - left - width) / 2 if centred else left + PADDING
            self.drawn += [b"/Span", pydyf.Dictionary({"MCID": number}), b"BDC", b"BT"]
            self.drawn.append(f"1 0 0 -1 {x:.3f} {y:.3f} Tm".encode())
            self.drawn += [*_shown(glyphs, size), b"ET", b"EMC"]
            y += size * LEADING

    def _rules(self, lines: list[tuple[float, float, float, float]]) -> None:
        drawn = " ".join(f"{x:.3f} {y:.3f} m {right:.3f} {bottom:.3f} l" for x, y, right, bottom in lines)
        self.drawn += [b"/Artifact BMC", f"{drawn} S".encode(), b"EMC"]


def _shown(glyphs: list[_Glyph], size: float) -> Iterator[bytes]:
    """Yield the operators that show the glyphs, font by font."""
    at = 0
    while at < len(glyphs):
        end = at
        while end < len(glyphs) and glyphs[end].font == glyphs[at].font:
            end += 1
        codes = "".join(f"{glyph.number:04x}" for glyph in glyphs[at:end])
        yield f"/{glyphs[at].font} {size:g} Tf [<{codes}>] TJ".encode()
        at = end
