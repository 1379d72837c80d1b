"""Readers of the formats."""

from __future__ import annotations

from .markup import read_html, read_message
from .ods import read_ods
from .package import Package
from .raw import MAX_CELLS, Refused, Sheet
from .spreadsheetml import read_spreadsheetml
from .xlsx import read_xlsx

#: Formats read by a library that may abort its process.
BINARY = frozenset({"xls", "xlsb"})


def read_kind(kind: str, data: bytes) -> list[Sheet]:
    """Return the sheets of a file of a known format. Raises `Refused`."""
    sheets = _read(kind, data)
    if sum(len(row.cells) for sheet in sheets for row in sheet.rows) > MAX_CELLS:
        raise Refused("too_many_cells")
    return sheets


def _read(kind: str, data: bytes) -> list[Sheet]:
    try:
        if kind in BINARY:
            from .binary import read_binary  # noqa: PLC0415 - never loaded into the server itself

            return read_binary(data)
        if kind == "xlsx":
            return read_xlsx(Package(data))
        if kind == "ods":
            return read_ods(Package(data).read("content.xml"))
        return {"fods": read_ods, "xml": read_spreadsheetml, "html": read_html, "mime": read_message}[kind](data)
    except (Refused, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - a broken file fails in any way there is
        raise Refused("damaged") from None
