"""Files that may be kept beside an application or a card: scans by their content, and nothing that can run (V-A4)."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from registry.checks import is_whole_picture
from registry.enums import DataClass
from registry.errors import RuleViolation

from ..enums import CopyKind

#: A scan of a few pages is far smaller, bytes.
LARGEST = 10 * 1024 * 1024
#: So many scans belong to one person at most.
MOST = 30
_LARGEST_PICTURE = 60_000_000
_MOST_PAGES = 30
#: What runs by itself, or carries another file.
_ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/ImportData"}
)
_MOST_OBJECTS = 20_000

#: A scan of the paper is read by who reads the data on it.
_CLASSES = {
    CopyKind.IDENTITY: DataClass.IDENTITY,
    CopyKind.CONSENT: DataClass.IDENTITY,
    CopyKind.OTHER: DataClass.IDENTITY,
    CopyKind.CERTIFICATE: DataClass.HEALTH,
    CopyKind.MANDATE: DataClass.HEALTH,
    CopyKind.WARD_CONSENT: DataClass.HEALTH,
}


def class_of_scan(kind: str) -> DataClass:
    """The class of data that the paper shows."""
    return _CLASSES.get(CopyKind(kind), DataClass.GENERAL)


def check_kind(kind: str) -> None:
    """Raise for a kind of paper that there is not."""
    if kind not in CopyKind.values:
        raise RuleViolation("V-A4", _("Say which paper this is."), field="kind")


def check_scan(data: bytes) -> tuple[str, str]:
    """The file is a whole PDF, JPEG or PNG; answers its type and ending. Raises `RuleViolation`."""
    if not data:
        raise _refusal(_("The file is empty. Choose another one."))
    if len(data) > LARGEST:
        raise _refusal(_("The file is larger than 10 MB. Scan the paper in black and white."))
    return _check_pdf(data) if data.startswith(b"%PDF-") else _check_picture(data)


def _check_picture(data: bytes) -> tuple[str, str]:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > _LARGEST_PICTURE:
                raise _refusal(_("The picture is too large. Scan the paper with 300 dpi."))
            picture.load()
            kind = picture.format
        if not is_whole_picture(data):
            raise ValueError("cut off")
    except RuleViolation:
        raise
    # Pillow meets broken files with errors of many kinds, and a picture that is none is no defect of ours.
    except Exception as error:
        raise _refusal(_("This is no scan: choose a PDF, JPEG or PNG file that opens on your computer.")) from error
    return ("image/jpeg", "jpg") if kind == "JPEG" else ("image/png", "png")


def _check_pdf(data: bytes) -> tuple[str, str]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise _refusal(_("The PDF is protected by a password. Save it without one."))
        pages = len(reader.pages)
        active = _is_active(reader)
    except RuleViolation:
        raise
    # pypdf meets broken files with errors of many kinds, as Pillow does.
    except Exception as error:
        raise _refusal(_("The PDF is damaged. Scan the paper once more.")) from error
    if active:
        raise _refusal(_("The PDF carries a program or another file. Print it and scan the paper."))
    if not 1 <= pages <= _MOST_PAGES:
        message = _("The scan has %(pages)s pages; at most %(most)s are kept in one file.")
        raise _refusal(message % {"pages": pages, "most": _MOST_PAGES})
    return "application/pdf", "pdf"


def _is_active(reader: PdfReader) -> bool:
    """Looks at every object of the file, reached from the pages or not."""
    numbers = [(number, gen) for gen, found in reader.xref.items() for number in found]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > _MOST_OBJECTS:
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
