"""Sheets of fixed forms, written with stencils: the layout engine lays out each form once, without values.

`stencils` describes what is kept of a layout. A sheet takes some milliseconds instead of a quarter of a second. Texts,
tags and pictures are the same as those of the layout engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from unicodedata import normalize

import pydyf

from .pictures import Picture, Place
from .slots import FOOT, RULE, Sheet, Value
from .stencils import HEAD, Argument, Holder, Lines, NotFixed, Option, Part, Said, Slot, Stencil, renumbered
from .writing import Document, references

#: Pixels of the layout in a point.
POINT = 1 / 0.75
#: Line height of fields (font sizes), and height of the rule of a field (pixels): `.rule` and `.cell` of paper.css.
LEADING, RULE_HEIGHT = 1.16, 0.8
_BLACK, _WHITE = b"0 0 0 rg", b"1 1 1 rg"
#: End of the dictionary of a page.
_PAGE = b"/Parent %d 0 R/Contents %d 0 R/Resources %d 0 R/StructParents %d>>"


class Filled(NamedTuple):
    """A sheet to be written, with the stencil of its form."""

    stencil: Stencil
    sheet: Sheet
    #: Pictures by the names in the values of the sheet.
    pictures: Mapping[str, Picture]


def check_letters(filled: Filled) -> None:
    """Raise `NotFixed` unless the fonts of the form have all letters of the sheet."""
    stencil, sheet, _pictures = filled
    for slot in _texts(stencil):
        letters = set[str]().union(*(normalize("NFC", line) for line in _value(slot, sheet).lines))
        if not letters <= stencil.glyphs[slot.font].keys():
            raise NotFixed("other letters")


def has_letters(stencil: Stencil, letters: frozenset[str]) -> bool:
    """Return whether the fonts of all its fields have the letters."""
    return all(letters <= stencil.glyphs[slot.font].keys() for slot in _texts(stencil))


def _texts(stencil: Stencil) -> Iterator[Slot]:
    return (slot for page in stencil.sheet.pages for slot in page.content if isinstance(slot, Slot))


def fill(sheets: Sequence[Filled], *, two_sided: bool) -> bytes:
    """Return the sheets as one tagged PDF. Call `check_letters` for each of them first."""
    return _Filling().write(sheets, two_sided=two_sided)


def _value(slot: Slot, sheet: Sheet) -> Value:
    if slot.value >= 0:
        return sheet.values[slot.value]
    return Value((sheet.foot if slot.kind == FOOT else sheet.code,))


class _Filling(Document):
    """A document being written."""

    def __init__(self) -> None:
        super().__init__()
        #: Numbers of shared objects, by stencil.
        self.shared: dict[int, Mapping[int, int]] = {}
        #: Numbers of the pictures that are written.
        self.pictures: dict[bytes, int] = {}

    def write(self, sheets: Sequence[Filled], *, two_sided: bool) -> bytes:
        for at, filled in enumerate(sheets):
            self._sheet(filled, is_last=at == len(sheets) - 1)
        first = sheets[0].stencil
        self._end(first, two_sided=two_sided)
        info = self.objects.add(pydyf.Dictionary(first.info).data)
        return self.objects.written({"Root": self.catalog, "Info": info})

    def _sheet(self, filled: Filled, *, is_last: bool) -> None:
        stencil, sheet, _pictures = filled
        prefix = hashlib.sha256(repr(sheet).encode()).hexdigest()[:12].encode()
        shared = self.shared.get(id(stencil)) or self._share(stencil)
        pages = self._part(stencil.sheet, filled, shared[stencil.resources], prefix)
        if stencil.outline is not None:
            page, place = stencil.outline
            self.outline.append((pydyf.String(sheet.outline).data, b"[%d 0 R %b]" % (pages[page], place)))
        if not is_last and stencil.between.pages:
            self._part(stencil.between, filled, shared[stencil.resources], prefix)

    def _share(self, stencil: Stencil) -> Mapping[int, int]:
        """Add the objects shared by the pages of a stencil; return their numbers."""
        numbers = dict(zip(stencil.shared, self.objects.reserve(len(stencil.shared)), strict=True))
        for number, one in stencil.shared.items():
            self.objects.data[numbers[number]] = one.data if one.is_stream else renumbered(one.data, numbers)
            if one.is_stream:
                self.objects.streams.add(numbers[number])
        self.shared[id(stencil)] = numbers
        return numbers

    def _part(self, part: Part, filled: Filled, resources: int, prefix: bytes) -> list[int]:
        """Add the pages of a part with their elements; return the numbers of the pages."""
        numbers = self.objects.reserve(len(part.elements) + len(part.pages))
        references = [b"%d 0 R" % number for number in numbers]
        page_numbers = numbers[len(part.elements) :]
        drawn: dict[Lines, _Drawn] = {}
        for at, (number, page) in enumerate(zip(page_numbers, part.pages, strict=True)):
            content, following = list[bytes](), len(page.numbers)
            pictures = dict[bytes, int]()
            for piece in page.content:
                if isinstance(piece, bytes):
                    content.append(piece)
                    continue
                if isinstance(piece, Option):
                    content.append(piece.chosen if filled.sheet.values[piece.value].lines else piece.other)
                    continue
                if isinstance(piece, Place):
                    picture = filled.pictures[filled.sheet.values[piece.value].picture]
                    name = b"i%b%d" % (picture.digest, piece.is_smoothed)
                    pictures[name] = self._picture(name, picture, is_smoothed=piece.is_smoothed)
                    content.append(picture.drawn(piece, name))
                    continue
                value, glyphs = _value(piece, filled.sheet), filled.stencil.glyphs[piece.font]
                one = _Drawn(piece, value, glyphs, following, b"%d 0 R" % number)
                drawn[Lines(at, piece.number)] = one
                following += max(0, len(one.numbers) - 1)
                content.append(one.content)
            of_page = self._resources(resources, pictures)
            tail = (self.pages, self.objects.add_content(b"\n".join(content)), of_page, len(self.numbers) + at)
            self.objects.data[number] = page.data[:-2] + _PAGE % tail
            self.kids.append(number)
        self._elements(part, filled.sheet, numbers, references, drawn, prefix)
        for at, page in enumerate(part.pages):
            found = [drawn[one].first if isinstance(one, Lines) else references[one] for one in page.numbers]
            found += [text for lines, one in drawn.items() if lines.page == at for text in one.texts[1:]]
            self.numbers.append(b" ".join(found))
        self.roots += [references[root] for root in part.roots]
        self.heads += [(name.replace(HEAD, prefix), references[at]) for at, name in part.heads]
        return page_numbers

    def _picture(self, name: bytes, picture: Picture, *, is_smoothed: bool) -> int:
        """Add the picture if it is new; return its number."""
        if name not in self.pictures:
            found, mask = picture.objects(is_smoothed=is_smoothed)
            if mask is not None:
                found.extra["SMask"] = b"%d 0 R" % self.objects.add(mask.data, is_stream=True)
            self.pictures[name] = self.objects.add(found.data, is_stream=True)
        return self.pictures[name]

    def _resources(self, shared: int, pictures: Mapping[bytes, int]) -> int:
        """Return the number of the resources of a page, which are shared by the pages without pictures."""
        if not pictures:
            return shared
        named = b"".join(b"/%b %d 0 R" % pair for pair in pictures.items())
        return self.objects.add(self.objects.data[shared].replace(b"/XObject <<>>", b"/XObject <<%b>>" % named, 1))

    def _elements(
        self, part: Part, sheet: Sheet, numbers: Sequence[int], references: Sequence[bytes],
        drawn: Mapping[Lines, _Drawn], prefix: bytes,
    ) -> None:  # fmt: skip
        """Set the data of the structure elements, and add those of the lines."""
        document = b"%d 0 R" % self.document

        def referred(argument: Argument, own: bytes) -> bytes:
            if isinstance(argument, int):
                return references[argument]
            if isinstance(argument, Lines):
                return self._lines(drawn[argument], own)
            if isinstance(argument, Holder):
                return references[argument.element] if drawn[argument.lines].numbers else b""
            if isinstance(argument, Said):
                return argument.said if sheet.values[argument.value].lines else b""
            return document

        for number, own, (template, arguments, is_plain, has_head) in zip(
            numbers, references, part.elements, strict=False
        ):
            if is_plain:
                found = [document if one is None else references[one] for one in arguments]  # type: ignore[index]
            else:
                found = [referred(one, own) for one in arguments]
            data = template % tuple(found)
            self.objects.data[number] = data.replace(HEAD, prefix) if has_head else data

    def _lines(self, drawn: _Drawn, parent: bytes) -> bytes:
        """Add the elements of the lines, with those of the line breaks between them; return their references."""
        kids = list[bytes]()
        for at, number in enumerate(drawn.numbers):
            if at:
                kids.append(self._element(b"NonStruct", parent, drawn.page, b"%d 0 R" % (len(self.objects.data) + 1)))
                self._element(b"NonStruct", kids[-1], drawn.page, b"")
            kids.append(self._element(b"Span", parent, drawn.page, b"%d" % number, drawn.said))
            drawn.texts.append(kids[-1])
        return b" ".join(kids)

    def _element(self, kind: bytes, parent: bytes, page: bytes, kids: bytes, more: bytes = b"") -> bytes:
        data = b"<</Type /StructElem/S /%b/K [%b]/Pg %b/P %b%b>>" % (kind, kids, page, parent, more)
        return b"%d 0 R" % self.objects.add(data)

    def _end(self, first: Stencil, *, two_sided: bool) -> None:
        """Add the objects of the whole document."""
        outline = self.end()
        catalog = {
            "Type": "/Catalog",
            **first.catalog,
            "Pages": references([self.pages]),
            "StructTreeRoot": references([self.structure]),
            "Metadata": references([self.shared[id(first)][first.metadata]]),
        }
        printed = {"Duplex": "/DuplexFlipLongEdge" if two_sided else "/Simplex"}
        catalog["ViewerPreferences"] = pydyf.Dictionary({**first.catalog["ViewerPreferences"], **printed})
        if outline is not None:
            catalog["Outlines"] = references([outline])
        self.objects.data[self.catalog] = pydyf.Dictionary(catalog).data


class _Drawn:
    """The lines of a value in the content of its page."""

    def __init__(
        self, slot: Slot, value: Value, glyphs: Mapping[str, tuple[str, float]], following: int, page: bytes
    ) -> None:
        """Draw the value; its first line has the number of the slot, later lines the following numbers."""
        self.page = page
        lines = [normalize("NFC", line) for line in value.lines]
        self.numbers = [slot.number, *range(following, following + len(lines) - 1)][: len(lines)]
        #: References of the elements of the lines.
        self.texts: list[bytes] = []
        self.said = b"/ActualText " + pydyf.String(value.said).data if value.said else b""
        size = value.size * POINT if slot.value >= 0 else slot.size
        colour = _WHITE if value.said else _BLACK
        drawn = [b"q", slot.state]
        if slot.kind == RULE:
            drawn.append(_ruled(slot, size, len(lines)))
        centred = value.align == "" if slot.kind == RULE else slot.is_centred
        for number, baseline, line in zip(self.numbers, _baselines(slot, value, size), lines, strict=True):
            shown = [glyphs[letter] for letter in line]
            free = slot.right - slot.left - sum(one[1] for one in shown) * size / 1000
            x = slot.left + (free / 2 if centred else 0)
            codes = "".join(code for code, _width in shown).encode()
            parts = (number, self.said, colour, x, baseline, slot.font, size, codes)
            drawn.append(b"/Span <</MCID %d%b>> BDC %b BT 1 0 0 -1 %.6f %.6f Tm /%b %.6f Tf [<%b>] TJ ET EMC" % parts)
        self.content = b"\n".join([*drawn, b"Q"])

    @property
    def first(self) -> bytes:
        """Return the reference of the first line, for the tree of marked content."""
        return self.texts[0] if self.texts else b"null"


def _ruled(slot: Slot, size: float, lines: int) -> bytes:
    """Return the operators of a field's rule, drawn as the layout engine draws the bottom border of a box.

    A plain rectangle would look the same but is anti-aliased differently.
    """
    left, right, width = slot.left, slot.right, slot.right - slot.left
    top = slot.baseline + (LEADING - slot.ascent) * size
    bottom, height = top + RULE_HEIGHT, lines * LEADING * size
    return (
        b"/Artifact BMC q %b %.6f %.6f m %.6f %.6f l %.6f %.6f l %.6f %.6f l W* n %.6f %.6f %.6f %.6f re "
        b"%.6f %.6f %.6f %.6f re f* Q EMC"
    ) % (
        _BLACK, right, bottom, left, bottom, left, top, right, top,
        left, top - height, width, height, left, top - height, width, height + RULE_HEIGHT,
    )  # fmt: skip


def _baselines(slot: Slot, value: Value, size: float) -> list[float]:
    """Return the baselines (pixels) of the lines of the value.

    In a ruled field the last line is on the rule; in a cell the lines are centred vertically.
    """
    count = len(value.lines)
    leading = (value.leading or value.size * LEADING) * POINT
    if slot.value < 0:
        return [slot.baseline] * count
    if slot.kind == RULE:
        return [slot.baseline - (count - 1 - at) * leading for at in range(count)]
    middle = slot.baseline + (LEADING / 2 - slot.ascent) * slot.size
    top = middle - count * leading / 2
    return [top + slot.ascent * size + at * leading for at in range(count)]
