"""Rows of long tables, drawn onto pages after the layout engine has laid out the table heads.

WeasyPrint needs a millisecond for a cell, and a page of a register has 150 cells. `documents.printing.fitting` breaks
the lines and computes the heights of rows in advance, so rows need no layout: this module writes text, rules and tags
directly. A table declares its columns and rows as JSON in the attribute `ROWS`. An element with the attribute `LETTERS`
contains each letter of the rows once, so that the embedded font has their glyphs; another one those of bold headings.
The rows replace the first of them, so it has to be in their place in the reading order.
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
#: Padding of a cell, width of a rule (points).
PADDING, RULE = 1.0 * MM, 0.6
#: Line height, and distance of the baseline from the top of a line, as multiples of the font size (PT Serif).
LEADING, BASELINE = 1.16, 0.9565
#: Font weights.
REGULAR, BOLD = 400, 700
#: Alignment of centred columns, and of columns whose cells are heads of their rows.
CENTRED, HEADS = "n", "head"


class _Glyph(NamedTuple):
    font: str
    number: int
    #: Advance width in thousandths of the font size.
    width: float


def draw_grids(document: Any, pdf: pydyf.PDF) -> None:
    """Draw the rows of all tables with `ROWS`, with tags, in place of the elements with `LETTERS`."""
    if not any(table.element.get(ROWS) for page in document.pages for table in tables_in(page._page_box)):
        return
    glyphs = {weight: _glyphs(document, weight) for weight in (REGULAR, BOLD)}
    objects = {found.reference: found for found in dictionaries(pdf)}
    root = next(found for found in objects.values() if found.get("Type") == "/StructTreeRoot")
    numbers = objects[root["ParentTree"]]["Nums"]
    names = objects[root["IDTree"]]["Names"]
    elements = text_elements(pdf)
    for at, page in enumerate(document.pages):
        reference = pdf.page_references[at]
        stream = pdf.objects[int(objects[reference]["Contents"].split()[0])].stream
        drawing = _Drawing(pdf, objects, glyphs, reference, stream, numbers[2 * at + 1], names)
        for table in tables_in(page._page_box):
            if table.element.get(ROWS):
                drawing.table(table)
        for text, element in zip(texts_of(page._page_box), elements[reference], strict=True):
            if text.element is not None and text.element.get(LETTERS) is not None:
                drawing.replace(element)


def _glyphs(document: Any, weight: int) -> dict[str, _Glyph]:
    """Return the glyph of each letter on the pages, from the font of the weight if it has the letter."""
    # Fonts with the same file share one embedded subset, which has the data of the last one.
    fonts = {font.hash: font for font in document.fonts.values()}.values()
    found: dict[str, _Glyph] = {}
    for font in sorted(fonts, key=lambda one: (one.weight != weight, bool(one.style), one.family != "PT Serif")):
        for number, text in font.to_unicode.items():
            found.setdefault(text, _Glyph(font.hash, number, font.widths[number]))
    return found


class _Drawing:
    """Drawing operators and tags that are added to one page."""

    def __init__(
        self, pdf: pydyf.PDF, objects: dict[bytes, Any], glyphs: dict[int, dict[str, _Glyph]], page: bytes,
        stream: list[Any], numbers: pydyf.Array, names: pydyf.Array,
    ) -> None:  # fmt: skip
        self.pdf, self.objects, self.glyphs = pdf, objects, glyphs
        #: Reference of the page, its content streams, and its structure elements by marked-content number.
        self.page, self.stream, self.numbers = page, stream, numbers
        #: Identifiers of all heads of tables with their references.
        self.names = names
        #: Operators that draw the rows.
        self.drawn: list[Any] = []

    def table(self, table: Any) -> None:
        """Draw the rows below the head of the table."""
        declared = json.loads(table.element.get(ROWS))
        heads = cells_of(table)
        left = min(head.box.position_x for head in heads) * PIXEL
        top = y = max(head.box.position_y + head.box.border_height() for head in heads) * PIXEL
        edges = [left]
        for width, _align in declared["columns"]:
            edges.append(edges[-1] + width * MM)
        above = [
            [head.tag["ID"] for head in heads if head.left <= column <= head.right]
            for column in range(len(declared["columns"]))
        ]
        body = self._element("TBody", self._table_of(heads[0]))
        begun, within = top, []
        for row in declared["rows"]:
            tag, height = self._element("TR", body), row["height"] * MM
            if "heading" in row:
                self._verticals(edges, begun, y)
                begun = y + height
                head = self._head(tag, "/Column", ColSpan=len(above))
                self._text(row["heading"], head, edges[0], edges[-1], y, height, weight=BOLD)
                self._verticals([edges[0], edges[-1]], y, begun)
                within = [head["ID"]]
            else:
                self._row(row, tag, declared["columns"], [[*ids, *within] for ids in above], edges, y)
            y += height
            self._rules([(edges[0], y, edges[-1], y)])
        self._verticals(edges, begun, y)

    def _row(
        self, row: Any, tag: Any, columns: list[tuple[float, str]], above: list[list[Any]], edges: list[float], y: float
    ) -> None:
        """Draw the cells of a row; each names the heads above it and the head of its row."""
        beside: list[Any] = []
        for column, (cell, (_width, align)) in enumerate(zip(row["cells"], columns, strict=True)):
            if align == HEADS:
                found = self._head(tag, "/Row")
                beside = [found["ID"]]
            else:
                headers = pydyf.Array([*above[column], *beside])
                found = self._element("TD", tag, A=pydyf.Dictionary({"O": "/Table", "Headers": headers}))
            left, right = edges[column], edges[column + 1]
            self._text(cell, found, left, right, y, row["height"] * MM, centred=align == CENTRED)

    def _head(self, row: Any, scope: str, **more: Any) -> Any:
        """Return a new head, whose identifier follows the last one."""
        prefix, _, number = self.names[-2].string.rpartition("-")
        name = pydyf.String(f"{prefix}-{int(number) + 1:05}")
        found = self._element("TH", row, ID=name, A=pydyf.Dictionary({"O": "/Table", "Scope": scope, **more}))
        self.names += [name, found.reference]
        return found

    def replace(self, element: Any) -> None:
        """Replace the text of an element by the drawn rows, also in the structure tree."""
        number = element["K"][0]
        marks = ((at, part) for at, part in enumerate(self.stream) if isinstance(part, pydyf.Dictionary))
        begins = next(at for at, part in marks if part.get("MCID") == number)
        ends = self.stream.index(b"EMC", begins)
        # Scale from pixels to points; the colour is black.
        scale = f"{1 / PIXEL:.6f}"
        begun = [b"q", f"{scale} 0 0 {scale} 0 0 cm 0 g 0 G {RULE} w".encode()]
        self.stream[begins - 1 : ends + 1] = [*begun, *self.drawn, b"Q"] if self.drawn else []
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

    def _text(
        self, cell: Any, data: Any, left: float, right: float, top: float, height: float, *, weight: int = REGULAR,
        centred: bool = False,
    ) -> None:  # fmt: skip
        """Draw the lines of a cell, vertically centred, each with its own structure element."""
        lines, size = cell
        y = top + (height - len(lines) * size * LEADING) / 2 + size * BASELINE
        for line in lines:
            span, number = self._element("Span", data), len(self.numbers)
            span["K"].append(number)
            self.numbers.append(span.reference)
            glyphs = [self.glyphs[weight][letter] for letter in line]
            width = sum(glyph.width for glyph in glyphs) * size / 1000
            x = left + (right - left - width) / 2 if centred else left + PADDING
            self.drawn += [b"/Span", pydyf.Dictionary({"MCID": number}), b"BDC", b"BT"]
            self.drawn.append(f"1 0 0 -1 {x:.3f} {y:.3f} Tm".encode())
            self.drawn += [*_shown(glyphs, size), b"ET", b"EMC"]
            y += size * LEADING

    def _verticals(self, edges: list[float], top: float, bottom: float) -> None:
        """Draw the vertical rules between two heights."""
        if bottom > top:
            self._rules([(edge, top, edge, bottom) for edge in edges])

    def _rules(self, lines: list[tuple[float, float, float, float]]) -> None:
        drawn = " ".join(f"{x:.3f} {y:.3f} m {right:.3f} {bottom:.3f} l" for x, y, right, bottom in lines)
        self.drawn += [b"/Artifact BMC", f"{drawn} S".encode(), b"EMC"]


def _shown(glyphs: list[_Glyph], size: float) -> Iterator[bytes]:
    """Yield the operators that show the glyphs, grouped by font."""
    at = 0
    while at < len(glyphs):
        end = at
        while end < len(glyphs) and glyphs[end].font == glyphs[at].font:
            end += 1
        codes = "".join(f"{glyph.number:04x}" for glyph in glyphs[at:end])
        yield f"/{glyphs[at].font} {size:g} Tf [<{codes}>] TJ".encode()
        at = end
