"""Checks that a PDF has only pictures and texts, nothing active, and does not unpack without limit (V-A4)."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.filters import ASCII85Decode, ASCIIHexDecode
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from registry.checks import MAX_PIXELS
from registry.errors import RuleViolation

#: Names that execute something, link elsewhere, send something or embed another file.
_ACTIVE = frozenset(
    {
        *("/JavaScript", "/JS", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/XFA", "/RichMedia"),
        *("/EmbeddedFile", "/EmbeddedFiles", "/EF", "/FileAttachment", "/GoToR", "/GoToE", "/URI"),
        *("/Movie", "/Sound", "/Rendition", "/GoTo3DView"),
    }
)
_MAX_OBJECTS = 20_000
#: Maximum bytes unpacked from one part, in a page of the largest colour picture, and from all parts together.
MAX_PART, MAX_PARTS = 4 * MAX_PIXELS, 12 * MAX_PIXELS
#: Filters unpacked byte by byte; scanners stopped using them long ago.
_SLOW = frozenset({"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
_MAX_SLOW = 1_000_000
_LETTERS: dict[str, Callable[[bytes], bytes]] = {
    "/ASCII85Decode": ASCII85Decode.decode,
    "/A85": ASCII85Decode.decode,
    "/ASCIIHexDecode": ASCIIHexDecode.decode,
    "/AHx": ASCIIHexDecode.decode,
}
_FLATE = frozenset({"/FlateDecode", "/Fl"})
_STREAM = re.compile(rb"(?<!end)stream\r?\n?")
_PIECE = 2**16


def check_pdf(data: bytes, most_pages: int) -> None:
    """Raise `RuleViolation` (V-A4) unless the PDF is complete, inactive and within limits."""
    if _unpacks_too_far(data):
        raise _refusal(_("The PDF unpacks to far too much data. Scan the paper once more, with 300 dpi."))
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise _refusal(_("The PDF is protected by a password. Save it without one."))
        pages = len(reader.pages)
        held = _objects(reader)
        active = held is None or any(map(_is_active, held))
        large = held is not None and any(map(_is_large, held))
    except RuleViolation:
        raise
    # pypdf raises many kinds of errors for broken files, like Pillow.
    except Exception as error:
        raise _refusal(_("The PDF is damaged. Scan the paper once more.")) from error
    if active:
        raise _refusal(_("The PDF contains a program, a link or another file. Print it and scan the paper."))
    if large:
        raise _refusal(_("The PDF unpacks to far too much data. Scan the paper once more, with 300 dpi."))
    if not 1 <= pages <= most_pages:
        message = _("The scan has %(pages)s pages; at most %(most)s are kept in one file.")
        raise _refusal(message % {"pages": pages, "most": most_pages})


def _unpacks_too_far(data: bytes) -> bool:
    """Return whether the packed data are too large, regardless of what the file declares.

    Checked before the file is parsed, because its object lists are packed too.
    """
    total = 0
    for count, found in enumerate(_STREAM.finditer(data), start=1):
        total += _unpacked(data, found.end())
        if count > _MAX_OBJECTS or total > MAX_PARTS:
            return True
    return False


def _unpacked(data: bytes, at: int) -> int:
    """Return the unpacked size of the data at this position, more than `MAX_PARTS` if it is more than `MAX_PART`."""
    unpacking, size = zlib.decompressobj(), 0
    try:
        for start in range(at, len(data), _PIECE):
            waiting = data[start : start + _PIECE]
            while waiting and not unpacking.eof:
                size += len(unpacking.decompress(waiting, 2**20))
                if size > MAX_PART:
                    return MAX_PARTS + 1
                waiting = unpacking.unconsumed_tail
            if unpacking.eof:
                break
    except zlib.error:
        pass  # packed differently, or not at all
    return size


def _objects(reader: PdfReader) -> list[Any] | None:
    """Return all objects of the file, reachable from pages or not; None if there are too many."""
    numbers = [(number, gen) for gen, found in reader.xref.items() for number in found]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > _MAX_OBJECTS:
        return None
    return list(_within([reader.trailer, *(reader.get_object(number) for number, _gen in numbers if number)]))


def _within(waiting: list[Any]) -> Iterator[Any]:
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, DictionaryObject):
            waiting += [value.raw_get(key) for key in value]
        elif isinstance(value, list):
            waiting += list(value)


def _is_active(value: Any) -> bool:
    """Return whether a name or key is active; the name of an action may be a separate object."""
    if isinstance(value, DictionaryObject):
        # A part whose content is in another file.
        return not _ACTIVE.isdisjoint(value) or (isinstance(value, StreamObject) and "/F" in value)
    return isinstance(value, NameObject) and value in _ACTIVE


def _is_large(value: Any) -> bool:
    """Return whether a part unpacks, or its picture opens, to more than a page can hold."""
    if not isinstance(value, StreamObject):
        return False
    if _side(value, "/Width", "/W") * _side(value, "/Height", "/H") > MAX_PIXELS:
        return True
    # It may be a separate object.
    filters = value.raw_get("/Filter").get_object() if "/Filter" in value else []
    names = [str(name.get_object()) for name in (filters if isinstance(filters, list) else [filters])]
    packed = value._data
    if names and names[0] in _LETTERS:
        # Packed and then encoded as letters, so its size is not visible.
        packed = _LETTERS[names.pop(0)](packed)
        if names and names[0] in _FLATE and _unpacked(packed, 0) > MAX_PART:
            return True
    # Scanners never pack data twice.
    inner = [name for name in names if name in _SLOW | _FLATE]
    return len(inner) > 1 or (bool(inner) and names[0] != inner[0]) or (
        not _SLOW.isdisjoint(names) and len(packed) > _MAX_SLOW
    )  # fmt: skip


def _side(picture: DictionaryObject, *names: str) -> float:
    """Return the width or height of a picture in pixels; 0 for other parts, some of which have a list of that name."""
    told = next((picture[name] for name in names if name in picture), 0)
    return abs(told) if isinstance(told, int | float) else 0


def _refusal(message: Any) -> RuleViolation:
    return RuleViolation("V-A4", message, field="file")
