"""Binary workbooks (.xls, .xlsb), read by calamine; only in a separate process.

The library expands a sheet to a full rectangle, so that a single far cell takes a gigabyte, and it may abort on a
broken file.
"""

from __future__ import annotations

import datetime
import io
import struct
from typing import Any

import python_calamine

from .raw import MAX_COLUMNS, MAX_SHEETS, Refused, Sheet

_BEGIN, _END, _CALENDAR = 0x0809, 0x000A, 0x0022


def read_binary(data: bytes) -> list[Sheet]:
    """Return the sheets of a workbook. Raises `Refused`."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if len(book.sheet_names) > MAX_SHEETS:
            raise Refused("too_many_sheets")
        since_1904 = counts_from_1904(data)
        return [_sheet(book, about, since_1904) for about in book.sheets_metadata if about.typ == _WORKSHEET]
    except python_calamine.PasswordError:
        raise Refused("password") from None


_WORKSHEET = python_calamine.SheetTypeEnum.WorkSheet


def _sheet(book: Any, about: Any, since_1904: bool) -> Sheet:
    found = Sheet(
        about.name, concealed=about.visible != python_calamine.SheetVisibleEnum.Visible, since_1904=since_1904
    )
    sheet = book.get_sheet_by_name(about.name)
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values = [None] * left + [_value(cell) for cell in cells[: MAX_COLUMNS + 1]]
        if not found.add(number, values):
            return found
    for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ():
        found.merge(top + 1, bottom + 1, column)
    return found


def _value(cell: Any) -> Any:
    return str(cell) if isinstance(cell, datetime.time | datetime.timedelta) else cell


def counts_from_1904(data: bytes) -> bool:
    """Return whether an .xls counts days from 1904; the library uses this setting but does not expose it."""
    at = data.find(struct.pack("<HHHH", _BEGIN, 16, 0x0600, 0x0005))
    while 0 <= at < len(data) - 4:
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == _CALENDAR and length == 2:
            return data[at + 4 : at + 6] == b"\1\0"
        if kind == _END or kind == 0:
            return False
        at += 4 + length
    return False
