"""The objects of a whole PDF: list of pages, structure tree, names of heads, outline."""

from __future__ import annotations

from collections.abc import Sequence

from .objects import Objects

#: Number of objects for the whole document; other objects follow.
_COUNT = 5


class Document:
    """A PDF being written: its objects, and the contributions of its pages to the whole document."""

    def __init__(self) -> None:
        self.objects = Objects()
        #: Numbers of objects; they are the same in all documents.
        self.pages, self.catalog, self.document, self.structure, self.tree = self.objects.reserve(_COUNT)
        self.kids: list[int] = []
        self.roots: list[bytes] = []
        #: Elements by marked content, of each page that has some.
        self.numbers: list[bytes] = []
        self.heads: list[tuple[bytes, bytes]] = []
        #: Titles and places of the sheets.
        self.outline: list[tuple[bytes, bytes]] = []

    def end(self) -> int | None:
        """Set the objects of the whole document except the catalogue; return the number of the outline, if any."""
        data = self.objects.data
        data[self.pages] = b"<</Type /Pages/Kids [%b]/Count %d>>" % (references(self.kids), len(self.kids))
        data[self.tree] = b"<</Nums [%b]>>" % b"".join(b"%d [%b]" % pair for pair in enumerate(self.numbers))
        parts = (b" ".join(self.roots), self.structure)
        data[self.document] = b"<</Type /StructElem/S /Document/K [%b]/P %d 0 R>>" % parts
        names = b""
        if self.heads:
            listed = b"<</Names [%b]>>" % b"".join(b"%b%b" % pair for pair in sorted(self.heads))
            names = b"/IDTree %d 0 R" % self.objects.add(listed)
        root = b"<</Type /StructTreeRoot/ParentTree %d 0 R/K [%d 0 R]%b>>"
        data[self.structure] = root % (self.tree, self.document, names)
        return self._outline() if self.outline else None

    def _outline(self) -> int:
        """Add an entry for each sheet; return the number of the outline."""
        entries = self.objects.reserve(len(self.outline))
        whole = self.objects.add(b"<</Count %d/First %d 0 R/Last %d 0 R>>" % (len(entries), entries[0], entries[-1]))
        for at, (title, place) in enumerate(self.outline):
            beside = b"/Prev %d 0 R" % entries[at - 1] if at else b""
            if at + 1 < len(entries):
                beside += b"/Next %d 0 R" % entries[at + 1]
            parts = (title, place, whole, beside)
            self.objects.data[entries[at]] = b"<</Title %b/Dest %b/Count 0/Parent %d 0 R%b>>" % parts
        return whole


def references(numbers: Sequence[int]) -> bytes:
    """Return references to the objects."""
    return b" ".join(b"%d 0 R" % number for number in numbers)
