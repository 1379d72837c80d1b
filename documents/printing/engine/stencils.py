"""Layout of a form without values, made once by the layout engine, so that sheets can be filled without it.

A stencil keeps WeasyPrint's result: the content of each page in parts between the fields, the positions of the fields,
the structure elements, and the objects shared by pages (fonts).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pydyf
from weasyprint.formatting_structure import boxes

from .pictures import NotPlaced, Place, pictures_in
from .slots import CODE, FOOT, OPTION, RULE, SLOT
from .tagging import children_of, text_elements, texts_of

_REFERENCE = re.compile(rb"(\d+) 0 R")
_MATRIX = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm")
_FONT = re.compile(rb"/(\S+) (\S+) Tf")
_DESTINATION = re.compile(rb"/Dest \[(\d+) 0 R (/XYZ [^\]]+)\]")
#: Operators that set the graphics state; they stay when a text is replaced.
_STATE = re.compile(rb"\S+ gs|\S+ \S+ \S+ rg")
_SHOWN = re.compile(rb"BT|ET|\[.*\] TJ")
#: Prefix of the identifiers of heads of tables in a stencil; each sheet has its own.
HEAD = b"@head@"


class NotFixed(Exception):
    """Raised if the form has something that cannot be filled here; the layout engine lays out its sheets."""


class Slot(NamedTuple):
    """The place of a value: a field, or a line in the page footer."""

    #: `RULE`, `CELL`, `FOOT` or `CODE`; the index of its value, -1 in the footer.
    kind: str
    value: int
    #: Number of the marked content of its first line.
    number: int
    #: Edges of the field, and the baseline of the placeholder (pixels).
    left: float
    right: float
    baseline: float
    is_centred: bool
    #: Font size of the placeholder (pixels), and its distance from the top of a line to the baseline (font sizes).
    size: float
    ascent: float
    font: bytes
    #: Operators before the text that set the graphics state.
    state: bytes


class Option(NamedTuple):
    """A line of an option: its content if the option is chosen, and if not."""

    value: int
    chosen: bytes
    other: bytes


class Lines(NamedTuple):
    """A reference to the lines of a slot, by its page and marked content."""

    page: int
    number: int


class Holder(NamedTuple):
    """A reference to the element of a field, which exists only if the field has lines."""

    element: int
    lines: Lines


class Said(NamedTuple):
    """Words spoken instead of an option if it is chosen."""

    value: int
    said: bytes


#: Targets of an object's references: an object of its part by index, a slot, an option, or (None) the document.
Argument = int | Lines | Holder | Said | None


class Data(NamedTuple):
    """Bytes of an object as a template, with its references."""

    template: bytes
    arguments: Sequence[Argument]
    #: Whether all references are to the document and objects of its part; whether it has an identifier of a heading.
    is_plain: bool
    has_head: bool


class Page(NamedTuple):
    """A page: its content in parts with the slots between them, and its elements by marked content."""

    data: bytes
    content: Sequence[bytes | Slot | Option | Place]
    numbers: Sequence[int | Lines]


class Part(NamedTuple):
    """Pages with their structure elements; indexes count the elements, then the pages."""

    pages: Sequence[Page]
    elements: Sequence[Data]
    #: Indexes of the elements directly below the document.
    roots: Sequence[int]
    #: Indexes of the table headings, with their identifiers.
    heads: Sequence[tuple[int, bytes]]


class Shared(NamedTuple):
    """An object shared by pages; `data` of a stream has no references."""

    data: bytes
    is_stream: bool


class Stencil(NamedTuple):
    """A form that was laid out once; `filling` writes sheets with it."""

    sheet: Part
    #: The empty page before the next sheet, if the form has an odd number of pages.
    between: Part
    shared: Mapping[int, Shared]
    #: Numbers of the shared objects referred to by pages and the document.
    resources: int
    metadata: int
    catalog: Mapping[str, Any]
    info: Mapping[str, Any]
    #: Page and place (points) of its entry in the outline.
    outline: tuple[int, bytes] | None
    #: Glyph and width (thousandths of the font size) of each letter, by font.
    glyphs: Mapping[bytes, Mapping[str, tuple[str, float]]]


def stencil_of(document: Any, pdf: pydyf.PDF, prefix: bytes, count: int) -> Stencil:
    """Return the stencil of a form with `count` values, laid out with another sheet after it (`slots.with_letters`).

    `prefix` is that of identifiers in the layout. Raises `NotFixed`.
    """
    return _Harvest(document, pdf, prefix).stencil(count)


class _Found(NamedTuple):
    """A slot with its operators in the content of its page, and the element of its text."""

    slot: Slot | Option | Place
    begin: int
    end: int
    #: None for a picture.
    text: Any


class _Harvest:
    """The layout of a form from which its stencil is taken."""

    def __init__(self, document: Any, pdf: pydyf.PDF, prefix: bytes) -> None:
        self.document, self.pdf, self.prefix = document, pdf, prefix
        self.objects: dict[bytes, Any] = {found.reference: found for found in pdf.objects[1:]}
        self.texts = text_elements(pdf)
        root = self.objects[pdf.catalog["StructTreeRoot"]]
        self.structure = self.objects[root["K"][0]]
        numbers = self.objects[root["ParentTree"]]["Nums"]
        self.numbers = dict(zip(numbers[::2], numbers[1::2], strict=True))

    def stencil(self, count: int) -> Stencil:
        *pages, _letters = range(len(self.document.pages))
        last = [page for page in pages[-1:] if self._is_empty(page) and len(pages) > 1]
        pages = pages[: len(pages) - len(last)]
        slots = {page: self._slots(page) for page in [*pages, *last]}
        shown = [one.slot for page in pages for one in slots[page] if one.slot.value >= 0]
        options = {one.value for one in shown if isinstance(one, Option)}
        if sorted([*options, *(one.value for one in shown if not isinstance(one, Option))]) != list(range(count)):
            raise NotFixed("a value is not shown once")
        resources = self.objects[self._page(0)["Resources"]]
        if resources["XObject"] or any("Annots" in self._page(page) for page in pages):
            raise NotFixed("other pictures, or links")
        metadata = self.objects[self.pdf.catalog["Metadata"]]
        return Stencil(
            self._part({page: slots[page] for page in pages}),
            self._part({page: slots[page] for page in last}),
            self._shared([resources, metadata]),
            resources.number,
            metadata.number,
            {name: self.pdf.catalog[name] for name in ("Lang", "ViewerPreferences", "MarkInfo")},
            dict(self.pdf.info),
            self._outline(),
            self._glyphs(),
        )

    def _page(self, page: int) -> Any:
        return self.objects[self.pdf.page_references[page]]

    def _is_empty(self, page: int) -> bool:
        return all(text.element is None for text in texts_of(self.document.pages[page]._page_box))

    def _slots(self, page: int) -> list[_Found]:
        """Return the slots of a page in the order of its content."""
        whole = self.document.pages[page]._page_box
        fields = {box.element.get(SLOT): box for box in _fields(whole)}
        stream = self.objects[self._page(page)["Contents"]].stream
        found = []
        for text, element in zip(texts_of(whole), self.texts[self.pdf.page_references[page]], strict=True):
            name = text.text if text.element is None else text.element.get(SLOT)
            if text.element is None and name not in {FOOT, CODE}:
                raise NotFixed("another line at the foot")
            if name and name.startswith(OPTION):
                found.append(_option(name, element, stream))
            elif name:
                found.append(_slot(name, text, element, fields.get(name), stream))
        try:
            pictures = pictures_in(whole, stream)
        except NotPlaced as error:
            raise NotFixed("another picture") from error
        for one in pictures:
            found.append(_Found(one.place, one.begin, one.end, None))
            # Every sheet has its own picture instead of the form's.
            self.objects[self._page(page)["Resources"]]["XObject"].pop(one.name, None)
        return sorted(found, key=lambda one: one.begin)

    def _part(self, slots: Mapping[int, list[_Found]]) -> Part:
        """Return the pages with their elements."""
        references = {self.pdf.page_references[page]: at for at, page in enumerate(slots)}
        found = [(at, one) for at, of_page in enumerate(slots.values()) for one in of_page]
        texts = {one.text.reference: Lines(at, one.slot.number) for at, one in found if isinstance(one.slot, Slot)}
        options = {one.text.reference: one.slot.value for _at, one in found if isinstance(one.slot, Option)}
        top = [one for one in self.structure["K"] if self.objects[one].get("Pg") in references]
        elements = [one for root in top for one in self._below(root) if one not in texts]
        indexes = {one: at for at, one in enumerate([*elements, *references])}
        fields = {self.objects[one]["P"]: lines for one, lines in texts.items() if self._is_field(one)}
        heads = [(indexes[one], self.objects[one]) for one in elements if "ID" in self.objects[one]]
        return Part(
            [self._content(page, found, indexes, texts) for page, found in slots.items()],
            [self._data(one, indexes, texts, fields, options) for one in elements],
            [indexes[one] for one in top],
            [(at, head["ID"].data.replace(self.prefix, HEAD)) for at, head in heads],
        )

    def _below(self, reference: bytes) -> Iterator[bytes]:
        """Yield the element and all its descendants."""
        yield reference
        for kid in self.objects[reference]["K"]:
            if not isinstance(kid, int):
                yield from self._below(kid)

    def _is_field(self, text: bytes) -> bool:
        """Return whether the element of a text is in a table cell, which has no element for an empty field."""
        field = self.objects[self.objects[text]["P"]]
        return field["S"] == "/Span" and self.objects[field["P"]]["S"] in {"/TD", "/TH"} and len(field["K"]) == 1

    def _data(
        self, reference: bytes, indexes: Mapping[bytes, int], texts: Mapping[bytes, Lines],
        fields: Mapping[bytes, Lines], options: Mapping[bytes, int],
    ) -> Data:  # fmt: skip
        element = self.objects[reference]
        said = element.pop("ActualText", None) if reference in options else None
        arguments: list[Argument] = []

        def take(found: re.Match[bytes]) -> bytes:
            target = found[0]
            if target in texts:
                arguments.append(texts[target])
            elif target in fields and element["P"] != target:
                arguments.append(Holder(indexes[target], fields[target]))
            else:
                # The document is the only element outside of the part.
                arguments.append(indexes.get(target))
            return b"%b"

        data = _REFERENCE.sub(take, element.data.replace(b"%", b"%%").replace(self.prefix, HEAD))
        if said is not None:
            arguments.append(Said(options[reference], b"/ActualText " + said.data))
            data = data[:-2] + b"%b>>"
        is_plain = all(one is None or isinstance(one, int) for one in arguments)
        return Data(data, arguments, is_plain, HEAD in data)

    def _content(
        self, page: int, found: list[_Found], indexes: Mapping[bytes, int], texts: Mapping[bytes, Lines]
    ) -> Page:
        dictionary = self._page(page)
        stream = self.objects[dictionary["Contents"]].stream
        content: list[bytes | Slot | Option | Place] = []
        at = 0
        for one in found:
            content += [_joined(stream[at : one.begin]), one.slot]
            at = one.end + 1
        content.append(_joined(stream[at:]))
        kept = {name: dictionary[name] for name in ("Type", "MediaBox", "Tabs", "TrimBox", "BleedBox")}
        numbers = [texts[one] if one in texts else indexes[one] for one in self.numbers[dictionary["StructParents"]]]
        return Page(pydyf.Dictionary(kept).data, content, numbers)

    def _shared(self, wanted: list[Any]) -> dict[int, Shared]:
        """Return the objects and everything they refer to."""
        found: dict[int, Shared] = {}
        while wanted:
            one = wanted.pop()
            if one.number in found:
                continue
            is_stream = isinstance(one, pydyf.Stream)
            found[one.number] = Shared(one.data, is_stream)
            if not is_stream:
                wanted += [self.objects[reference[0]] for reference in _REFERENCE.finditer(one.data)]
        return found

    def _outline(self) -> tuple[int, bytes] | None:
        if "Outlines" not in self.pdf.catalog:
            return None
        outlines = self.objects[self.pdf.catalog["Outlines"]]
        entry = self.objects[outlines["First"]]
        place = _DESTINATION.search(entry.data)
        if outlines["Count"] != 1 or place is None:
            raise NotFixed("several entries in the outline")
        return self.pdf.page_references.index(place[1] + b" 0 R"), place[2]

    def _glyphs(self) -> dict[bytes, dict[str, tuple[str, float]]]:
        found: dict[bytes, dict[str, tuple[str, float]]] = {}
        for font in self.document.fonts.values():
            of_font = found.setdefault(font.hash.encode(), {})
            of_font |= {text: (f"{number:04x}", font.widths[number]) for number, text in font.to_unicode.items()}
        return found


def _fields(box: Any) -> Iterator[Any]:
    """Yield the boxes of fields within the box."""
    for child in children_of(box):
        is_box = isinstance(child, (boxes.InlineBlockBox, boxes.BlockBox))
        if is_box and child.element is not None and child.element.get(SLOT):
            yield child
        yield from _fields(child)


def _option(name: str, element: Any, stream: Sequence[Any]) -> _Found:
    """Return the option of a text and its operators; those between «q» and «Q» draw the line below it."""
    begin, end = _marked(stream, element["K"][0])
    tag, properties, *rest = stream[begin : end + 1]
    plain = pydyf.Dictionary({"MCID": properties["MCID"]})
    without = rest
    if b"q" in rest:
        without = [*rest[: rest.index(b"q")], *rest[rest.index(b"Q") + 1 :]]
    value = int(name.partition(" ")[2])
    return _Found(
        Option(value, _joined([tag, properties, *rest]), _joined([tag, plain, *without])), begin, end, element
    )


def _marked(stream: Sequence[Any], number: int) -> tuple[int, int]:
    """Return the start and end of the marked content with the number."""
    marks = ((at, part) for at, part in enumerate(stream) if isinstance(part, pydyf.Dictionary))
    properties = next(at for at, part in marks if part.get("MCID") == number)
    return properties - 1, stream.index(b"EMC", properties)


def _slot(name: str, text: Any, element: Any, box: Any, stream: Sequence[Any]) -> _Found:
    """Return the slot of a text and its operators. Raises `NotFixed`."""
    number = element["K"][0]
    begin, end = _marked(stream, number)
    state: list[bytes] = []
    x, baseline, size, font = b"0", b"0", b"0", b""
    for part in stream[begin + 3 : end]:
        if found := _MATRIX.fullmatch(part):
            x, baseline = found.groups()
        elif found := _FONT.fullmatch(part):
            font, size = found.groups()
        elif _STATE.fullmatch(part):
            state.append(part)
        elif not _SHOWN.fullmatch(part):
            raise NotFixed("another operator")
    kind, _, value = name.partition(" ")
    left = float(x) if box is None else box.content_box_x()
    right = left if box is None else left + box.width
    is_centred = box is not None and (kind == RULE or box.style["text_align_all"] == "center")
    ascent = text.baseline / text.style["font_size"]
    slot = Slot(
        kind, int(value or -1), number, left, right, float(baseline), is_centred, float(size), ascent, font,
        _joined(state),
    )  # fmt: skip
    return _Found(slot, begin, end, element)


def renumbered(data: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return the bytes of an object with the new numbers of the objects that it refers to."""
    return _REFERENCE.sub(lambda found: b"%d 0 R" % numbers[int(found[1])], data)


def _joined(parts: Sequence[Any]) -> bytes:
    """Return operators of a content stream as bytes."""
    found = (part.encode() if isinstance(part, str) else getattr(part, "data", part) for part in parts)
    return b"\n".join(found)
