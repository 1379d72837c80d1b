"""A long print as what a printer and a person can handle: one PDF, or several in an archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from .core import Paper, bundle

#: Chunks in one PDF: some hundred pages are what a tray holds and a viewer opens quickly.
PARTS_IN_ONE = 20


def pack(form: Paper, parts: Sequence[bytes], name: str) -> tuple[bytes, str]:
    """The parts as a PDF, or as a ZIP of numbered PDFs where they are many; answers the bytes and the ending."""
    if len(parts) <= PARTS_IN_ONE:
        return bundle(form, parts), "pdf"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for number, start in enumerate(range(0, len(parts), PARTS_IN_ONE), start=1):
            # A fixed time, so that the same papers make the same archive.
            entry = zipfile.ZipInfo(f"{name}-{number:02}.pdf", date_time=(2000, 1, 1, 0, 0, 0))
            packed.writestr(entry, bundle(form, parts[start : start + PARTS_IN_ONE]))
    return archive.getvalue(), "zip"
