"""Packing of long prints: one file, or several in an archive."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, cast

from .core import Paper, bundle

#: Maximum number of pages in one PDF: what a printer tray holds. A joined page takes 0.4 to 0.8 MB of memory.
MAX_PAGES = 200
#: Size in bytes above which an archive is written to a temporary file instead of memory.
_MAX_IN_MEMORY = 8 * 1024 * 1024


def pack(paper: Paper, parts: Iterable[bytes], name: str, *, pages: int) -> tuple[bytes | IO[bytes], str]:
    """Return the parts as one PDF, or as a ZIP of numbered PDFs if there are many, with the file extension.

    `pages` is the number of pages of a part. Raises `StopIteration` without a part.
    """
    return pack_files(_volumes(paper, parts, MAX_PAGES // pages), name, "pdf")


def _volumes(paper: Paper, parts: Iterable[bytes], most: int) -> Iterator[bytes]:
    rest = iter(parts)
    for first in rest:
        yield bundle(paper, chain((first,), islice(rest, most - 1)))


def pack_files(files: Iterable[bytes], name: str, ending: str) -> tuple[bytes | IO[bytes], str]:
    """Return the one file, or a ZIP of several that are numbered as an open file, with the file extension."""
    found = iter(files)
    first, second = next(found), next(found, None)
    if second is None:
        return first, ending
    archive = cast(IO[bytes], tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY))  # noqa: SIM115 - the caller reads it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for number, file in enumerate(chain((first, second), found), start=1):
            # A fixed time makes the archive reproducible.
            packed.writestr(zipfile.ZipInfo(f"{name}-{number:02}.{ending}", date_time=(2000, 1, 1, 0, 0, 0)), file)
    archive.seek(0)
    return archive, "zip"
