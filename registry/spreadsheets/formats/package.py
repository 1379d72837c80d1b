"""Parts of a zipped workbook, found as the standard says: names may differ beyond letter case."""

from __future__ import annotations

import io
import posixpath
import zipfile
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from defusedxml.ElementTree import fromstring

from .raw import Refused, attributes, local

MAX_ENTRIES = 1000
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 120
#: The first bytes of each entry in the archive's list.
_ENTRY = b"PK\x01\x02"
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_SPREADSHEETS = (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".csv")


class Package:
    """A zip archive whose declared sizes are within limits; unpacking stops at them, so that false ones do no harm.

    Raises `Refused`.
    """

    def __init__(self, data: bytes) -> None:
        # Counted before the archive's own list is read, which takes seconds for a hundred thousand entries.
        if data.count(_ENTRY) > MAX_ENTRIES:
            raise Refused("bomb")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
            raise Refused("damaged") from None
        entries = self._archive.infolist()
        self.unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_ENTRIES or self.unpacked > min(MAX_UNPACKED, max(len(data), 50_000) * MAX_RATIO):
            raise Refused("bomb")
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused("password")
        # Other compression methods may need gigabytes before the first byte is unpacked.
        if any(entry.compress_type not in _PACKED for entry in entries):
            raise Refused("damaged")
        self._entries = {_key(entry.filename): entry for entry in entries}

    @property
    def names(self) -> set[str]:
        """Return the names of the parts in lower case."""
        return set(self._entries)

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._entries

    def read(self, name: str) -> bytes:
        """Return the content of a part. Raises `KeyError` if there is none."""
        return self._archive.read(self._entries[_key(name)])

    def targets(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the relationships of a part: id → kind in one word («worksheet»), name of the target part."""
        folder, file = posixpath.split(name)
        place = posixpath.join(folder, "_rels", f"{file}.rels")
        if place not in self:
            return {}
        found = {}
        for element in fromstring(self.read(place)):
            told = attributes(element)
            if told.get("TargetMode") != "External" and "Target" in told:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(told["Target"]).replace("\\", "/")))
                found[told.get("Id", "")] = (told.get("Type", "").rpartition("/")[2], target)
        return found


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def kind_of(package: Package) -> str:
    """Return the format of an archive: «xlsx», «xlsb» or «ods». Raises `Refused` for all others."""
    names = package.names
    if any(PurePosixPath(name).name == "vbaproject.bin" for name in names):
        raise Refused("macros")
    if "word/document.xml" in names:
        raise Refused("document")
    if "xl/workbook.bin" in names:
        return "xlsb"
    if main_part(package) in package:
        return "xlsx"
    if "content.xml" in names:
        kind = package.read("mimetype") if "mimetype" in names else b"spreadsheet"
        if b"encryption-data" in (package.read("meta-inf/manifest.xml") if "meta-inf/manifest.xml" in names else b""):
            raise Refused("password")
        if b"spreadsheet" in kind or b"calc" in kind:
            return "ods"
        raise Refused("document")
    if names & {"mimetype", "index.apxl", "index/document.iwa"}:
        raise Refused("other_spreadsheet")
    raise Refused("archive" if any(name.endswith(_SPREADSHEETS) for name in names) else "damaged")


def main_part(package: Package) -> str:
    """Return the name of the part with the list of sheets."""
    leads = [target for kind, target in package.targets("").values() if kind == "officeDocument"]
    return next((target for target in leads if target in package), "xl/workbook.xml")


def tree(package: Package, name: str) -> Any:
    """Return a small part as an element. Raises whatever error the parser raises for a broken part."""
    return fromstring(package.read(name))


def within(element: Any, name: str) -> list[Any]:
    """Return the elements with this name below an element, in any namespace."""
    return [one for one in element.iter() if local(one.tag) == name]
