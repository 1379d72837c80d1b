"""Packing of long prints: one PDF, or several in an archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from .core import Paper, bundle

#: Maximum number of chunks in one PDF: some hundred pages, as many as a printer tray holds.
MAX_PARTS = 40


def pack(form: Paper, parts: Sequence[bytes], name: str) -> tuple[bytes, str]:
    """Return the parts as one PDF, or as a ZIP of numbered PDFs if there are many, with the file extension."""
    if len(parts) <= MAX_PARTS:
        return bundle(form, parts), "pdf"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for number, start in enumerate(range(0, len(parts), MAX_PARTS), start=1):
            # A fixed time makes the archive reproducible.
            entry = zipfile.ZipInfo(f"{name}-{number:02}.pdf", date_time=(2000, 1, 1, 0, 0, 0))
            packed.writestr(entry, bundle(form, parts[start : start + MAX_PARTS]))
    return archive.getvalue(), "zip"
