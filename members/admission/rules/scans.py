"""Check of scans of an application or a card: by content, without active parts (V-A4)."""

from __future__ import annotations

import hashlib
import io
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from PIL import Image

from registry.checks import MAX_PIXELS, MAX_UPLOAD_BYTES, NoTurn, a_turn, bare_picture, is_whole_picture
from registry.enums import DataClass
from registry.errors import RuleViolation

from ..enums import CopyKind
from ..models import Attachment
from .pdfs import check_pdf

#: Maximum number of scans per person.
MAX_SCANS = 30
_MAX_PAGES = 30
_ORIENTATION = 0x0112

#: Data class needed to open a scan.
_CLASSES = {
    CopyKind.IDENTITY: DataClass.IDENTITY,
    CopyKind.CONSENT: DataClass.IDENTITY,
    CopyKind.OTHER: DataClass.IDENTITY,
    CopyKind.CERTIFICATE: DataClass.HEALTH,
    CopyKind.MANDATE: DataClass.HEALTH,
    CopyKind.WARD_CONSENT: DataClass.HEALTH,
}


class Scan(NamedTuple):
    """A file to store; pictures without metadata."""

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
    """Return the content to store of a complete PDF, JPEG or PNG file. Raises `RuleViolation` (V-A4)."""
    if not data:
        raise _refusal(_("The file is empty. Choose another one."))
    if len(data) > MAX_UPLOAD_BYTES:
        raise _refusal(_("The file is larger than 10 MB. Scan the paper in black and white."))
    try:
        return _check_pdf(data, most_pages) if data.startswith(b"%PDF-") else _check_picture(data)
    except NoTurn as late:
        raise _refusal(late.message) from None


def _check_picture(data: bytes) -> Scan:
    try:
        with a_turn(), Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _refusal(_("The picture is too large. Scan the paper with 300 dpi."))
            # Only to check that it opens: at the smallest size to which a JPEG can be decoded.
            picture.draft(picture.mode, (1, 1))
            picture.load()
            turned = picture.getexif().get(_ORIENTATION, 1)
        if not is_whole_picture(data):
            raise ValueError("cut off")
        bare = bare_picture(data, turned if turned in range(1, 9) else 1)
    except (RuleViolation, NoTurn):
        raise
    # Pillow raises many kinds of errors for broken files; such a file is the user's mistake, not a server error.
    except Exception as error:
        raise _refusal(_("This is not a scan: choose a PDF, JPEG or PNG file that opens on your computer.")) from error
    return Scan(bare, "image/png", "png") if bare.startswith(b"\x89PNG") else Scan(bare, "image/jpeg", "jpg")


def _check_pdf(data: bytes, most_pages: int) -> Scan:
    with a_turn():
        check_pdf(data, most_pages)
    return Scan(data, "application/pdf", "pdf")


def _refusal(message: Any) -> RuleViolation:
    return RuleViolation("V-A4", message, field="file")
