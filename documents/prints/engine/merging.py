"""Joins PDFs of the layout engine without losing their tags: a plain merge drops the structure that screen readers go by.

Objects are copied as the engine wrote them, with other numbers: 300 of each sheet, for its tags. A library that reads and
rebuilds every one of them took a tenth of the time of the whole print, and ten times the memory.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable

import pydyf

_STREAM = re.compile(rb"(\d+) 0 obj\n(<<[^\n]*>>)\nstream\n")
_AFTER_STREAM = len(b"\nendstream\nendobj\n")
#: A text in parentheses, where everything may stand, or else a reference.
_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|\b(\d+) 0 R\b", re.DOTALL)
#: A key of the structure and what it leads to: the elements of a page, or the one of an annotation.
_KEYED = re.compile(rb"(\d+) (\[[^]]*\]|\d+ 0 R)")
_KEY = re.compile(rb"(/StructParents? )(\d+)")


def merge(parts: Iterable[bytes], *, leaves: bool = False) -> bytes:
    """One tagged document of the tagged parts; the first part's title, language and metadata stand for all.

    With `leaves` every part begins on the front of a sheet of paper. A single part stays as it is. Raises `ValueError`
    without a part, or for a PDF that another program has written.
    """
    joined, count, part = _Joined(), 0, b""
    for count, part in enumerate(parts, start=1):  # noqa: B007 - the last one and how many there were
        joined.add(_Part(part), leaves=leaves)
    return part if count == 1 else joined.written()


class _Part:
    """The objects of a PDF by their numbers, and which of them are those that a document has once."""

    def __init__(self, data: bytes) -> None:
        self.objects: dict[int, _Copy] = {}
        at, trailer = data.index(b"\n", data.index(b"\n") + 1) + 1, b""
        while not trailer:
            found = _STREAM.match(data, at)
            if found is None:
                raise ValueError("not a PDF of the layout engine")
            head, length = found[2], _number(found[2], b"/Length ")
            stream = data[found.end() : found.end() + length]
            at = found.end() + length + _AFTER_STREAM
            if b"/Type /ObjStm" in head:
                self._unpack(zlib.decompress(stream), _number(head, b"/First "))
            elif b"/Type /XRef" in head:
                trailer = head
            else:
                self.objects[int(found[1])] = _Copy(head, stream)
        self.info = _number(trailer, b"/Info ")
        self.catalog = _number(trailer, b"/Root ")
        catalog = self.objects[self.catalog].head
        self.metadata, self.pages = _number(catalog, b"/Metadata "), _number(catalog, b"/Pages ")
        self.page_numbers = _references(self.objects[self.pages].head, b"/Kids ")
        self.structure = _number(catalog, b"/StructTreeRoot ")
        structure = self.objects[self.structure].head
        self.tree, (self.document,) = _number(structure, b"/ParentTree "), _references(structure, b"/K ")

    def _unpack(self, packed: bytes, first: int) -> None:
        places = [int(number) for number in packed[:first].split()]
        ends = [*places[3::2], len(packed) - first]
        for number, start, end in zip(places[::2], places[1::2], ends, strict=True):
            self.objects[number] = _Copy(packed[first + start : first + end].rstrip(b"\n"))


class _Copy(pydyf.Object):
    """An object as it stood in its part."""

    def __init__(self, head: bytes, stream: bytes | None = None) -> None:
        super().__init__()
        self.head = head
        self._stream = stream

    @property
    def data(self) -> bytes:
        return self.head if self._stream is None else b"\n".join((self.head, b"stream", self._stream, b"endstream"))

    @property
    def compressible(self) -> bool:
        return self._stream is None

    def refer(self, numbers: dict[int, int]) -> None:
        """Refer to the objects by their new numbers."""
        self.head = _REFERENCE.sub(lambda m: b"%d 0 R" % numbers[int(m[1])] if m[1] else m[0], self.head)

    def move_key(self, offset: int) -> None:
        """Move the object's key in the structure behind those already there."""
        if b"/StructParent" in self.head:
            self.head = _KEY.sub(lambda m: b"%s%d" % (m[1], int(m[2]) + offset), self.head)


class _Joined:
    """The document that the parts are added to."""

    def __init__(self) -> None:
        self._pdf = pydyf.PDF()
        self._keys, self._elements = pydyf.Array(), pydyf.Array()
        self._tree = pydyf.Dictionary({"Nums": self._keys})
        self._document = pydyf.Dictionary({"Type": "/StructElem", "S": "/Document", "K": self._elements})
        self._structure = pydyf.Dictionary({"Type": "/StructTreeRoot"})
        for made in (self._tree, self._document, self._structure):
            self._pdf.add_object(made)
        self._structure |= {"ParentTree": self._tree.reference, "K": pydyf.Array([self._document.reference])}
        self._document["P"] = self._structure.reference
        self._next_key = 0

    def add(self, part: _Part, *, leaves: bool) -> None:
        """Add the pages of the part with their structure."""
        if leaves and self._pdf.pages["Count"] % 2:
            self._add_empty_page(part)
        first = self._next_key == 0
        once = {part.pages: self._pdf.pages, part.tree: self._tree, part.document: self._document}
        once |= {part.structure: self._structure, part.catalog: self._pdf.catalog}
        left = {*once, part.info} if first else {*once, part.info, part.metadata}
        copied = [number for number in part.objects if number not in left]
        numbers = {number: made.number for number, made in once.items()}
        numbers |= {number: place for place, number in enumerate(copied, start=len(self._pdf.objects))}
        for number in copied:
            copy = part.objects[number]
            copy.refer(numbers)
            copy.move_key(self._next_key)
            (self._pdf.add_page if number in part.page_numbers else self._pdf.add_object)(copy)
        self._add_structure(part, numbers)
        if first:
            self._take_over(part, numbers)

    def _add_structure(self, part: _Part, numbers: dict[int, int]) -> None:
        tree, document = part.objects[part.tree], part.objects[part.document]
        for own in (tree, document):
            own.refer(numbers)
        keyed = [(int(key) + self._next_key, value) for key, value in _KEYED.findall(tree.head)]
        self._keys.extend(item for pair in keyed for item in pair)
        self._elements.extend(b"%d 0 R" % number for number in _references(document.head, b"/K "))
        self._next_key = keyed[-1][0] + 1

    def _take_over(self, part: _Part, numbers: dict[int, int]) -> None:
        """The title, the language and what else a document says of itself."""
        catalog = part.objects[part.catalog]
        catalog.refer(numbers)
        catalog.number = self._pdf.catalog.number
        self._pdf.objects[catalog.number] = self._pdf.catalog = catalog
        self._pdf.info = part.objects[part.info]

    def _add_empty_page(self, part: _Part) -> None:
        """The back of a leaf that nothing is printed on."""
        size = _array(part.objects[part.page_numbers[0]].head, b"/MediaBox ")
        page = {"Type": "/Page", "Parent": self._pdf.pages.reference, "MediaBox": size, "Resources": pydyf.Dictionary()}
        self._pdf.add_page(pydyf.Dictionary(page))

    def written(self) -> bytes:
        """The whole as a PDF."""
        if not self._next_key:
            raise ValueError("nothing to merge")
        result = io.BytesIO()
        self._pdf.write(result, compress=True)
        return result.getvalue()


def _after(head: bytes, key: bytes, value: bytes) -> bytes:
    """The value of that pattern after the key. Raises `ValueError` where there is none."""
    found = re.search(re.escape(key) + value, head)
    if found is None:
        raise ValueError("not a PDF of the layout engine")
    return found[0].removeprefix(key)


def _number(head: bytes, key: bytes) -> int:
    return int(_after(head, key, rb"\d+"))


def _array(head: bytes, key: bytes) -> bytes:
    return _after(head, key, rb"\[[^]]*\]")


def _references(head: bytes, key: bytes) -> list[int]:
    """The numbers of the objects that the array names."""
    return [int(number) for number in re.findall(rb"(\d+) 0 R", _array(head, key))]
