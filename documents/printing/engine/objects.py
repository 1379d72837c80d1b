"""Objects of a PDF as bytes, and the file made of them.

pydyf would compress the objects at the highest level, which takes longer than making them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from itertools import accumulate

#: Compression level of streams: a twentieth larger than the highest one, in a quarter of its time.
LEVEL = 5
#: Prefix of the files, by which `joining` recognises them.
HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n%filled\n"


class Objects:
    """The objects of a PDF by number; those without data are not written."""

    def __init__(self) -> None:
        #: Data by number; the number 0 is never used.
        self.data: list[bytes] = [b""]
        #: Numbers of objects that are streams.
        self.streams: set[int] = set()

    def add(self, data: bytes, *, is_stream: bool = False) -> int:
        """Add an object and return its number."""
        if is_stream:
            self.streams.add(len(self.data))
        self.data.append(data)
        return len(self.data) - 1

    def add_content(self, content: bytes) -> int:
        """Add the content of a page, packed, and return its number."""
        return self.add(_stream(b"", content), is_stream=True)

    def reserve(self, count: int) -> list[int]:
        """Add objects whose data are set later; return their numbers."""
        first = len(self.data)
        self.data += [b""] * count
        return list(range(first, first + count))

    def written(self, trailer: Mapping[str, int]) -> bytes:
        """Return the file; `trailer` names the numbers of catalogue (`Root`) and properties (`Info`)."""
        parts = [HEADER]
        at, places = len(parts[0]), dict[int, tuple[int, int, int]]()
        plain = [number for number, data in enumerate(self.data) if data and number not in self.streams]
        for number in sorted(self.streams):
            places[number] = (1, at, 0)
            parts.append(_object(number, self.data[number]))
            at += len(parts[-1])
        packed = len(self.data)
        starts = accumulate((len(self.data[number]) + 1 for number in plain), initial=0)
        head = b" ".join(b"%d %d" % pair for pair in zip(plain, starts, strict=False))
        body = b"\n".join([head, *(self.data[number] for number in plain)])
        extra = b"/Type /ObjStm/N %d/First %d" % (len(plain), len(head) + 1)
        places |= {number: (2, packed, index) for index, number in enumerate(plain)}
        places[packed] = (1, at, 0)
        parts.append(_object(packed, _stream(extra, body)))
        at += len(parts[-1])
        places[packed + 1] = (1, at, 0)
        table = b"".join(
            kind.to_bytes(1) + first.to_bytes(4) + second.to_bytes(3)
            for kind, first, second in (places.get(number, (0, 0, 0)) for number in range(packed + 2))
        )
        ends = b"".join(b"/%b %d 0 R" % (name.encode(), number) for name, number in trailer.items())
        extra = b"/Type /XRef/W [1 4 3]/Size %d%b" % (packed + 2, ends)
        parts += [_object(packed + 1, _stream(extra, table)), b"startxref\n%d\n%%%%EOF\n" % at]
        return b"".join(parts)


def _object(number: int, data: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj\n" % (number, data)


def _stream(extra: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, LEVEL)
    return b"<<%b/Filter /FlateDecode/Length %d>>\nstream\n%b\nendstream" % (extra, len(packed), packed)
