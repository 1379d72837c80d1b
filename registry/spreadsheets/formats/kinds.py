"""Readers of the formats."""

from __future__ import annotations

from ..delimited import read_text
from .markup import read_html, read_message
from .ods import read_ods
from .package import Package, kind_of
from .raw import MAX_CELLS, MAX_TEXT, Refused, Sheet, within_room
from .spreadsheetml import read_spreadsheetml
from .xlsx import read_xlsx

#: Formats read by a library that may abort its process.
BINARY = frozenset({"xls", "xlsb"})


def read_kind(kind: str, data: bytes, *, cells: int | None = None) -> list[Sheet]:
    """Return the sheets of a file of a known format with at most `cells` cells in all. Raises `Refused`."""
    with within_room(MAX_CELLS if cells is None else cells, MAX_TEXT):
        return _read(kind, data)


def kind_of_archive(package: Package) -> str:
    """Return the format of an archive. Raises `Refused`."""
    try:
        return kind_of(package)
    except (Refused, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - a broken file fails in any way there is
        raise Refused("damaged") from None


def _read(kind: str, data: bytes) -> list[Sheet]:
    if kind == "zip":
        kind = kind_of_archive(Package(data))
    try:
        if kind in BINARY:
            from .binary import read_binary  # noqa: PLC0415 - never loaded into the server itself

            return read_binary(data)
        if kind == "xlsx":
            return read_xlsx(Package(data))
        if kind == "ods":
            return read_ods(Package(data).read("content.xml"))
        return {
            "text": read_text,
            "fods": read_ods,
            "xml": read_spreadsheetml,
            "html": read_html,
            "mime": read_message,
        }[kind](data)
    except (Refused, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - a broken file fails in any way there is
        raise Refused("damaged") from None
