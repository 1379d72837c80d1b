"""Sheets of papers as blocks with pieces of text, which are written into Word files.

Unknown elements and classes are read as plain paragraphs, so no text of the PDF is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import html as lxml_html

from ..fitting import text_width

#: Sizes of the letters of a paper, and of captions (points).
SIZE, SMALL = 11.0, 8.0
_WIDTH = re.compile(r"width:([\d.]+)mm")
_SPACES = re.compile(r"[ \t\r\n\f]+")
#: Characters that only the layout of the PDF needs: possible line ends.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u00ad\u2060"))
#: Widths of an underscore and of a space in this font (mm).
_UNDERSCORE, _SPACE = (share * SIZE * 25.4 / 72 for share in (0.5, 0.25))
#: Heights of lines (mm) by class, as in the style sheets; other lines are single-spaced.
_HEIGHTS = {"addressee": 6.0, "statement": 6.8}
#: Elements that start a block; all others are text within a block.
_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "ul", "ol", "li", "table", "section", "article", "dl", "dt", "dd"})


@dataclass(frozen=True)
class Piece:
    """A piece of text with one format; `\\n` is a line break, `\\t` a tab."""

    text: str
    bold: bool = False
    italic: bool = False
    underlined: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph: its pieces, its position, and whether it is kept with the next one on a page."""

    pieces: list[Piece] = field(default_factory=list)
    align: str = "left"
    #: Indent of the block and of its first line (mm), font size (points).
    indent: float = 0
    first: float = 0
    size: float = SIZE
    #: Space before and after it (mm), whether there is a dashed line above it, and tab stops (mm).
    before: float = 0
    after: float = 0
    cut: bool = False
    #: Height of its lines (mm); 0 for single spacing.
    height: float = 0
    stops: tuple[float, ...] = ()
    together: bool = False

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Table:
    """A table of blocks, row by row; None for cells covered by a merged cell."""

    rows: list[list[list[Block] | None]]
    #: Row and column of a merged cell → number of rows and columns that it covers.
    spans: dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a paper: its blocks, and the lines of its footer."""

    blocks: list[Block | Table]
    foot: list[str]


def sheets_in(html: str) -> list[Sheet]:
    """Return the sheets of the document."""
    body = lxml_html.document_fromstring(html).find("body")
    found = []
    for article in body.iter("article"):
        foot = [article.get("data-code", "")]
        foot = [element.get("data-foot") for element in article.iter() if element.get("data-foot")] + foot
        found.append(Sheet(list(_blocks(article, Block())), [line for line in foot if line]))
    return found


def _blocks(element: Any, around: Block) -> Iterator[Block | Table]:
    """Yield the blocks within an element; text next to blocks becomes separate blocks."""
    waiting: list[Piece] = [*_plain(element.text, Piece(""))]
    for child in element:
        if child.tag in _BLOCKS:
            yield from _kept(waiting, around)
            waiting = []
            yield from _block(child, around)
        else:
            waiting += _pieces(child, Piece(""))
        waiting += _plain(child.tail, Piece(""))
    yield from _kept(waiting, around)


def _block(element: Any, around: Block) -> Iterator[Block | Table]:
    classes = set((element.get("class") or "").split())
    inner = _looks(element, classes, around)
    if element.tag == "table":
        yield _table(element, inner)
    elif "captions" in classes:
        yield _captions(element, inner)
    elif element.tag in {"ul", "ol"}:
        yield from _items(element, inner)
    elif any(child.tag in _BLOCKS for child in element):
        blocks = list(_blocks(element, replace(inner, before=0)))
        # The space belongs to the whole element, which may have to be kept together on a page.
        for number, block in enumerate(blocks):
            whole = bool(classes & {"whole", "signatures", "receipt", "decision"}) and number + 1 < len(blocks)
            if isinstance(block, Block):
                before = inner.before if number == 0 and inner.before else block.before
                cut = block.cut or (number == 0 and "decision" in classes)
                yield replace(block, before=before, cut=cut, together=block.together or whole)
            else:
                yield block
    else:
        bold = element.tag in {"h1", "h2", "h3"}
        pieces = _inside(element, Piece("", bold=bold, italic="again" in classes))
        yield from _kept(pieces, inner)


def _looks(element: Any, classes: set[str], around: Block) -> Block:
    """Return a block without text, with the position and format of the element."""
    block = replace(around, pieces=[])
    if "addressee" in classes or "to" in classes:
        block = replace(block, indent=82)
    if "appendix" in classes:
        block = replace(block, align="right")
    if classes & {"centre", "status", "dear", "again", "letterhead"} or element.tag == "h1":
        block = replace(block, align="centre")
    block = replace(block, height=next((_HEIGHTS[name] for name in _HEIGHTS if name in classes), block.height))
    if "caption" in classes:
        block = replace(block, align="centre", size=SMALL, height=0)
    if classes & {"statement", "clause"}:
        block = replace(block, align="justify")
    if element.tag == "h1":
        block = replace(block, size=13.0, before=8, after=4, together=True)
    if element.tag in {"h2", "h3"}:
        block = replace(block, before=2, together=True)
    if classes & {"signature", "signatures", "receipt", "decision", "outgoing"}:
        block = replace(block, before=8)
    if classes & {"signing", "sign", "seal"}:
        block = replace(block, before=4)
    return block


def _items(element: Any, around: Block) -> Iterator[Block | Table]:
    for number, item in enumerate((child for child in element if child.tag == "li"), 1):
        mark = f"{number}. " if element.tag == "ol" else "– "
        blocks = list(_blocks(item, replace(around, indent=around.indent + 5, before=0)))
        for position, block in enumerate(blocks):
            if position == 0 and isinstance(block, Block):
                yield replace(block, pieces=[Piece(mark), *block.pieces], first=-5)
            else:
                yield block


def _captions(element: Any, around: Block) -> Block:
    """Return the captions under rules as one line with centred tab stops."""
    pieces, stops, left = [], [], 0.0
    for span in element.iter("span"):
        width = _width(span)
        stops.append(left + width / 2)
        pieces.append(Piece("\t" + _said("".join(span.itertext()))))
        left += width
    return replace(around, pieces=pieces, size=SMALL, height=0, stops=tuple(stops))


def _table(element: Any, around: Block) -> Table:
    rows: list[list[list[Block] | None]] = []
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for top, row in enumerate(element.iter("tr")):
        cells: list[list[Block] | None] = []
        for cell in row:
            if cell.tag not in {"td", "th"}:
                continue
            while (top, len(cells)) in covered:
                cells.append(None)
            left = len(cells)
            height, width = int(cell.get("rowspan", 1)), int(cell.get("colspan", 1))
            if (height, width) != (1, 1):
                spans[top, left] = (height, width)
                covered |= {(top + y, left + x) for y in range(height) for x in range(width)}
            inner = replace(around, size=SIZE - 1, align="centre" if cell.tag == "th" else "left")
            cells.append([block for block in _blocks(cell, inner) if isinstance(block, Block)])
            cells += [None] * (width - 1)
        while (top, len(cells)) in covered:
            cells.append(None)
        rows.append(cells)
    return Table(rows, spans)


def _kept(pieces: list[Piece], around: Block) -> Iterator[Block]:
    """Yield the block with normalised spaces, unless it is empty."""
    joined: list[Piece] = []
    for piece in pieces:
        text = piece.text
        if not joined or joined[-1].text.endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text.startswith("\n") and joined:
            joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip(" "))
        if text:
            joined.append(replace(piece, text=text))
    while joined and not joined[-1].text.strip(" \n"):
        joined.pop()
    if joined:
        joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip(" \n"))
        yield replace(around, pieces=joined)


def _inside(element: Any, look: Piece) -> list[Piece]:
    pieces = [*_plain(element.text, look)]
    for child in element:
        pieces += _pieces(child, look)
        pieces += _plain(child.tail, look)
    return pieces


def _pieces(element: Any, look: Piece) -> list[Piece]:
    """Return the pieces of an element within a line; comments have none."""
    if not isinstance(element.tag, str) or element.tag in {"img", "svg", "style"}:
        return []
    classes = set((element.get("class") or "").split())
    if element.tag == "br":
        return _line_break(element)
    if "rule" in classes:
        return _rule(element, classes, look)
    if element.tag in {"b", "strong"}:
        look = replace(look, bold=True)
    if element.tag in {"i", "em"}:
        look = replace(look, italic=True)
    if element.tag == "u" and element.get("class") != "off":
        look = replace(look, underlined=True)
    if "caption" in classes:
        return [Piece(" "), *_inside(element, look)]
    return _inside(element, look)


def _line_break(element: Any) -> list[Piece]:
    """Return a line break, or an empty list between the lines of one field, because Word breaks its lines itself."""
    after = element.getnext()
    before = element.getprevious()
    rules = [one is not None and "rule" in (one.get("class") or "").split() for one in (before, after)]
    of_field = all(rules) and not (element.tail or "").strip() and after is not None and "".join(after.itertext())
    return [Piece(" " if of_field else "\n")]


def _rule(element: Any, classes: set[str], look: Piece) -> list[Piece]:
    """Return the text of a rule, underlined and centred, or underscores of the same width for an empty rule.

    The lines of one field are not padded with spaces, because Word breaks them itself.
    """
    text = "" if "blank" in classes else _said(" ".join(element.itertext()))
    if not text:
        return [replace(look, text="_" * max(1, int(_width(element) / _UNDERSCORE)))]
    left = 0.0 if _continues(element) else _width(element) - text_width(text, SIZE)
    around = "\u00a0" * max(0, int(left / 2 / _SPACE))
    return [replace(look, text=f"{around}{text}{around}", underlined=True)]


def _continues(element: Any) -> bool:
    """Return whether the rule is one of several filled lines of a field."""
    return any(
        near is not None and near.tag == "br" and _line_break(near)[0].text == " "
        for near in (element.getprevious(), element.getnext())
    )


def _plain(text: str | None, look: Piece) -> list[Piece]:
    said = _SPACES.sub(" ", text or "").translate(_UNSEEN)
    return [replace(look, text=said)] if said else []


def _said(text: str) -> str:
    return _SPACES.sub(" ", text).translate(_UNSEEN).strip(" ")


def _width(element: Any) -> float:
    found = _WIDTH.search(element.get("style") or "")
    return float(found[1]) if found else 0.0
