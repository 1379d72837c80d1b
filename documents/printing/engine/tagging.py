"""Tags that WeasyPrint does not write: words for options and blanks, heads of table cells, bodies of list items.

It runs when the PDF is complete in memory but not yet written. Boxes and their structure elements are paired by their
order, which is the same because WeasyPrint makes both in one pass over the boxes.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

#: Attributes of HTML elements: words spoken after their text, and words spoken instead of it.
AFTER, INSTEAD = "data-after", "data-instead"


def complete_tags(document: Any, pdf: pydyf.PDF, html: str) -> None:
    """Add the words of `AFTER` and `INSTEAD` to tags and copied text, the headings to each table cell, and adjacent
    content to the body of each list item.

    Identifiers begin with a digest of the HTML, so that those of joined documents differ.
    """
    _complete_bodies(pdf)
    elements = text_elements(pdf)
    for number, page in enumerate(document.pages):
        texts = list(texts_of(page._page_box))
        properties = _marked_content(pdf, number)
        for said, element in _said(texts, elements[pdf.page_references[number]]):
            element["ActualText"] = pydyf.String(said)
            properties[element["K"][0]]["ActualText"] = pydyf.String(said)
    prefix = hashlib.sha256(html.encode()).hexdigest()[:12]
    heads = [head for page in document.pages for table in tables_in(page._page_box) for head in _link_heads(table)]
    names = pydyf.Array()
    for number, head in enumerate(heads):
        # Headings are referred to by the string itself, which is written together with the document.
        head["ID"].string = f"{prefix}-{number:05}"
        names += [head["ID"], head.reference]
    if names:
        tree = pydyf.Dictionary({"Names": names})
        pdf.add_object(tree)
        _root(pdf)["IDTree"] = tree.reference


def _complete_bodies(pdf: pydyf.PDF) -> None:
    """Move the content of a list item outside of label and body into the body, because PDF/UA allows nothing else
    there.
    """
    elements = {found.reference: found for found in dictionaries(pdf) if found.get("Type") == "/StructElem"}
    for item in [found for found in elements.values() if found["S"] == "/LI"]:
        kids, body = pydyf.Array(), None
        for reference in item["K"]:
            kid = elements[reference]
            if kid["S"] in {"/Lbl", "/LBody"}:
                kids.append(reference)
                body = kid if kid["S"] == "/LBody" else body
                continue
            if body is None:
                body = pydyf.Dictionary(
                    {"Type": "/StructElem", "S": "/LBody", "K": pydyf.Array(), "Pg": item["Pg"], "P": item.reference}
                )
                pdf.add_object(body)
                kids.append(body.reference)
            body["K"].append(reference)
            kid["P"] = body.reference
        item["K"] = kids


def _root(pdf: pydyf.PDF) -> Any:
    return next(found for found in dictionaries(pdf) if found.get("Type") == "/StructTreeRoot")


def dictionaries(pdf: pydyf.PDF) -> Iterator[Any]:
    """Yield the dictionaries among the objects."""
    return (found for found in pdf.objects if isinstance(found, pydyf.Dictionary))


def children_of(box: Any) -> Iterator[Any]:
    """Yield the boxes within the box, those of lines without the line."""
    box = box._box if isinstance(box, AbsolutePlaceholder) else box
    for child in getattr(box, "children", ()):
        yield from child.children if isinstance(child, boxes.LineBox) else [child]


def texts_of(box: Any) -> Iterator[Any]:
    """Yield the text boxes in the order of the structure; boxes of links have no separate elements."""
    in_link = str(getattr(box, "element_tag", None)).partition(":")[0] == "a"
    for child in children_of(box):
        if isinstance(child, boxes.TextBox):
            if not in_link:
                yield child
        else:
            yield from texts_of(child)


def text_elements(pdf: pydyf.PDF) -> dict[Any, list[Any]]:
    """Return the elements of texts, which contain marked content themselves, by page."""
    found = defaultdict(list)
    for element in dictionaries(pdf):
        if element.get("S") == "/Span" and element["K"] and isinstance(element["K"][0], int):
            found[element["Pg"]].append(element)
    return found


def _marked_content(pdf: pydyf.PDF, number: int) -> dict[int, Any]:
    """Return the properties of the page's marked content by their number."""
    page = pdf.objects[int(pdf.page_references[number].split()[0])]
    stream = pdf.objects[int(page["Contents"].split()[0])].stream
    return {part["MCID"]: part for part in stream if isinstance(part, pydyf.Dictionary) and "MCID" in part}


def _said(texts: list[Any], elements: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the spoken words of each element that has some, once for a text of several lines."""
    for at, (text, element) in enumerate(zip(texts, elements, strict=True)):
        source = text.element
        following = texts[at + 1].element if at + 1 < len(texts) else None
        if source is None or source is following:
            continue
        if source.get(INSTEAD):
            yield source.get(INSTEAD), element
        elif source.get(AFTER):
            yield text.text + source.get(AFTER), element


@dataclass
class _Cell:
    """A cell in the grid of its table: first and last row and column."""

    box: Any
    in_head: bool
    top: int
    bottom: int
    left: int
    right: int

    @property
    def is_head(self) -> bool:
        return self.box.element_tag == "th"

    @property
    def heads_row(self) -> bool:
        return self.is_head and self.box.element.get("scope") == "row"

    @property
    def tag(self) -> Any:
        return self.box.mark

    def is_above(self, other: _Cell) -> bool:
        return self.bottom < other.top and self.left <= other.right and other.left <= self.right

    def is_left_of(self, other: _Cell) -> bool:
        return self.right < other.left and self.top <= other.bottom and other.top <= self.bottom


def tables_in(box: Any) -> Iterator[Any]:
    """Yield the boxes of the tables within the box."""
    for child in children_of(box):
        if isinstance(child, boxes.TableBox):
            yield child
        yield from tables_in(child)


def _rows(box: Any, *, in_head: bool = False) -> Iterator[tuple[Any, bool]]:
    for child in box.children:
        if isinstance(child, boxes.TableRowBox):
            yield child, in_head
        elif isinstance(child, boxes.TableRowGroupBox):
            yield from _rows(child, in_head=child.element_tag == "thead")


def cells_of(table: Any) -> list[_Cell]:
    """Return the cells of the table row by row, each with its position."""
    taken: set[tuple[int, int]] = set()
    found = []
    for top, (row, in_head) in enumerate(_rows(table)):
        left = 0
        for box in row.children:
            while (top, left) in taken:
                left += 1
            cell = _Cell(box, in_head, top, top + box.rowspan - 1, left, left + box.colspan - 1)
            taken |= {(y, x) for y in range(top, cell.bottom + 1) for x in range(left, cell.right + 1)}
            found.append(cell)
    return found


def _link_heads(table: Any) -> list[Any]:
    """Set the scope of heads and the heads of cells; return the heads' elements."""
    cells = [cell for cell in cells_of(table) if hasattr(cell.box, "mark")]
    heads = [cell for cell in cells if cell.is_head]
    for head in heads:
        head.tag["ID"] = pydyf.String()
        head.tag["A"]["Scope"] = "/Row" if head.heads_row else "/Column"
    for cell in cells:
        cell.tag["A"].pop("Headers", None)
        of_cell = [head.tag["ID"] for head in _heads_of(cell, heads)]
        if of_cell:
            cell.tag["A"]["Headers"] = pydyf.Array(of_cell)
    return [head.tag for head in heads]


def _heads_of(cell: _Cell, heads: list[_Cell]) -> list[_Cell]:
    """Return the headings above the cell, the one to its left, and the one directly above it within the rows."""
    above = [head for head in heads if head.in_head and head.is_above(cell)]
    if cell.is_head:
        return above if cell.in_head else []
    beside = [head for head in heads if head.heads_row and head.is_left_of(cell)]
    nearest = max(beside, key=lambda head: head.right, default=None)
    within = [
        head
        for head in heads
        if not head.in_head and not head.heads_row and head.is_above(cell) and head.bottom == cell.top - 1
    ]
    return [*above, *([nearest] if nearest else []), *within]
