"""Joining PDFs written by `filling`, object by object.

qpdf would need more time and memory for joining than everything else takes, because it parses thousands of elements.
Here numbers are replaced in bytes. `merging` joins all other PDFs.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from .objects import HEADER
from .writing import Document

#: A reference to an object, or a string, in which nothing is a reference.
_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|(\d+) 0 R", re.DOTALL)
_NUMBERS = re.compile(rb"(\d+) \[([^\[\]]*)\]")
_NAMES = re.compile(rb"(\([^)]*\)) *(\d+) 0 R")
_TITLE, _PLACE = b"<</Title ", b"/Dest "
_PARENTS = re.compile(rb"/StructParents (\d+)>>$")
_PAGE = b"<</Type /Page/"


def join_filled(parts: Iterable[bytes], *, leaves: bool) -> Iterator[bytes]:
    """Yield one document instead of the first ones if `filling` has written them, then the others."""
    rest = iter(parts)
    first = next(rest, None)
    if first is None:
        return
    joined: _Joined | None = None
    for part in rest:
        if not (first.startswith(HEADER) and part.startswith(HEADER)):
            yield joined.written() if joined is not None else first
            yield from chain((part,), rest)
            return
        if joined is None:
            joined = _Joined(leaves=leaves)
            joined.add(_read(first))
        joined.add(_read(part))
    yield joined.written() if joined is not None else first


class _Part(NamedTuple):
    """The objects of a document by number, the numbers of its streams, and that of its properties."""

    objects: Mapping[int, bytes]
    streams: set[int]
    info: int


def _read(pdf: bytes) -> _Part:
    """Read a document in the format of `Objects`."""
    at = int(pdf[pdf.rindex(b"startxref\n") + 10 :].split(b"\n", 1)[0])
    head, table = _unpacked(pdf[at:])
    entries = [
        (row[0], int.from_bytes(row[1:5]), int.from_bytes(row[5:8]))
        for row in (table[begin : begin + 8] for begin in range(0, len(table), 8))
    ]
    starts = sorted([first for kind, first, _second in entries if kind == 1])
    ends = dict(zip(starts, [*starts[1:], len(pdf)], strict=True))
    packed = next(first for kind, first, _second in entries if kind == 2)
    objects, streams = dict[int, bytes](), set[int]()
    for number, (kind, first, _second) in enumerate(entries):
        if kind == 1 and number < packed:
            whole = pdf[first : ends[first]]
            objects[number] = whole[whole.index(b"\n") + 1 : whole.rindex(b"\nendobj")]
            streams.add(number)
    extra, body = _unpacked(pdf[entries[packed][1] :])
    begin = int(extra[extra.index(b"/First ") + 7 :].split(b"/")[0].split(b">")[0])
    places = [int(one) for one in body[:begin].split()]
    for number, place, following in zip(places[::2], places[1::2], [*places[3::2], len(body) - begin + 1], strict=True):
        objects[number] = body[begin + place : begin + following - 1]
    return _Part(objects, streams, int(head[head.index(b"/Info ") + 6 :].split()[0]))


def _unpacked(part: bytes) -> tuple[bytes, bytes]:
    """Return the dictionary of the stream at the start, and its data."""
    begin = part.index(b"\nstream\n")
    length = int(part[part.index(b"/Length ") + 8 : begin].rstrip(b">"))
    return part[:begin], zlib.decompress(part[begin + 8 : begin + 8 + length])


class _Joined(Document):
    """A document to which others are added."""

    def __init__(self, *, leaves: bool) -> None:
        super().__init__()
        self.leaves = leaves
        #: Numbers of streams by their data: fonts and pictures are the same in many parts.
        self.known: dict[bytes, int] = {}
        self.names = set[bytes]()
        self.catalogue, self.info = b"", 0

    def add(self, part: _Part) -> None:
        """Add the pages of a document and everything that belongs to them."""
        if self.leaves and len(self.kids) % 2:
            self._add_blank()
        own = {self.pages, self.catalog, self.document, self.structure, self.tree}
        names = _referred(part.objects[self.structure], b"/IDTree ")
        outline = _referred(part.objects[self.catalog], b"/Outlines ")
        entries = list[int]()
        if outline:
            first, last = (_referred(part.objects[outline], key) for key in (b"/First ", b"/Last "))
            entries = list(range(first, last + 1))
        left_out = {*own, names, outline, *entries, *({part.info} if self.info else ())}
        numbers = {number: number for number in own}
        plain = [number for number in part.objects if number not in left_out and number not in part.streams]
        # Objects that refer to others come last, such as a picture with a mask.
        for number in sorted(part.streams, key=lambda one: _refers(part.objects[one])):
            numbers[number] = self._stream(part.objects[number], numbers)
        numbers |= zip(plain, self.objects.reserve(len(plain)), strict=True)
        before = len(self.numbers)
        for number in plain:
            data = _renumbered(part.objects[number], numbers)
            if before and data.startswith(_PAGE):
                data = _PARENTS.sub(lambda found: b"/StructParents %d>>" % (int(found[1]) + before), data)
            self.objects.data[numbers[number]] = data
        self._add_to_whole(part, numbers, names, entries)
        if not self.info:
            self.info = numbers[part.info]
            self.catalogue = _renumbered(
                part.objects[self.catalog].replace(b"/Outlines %d 0 R" % outline, b""), numbers
            )

    def _add_to_whole(self, part: _Part, numbers: Mapping[int, int], names: int, entries: list[int]) -> None:
        kids = _within(part.objects[self.pages], b"/Kids [")
        self.kids += [numbers[int(found[1])] for found in _REFERENCE.finditer(kids)]
        roots = _within(part.objects[self.document], b"/K [")
        self.roots.append(_renumbered(roots, numbers))
        for found in _NUMBERS.finditer(part.objects[self.tree]):
            self.numbers.append(_renumbered(found[2], numbers))
        for found in _NAMES.finditer(part.objects[names]) if names else ():
            # Equal sheets have equal names, of which the first counts.
            if found[1] not in self.names:
                self.names.add(found[1])
                self.heads.append((found[1], b"%d 0 R" % numbers[int(found[2])]))
        for number in entries:
            title, _between, rest = part.objects[number].removeprefix(_TITLE).rpartition(_PLACE)
            place = b"[%b]" % _within(rest, b"[")
            self.outline.append((title, _renumbered(place, numbers)))

    def _stream(self, data: bytes, numbers: Mapping[int, int]) -> int:
        """Add a stream, if it is new, and return its number."""
        if _refers(data):
            head, begun, rest = data.partition(b"\nstream\n")
            data = _renumbered(head, numbers) + begun + rest
        if data not in self.known:
            self.known[data] = self.objects.add(data, is_stream=True)
        return self.known[data]

    def _add_blank(self) -> None:
        """Add an empty page as large as the last one, so that the next document begins on the front of a sheet."""
        box = _within(self.objects.data[self.kids[-1]], b"/MediaBox [")
        parts = (box, self.pages, self.objects.add_content(b""))
        page = b"<</Type /Page/MediaBox [%b]/Parent %d 0 R/Contents %d 0 R/Resources <<>>>>" % parts
        self.kids.append(self.objects.add(page))

    def written(self) -> bytes:
        """Return the file."""
        outline = self.end()
        more = b"/Outlines %d 0 R>>" % outline if outline is not None else b">>"
        self.objects.data[self.catalog] = self.catalogue[:-2] + more
        return self.objects.written({"Root": self.catalog, "Info": self.info})


def _renumbered(data: bytes, numbers: Mapping[int, int]) -> bytes:
    return _REFERENCE.sub(lambda found: b"%d 0 R" % numbers[int(found[1])] if found[1] else found[0], data)


def _referred(data: bytes, key: bytes) -> int:
    """Return the number of the object referred to by the dictionary's key, or 0."""
    _before, found, rest = data.partition(key)
    return int(rest.split()[0]) if found else 0


def _within(data: bytes, key: bytes) -> bytes:
    """Return the contents of the list in the dictionary."""
    begin = data.index(key) + len(key)
    return data[begin : data.index(b"]", begin)]


def _refers(stream: bytes) -> bool:
    """Return whether the dictionary of a stream refers to another object."""
    return b" 0 R" in stream[: stream.index(b"\nstream\n")]
