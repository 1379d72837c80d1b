"""The check of a PDF: pictures and texts, nothing that acts, nothing that unpacks without end (V-A4)."""

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

#: Names of what executes something, leads elsewhere, sends something or embeds another file.
_ACTIVE = frozenset(
    {
        *("/JavaScript", "/JS", "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/XFA", "/RichMedia"),
        *("/EmbeddedFile", "/EmbeddedFiles", "/EF", "/FileAttachment", "/GoToR", "/GoToE", "/URI"),
        *("/Movie", "/Sound", "/Rendition", "/GoTo3DView"),
    }
)
_MAX_OBJECTS = 20_000
#: Bytes that one part may unpack to, a page of the largest picture in colour, and all parts together.
MAX_PART, MAX_PARTS = 4 * MAX_PIXELS, 12 * MAX_PIXELS
#: Ways of packing that are unpacked byte by byte; scanners stopped using them long ago.
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
    # pypdf raises errors of many kinds for broken files, like Pillow.
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
    """Return whether what is packed in the file is too much, whatever the file says of it.

    Asked before the file is parsed, because its lists of objects are packed too.
    """
    total = 0
    for count, found in enumerate(_STREAM.finditer(data), start=1):
        total += _unpacked(data, found.end())
        if count > _MAX_OBJECTS or total > MAX_PARTS:
            return True
    return False


def _unpacked(data: bytes, at: int) -> int:
    """Return the size of what is packed at this place, more than `MAX_PARTS` if it is more than `MAX_PART`."""
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
        pass  # packed in another way, or not at all
    return size


def _objects(reader: PdfReader) -> list[Any] | None:
    """Return all objects of the file, whether reachable from the pages or not; None if there are too many."""
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
    """Return whether a name or a key is active; the name of an action may stand in an object of its own."""
    if isinstance(value, DictionaryObject):
        # A part whose content lies in another file.
        return not _ACTIVE.isdisjoint(value) or (isinstance(value, StreamObject) and "/F" in value)
    return isinstance(value, NameObject) and value in _ACTIVE


def _is_large(value: Any) -> bool:
    """Return whether a part unpacks, or its picture opens, to more than a page holds."""
    if not isinstance(value, StreamObject):
        return False
    if _side(value, "/Width", "/W") * _side(value, "/Height", "/H") > MAX_PIXELS:
        return True
    # It may stand in an object of its own.
    filters = value.raw_get("/Filter").get_object() if "/Filter" in value else []
    names = [str(name.get_object()) for name in (filters if isinstance(filters, list) else [filters])]
    packed = value._data
    if names and names[0] in _LETTERS:
        # Packed, and then written as letters: not seen from outside.
        packed = _LETTERS[names.pop(0)](packed)
        if names and names[0] in _FLATE and _unpacked(packed, 0) > MAX_PART:
            return True
    # Packed twice is never made by a scanner.
    inner = [name for name in names if name in _SLOW | _FLATE]
    return len(inner) > 1 or (bool(inner) and names[0] != inner[0]) or (
        not _SLOW.isdisjoint(names) and len(packed) > _MAX_SLOW
    )  # fmt: skip


def _side(picture: DictionaryObject, *names: str) -> float:
    """Return the width or height of a picture in pixels; 0 for other parts, of which some have a list of that name."""
    told = next((picture[name] for name in names if name in picture), 0)
    return abs(told) if isinstance(told, int | float) else 0


def _refusal(message: Any) -> RuleViolation:
    return RuleViolation("V-A4", message, field="file")
