"""Check of scans of an application or a card: by content, without active parts (V-A4)."""

from __future__ import annotations

import hashlib
import io
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from registry.checks import MAX_PIXELS, MAX_UPLOAD_BYTES, bare_picture, is_whole_picture
from registry.enums import DataClass
from registry.errors import RuleViolation

from ..enums import CopyKind
from ..models import Attachment

#: Maximum number of scans per person.
MAX_SCANS = 30
_MAX_PAGES = 30
_ORIENTATION = 0x0112
#: PDF entries that execute something or embed another file.
_ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/ImportData"}
)
_MAX_OBJECTS = 20_000

#: A scan may be opened by those who read this data class.
_CLASSES = {
    CopyKind.IDENTITY: DataClass.IDENTITY,
    CopyKind.CONSENT: DataClass.IDENTITY,
    CopyKind.OTHER: DataClass.IDENTITY,
    CopyKind.CERTIFICATE: DataClass.HEALTH,
    CopyKind.MANDATE: DataClass.HEALTH,
    CopyKind.WARD_CONSENT: DataClass.HEALTH,
}


class Scan(NamedTuple):
    """A file as it is stored; pictures without metadata."""

    data: bytes
    content_type: str
    ending: str


def class_of_scan(kind: str) -> DataClass:
    """Return the data class of the paper."""
    return _CLASSES.get(CopyKind(kind), DataClass.GENERAL)


def check_kind(kind: str) -> None:
    """Raise `RuleViolation` (V-A4) for an unknown kind of paper."""
    if kind not in CopyKind.values:
        raise RuleViolation("V-A4", _("Choose which paper this is."), field="kind")


def check_room(found: QuerySet[Attachment]) -> None:
    """Raise `RuleViolation` (V-A4) if the person has `MAX_SCANS` scans already."""
    if found.count() >= MAX_SCANS:
        raise RuleViolation("V-A4", _("No more scans can be kept here; delete one that is not needed."), field="file")


def check_not_attached(found: QuerySet[Attachment], kind: str, data: bytes) -> None:
    """Raise `RuleViolation` (V-A4) if the person has an identical scan, such as after a double click (N-D2)."""
    if found.filter(kind=kind, file__sha256=hashlib.sha256(data).hexdigest()).exists():
        raise RuleViolation("V-A4", _("This scan is stored here already."), field="file")


def check_scan(data: bytes, most_pages: int = _MAX_PAGES) -> Scan:
    """Return what to store of a complete PDF, JPEG or PNG file. Raises `RuleViolation` (V-A4)."""
    if not data:
        raise _refusal(_("The file is empty. Choose another one."))
    if len(data) > MAX_UPLOAD_BYTES:
        raise _refusal(_("The file is larger than 10 MB. Scan the paper in black and white."))
    return _check_pdf(data, most_pages) if data.startswith(b"%PDF-") else _check_picture(data)


def _check_picture(data: bytes) -> Scan:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _refusal(_("The picture is too large. Scan the paper with 300 dpi."))
            picture.load()
            turned = picture.getexif().get(_ORIENTATION, 1)
        if not is_whole_picture(data):
            raise ValueError("cut off")
        bare = bare_picture(data, turned if turned in range(1, 9) else 1)
    except RuleViolation:
        raise
    # Pillow raises errors of many kinds for broken files; such a file is the user's mistake, not a server error.
    except Exception as error:
        raise _refusal(_("This is not a scan: choose a PDF, JPEG or PNG file that opens on your computer.")) from error
    return Scan(bare, "image/png", "png") if bare.startswith(b"\x89PNG") else Scan(bare, "image/jpeg", "jpg")


def _check_pdf(data: bytes, most_pages: int) -> Scan:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise _refusal(_("The PDF is protected by a password. Save it without one."))
        pages = len(reader.pages)
        active = _is_active(reader)
    except RuleViolation:
        raise
    # pypdf raises errors of many kinds for broken files, like Pillow.
    except Exception as error:
        raise _refusal(_("The PDF is damaged. Scan the paper once more.")) from error
    if active:
        raise _refusal(_("The PDF contains a program or another file. Print it and scan the paper."))
    if not 1 <= pages <= most_pages:
        message = _("The scan has %(pages)s pages; at most %(most)s are kept in one file.")
        raise _refusal(message % {"pages": pages, "most": most_pages})
    return Scan(data, "application/pdf", "pdf")


def _is_active(reader: PdfReader) -> bool:
    """Return whether any object of the file is active, whether reachable from the pages or not."""
    numbers = [(number, gen) for gen, found in reader.xref.items() for number in found]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > _MAX_OBJECTS:
        return True
    waiting: list[Any] = [reader.trailer]
    waiting += [reader.get_object(number) for number, _gen in numbers if number]
    while waiting:
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            if _ACTIVE & {*value, value.get("/S"), value.get("/Type")}:
                return True
            waiting += [value.raw_get(key) for key in value]
        elif isinstance(value, list):
            waiting += list(value)
    return False


def _refusal(message: Any) -> RuleViolation:
    return RuleViolation("V-A4", message, field="file")
