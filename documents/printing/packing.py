"""Packing of long prints: one file, or several in an archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import chain

from .core import Paper, bundle

#: Maximum number of chunks in one PDF: some hundred pages, as many as a printer tray holds.
MAX_PARTS = 40


def pack(form: Paper, parts: Sequence[bytes], name: str) -> tuple[bytes, str]:
    """Return the parts as one PDF, or as a ZIP of numbered PDFs if there are many, with the file extension."""
    return pack_files((bundle(form, parts[at : at + MAX_PARTS]) for at in range(0, len(parts), MAX_PARTS)), name, "pdf")


def pack_files(files: Iterable[bytes], name: str, ending: str) -> tuple[bytes, str]:
    """Return the one file, or a ZIP of several that are numbered, with the file extension."""
    found = iter(files)
    first, second = next(found), next(found, None)
    if second is None:
        return first, ending
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for number, file in enumerate(chain((first, second), found), start=1):
            # A fixed time makes the archive reproducible.
            packed.writestr(zipfile.ZipInfo(f"{name}-{number:02}.{ending}", date_time=(2000, 1, 1, 0, 0, 0)), file)
    return archive.getvalue(), "zip"
