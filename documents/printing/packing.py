"""Packing of long prints: one file, or several in an archive."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import IO, Any, cast

from .core import Paper, bundle_all

#: Maximum number of pages in one PDF, the capacity of a printer tray. A joined page takes 0.4 to 0.8 MB of memory.
MAX_PAGES = 200
#: Size in bytes above which an archive is written to a temporary file instead of memory.
_MAX_IN_MEMORY = 8 * 1024 * 1024

#: Member id → version of the card, printed lines and verification code, for the print record.
Printed = Mapping[int, tuple[int, Mapping[str, Any], str]]


class Facts(Printed):
    """Facts to be recorded about thousands of sheets, compressed until then: one card has several kilobytes of
    lines.
    """

    def __init__(self) -> None:
        self._packed: dict[int, bytes] = {}

    def add(self, printed: Printed) -> None:
        """Add the facts of a part."""
        self._packed |= {pk: zlib.compress(json.dumps(fact).encode(), 1) for pk, fact in printed.items()}

    def __getitem__(self, pk: int) -> tuple[int, Mapping[str, Any], str]:
        version, lines, code = json.loads(zlib.decompress(self._packed[pk]))
        return version, lines, code

    def __iter__(self) -> Iterator[int]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


def pack(paper: Paper, parts: Iterable[bytes], name: str, *, pages: int) -> tuple[bytes | IO[bytes], str]:
    """Return the parts as one PDF, or as a ZIP of numbered PDFs if there are many, with the file extension.

    `pages` is the number of pages of a part. Raises `StopIteration` without a part.
    """
    return pack_files(_volumes(paper, parts, MAX_PAGES // pages), name, "pdf")


def _volumes(paper: Paper, parts: Iterable[bytes], most: int) -> Iterator[bytes]:
    rest = iter(parts)
    return bundle_all(paper, ([first, *islice(rest, most - 1)] for first in rest))


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
