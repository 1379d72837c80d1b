"""Read an uploaded file as sheets of cells; files that are unsafe to open are refused.

The format is detected by the content, never by the name. Decompression bombs are refused before unpacking.
"""

import csv
import datetime
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import openpyxl
from django.utils.translation import gettext_lazy as _

from ..checks import MAX_UPLOAD_BYTES
from .xlsx import SheetReader

Cell = str | int | float | bool | datetime.date | None

#: Maximum number of people in a list; `MAX_ROWS` leaves room for titles, headings and subtotals.
MAX_PEOPLE = 5000
MAX_ROWS = MAX_PEOPLE + 500
MAX_COLUMNS = 200
MAX_LETTERS = 10_000
MAX_SHEETS = 30
MAX_ENTRIES = 1000
MAX_UNPACKED = 60 * 1024 * 1024
MAX_RATIO = 120
MAX_XLS_SECONDS = 20

_MESSAGES = {
    "empty": _("The file is empty. Choose the file with the list."),
    "too_big": _("The file is larger than 10 MB. Leave only the list in it: pictures and other sheets are not needed."),
    "too_many_rows": _("The list has more than 5,000 rows. Divide it into several files."),
    "too_many_columns": _("The list has more than 200 columns. Leave only the columns that are needed."),
    "cell_too_long": _(
        "A cell in row %(row)s contains more than 10,000 characters. Shorten it and load the file again."
    ),
    "too_many_sheets": _("The workbook has more than 30 sheets. Save the sheet with the list as a file of its own."),
    "password": _(
        "The file is protected by a password. Remove the password in the spreadsheet program and save again."
    ),
    "macros": _(
        "The file contains macros, which are not accepted. Save it as an Excel workbook (.xlsx) without macros."
    ),
    "bomb": _("The file unpacks to far too much data. Copy the list into a new workbook and save it as .xlsx."),
    "damaged": _("The file is damaged or not a spreadsheet. Open it in the spreadsheet program and save it as .xlsx."),
    "document": _("This is a text document. Copy the table into a spreadsheet and save it as .xlsx."),
    "other_spreadsheet": _(
        "This kind of spreadsheet is not read. Open it in the spreadsheet program and save it as .xlsx."
    ),
    "not_a_table": _("This is not a list. Files in .xlsx, .xls and .csv are read."),
    "no_rows": _("There are no rows in the file. Choose the file with the list."),
    "no_such_sheet": _("The workbook has no such sheet. Choose one of those named."),
}


#: Message of forms for an empty file.
EMPTY = _MESSAGES["empty"]


class Unreadable(ValueError):
    """The file cannot be read as a list; `message` says why and what to do."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    @property
    def message(self) -> str:
        """The message in the active language."""
        return str(_MESSAGES[self.code]) % self.params

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row with its number in the file and its formatting."""

    number: int
    cells: tuple[Cell, ...]
    #: Columns whose cell is struck through.
    struck: tuple[int, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its non-empty rows."""

    name: str
    rows: list[Row]
    #: Columns hidden in the file.
    hidden: frozenset[int] = frozenset()


def read_sheets(data: bytes) -> list[Sheet]:
    """Return all visible sheets with data. Raises `Unreadable`."""
    if len(data) > MAX_UPLOAD_BYTES:
        raise Unreadable("too_big")
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("empty")
    if data.startswith(b"PK\x03\x04"):
        sheets = _read_xlsx(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        sheets = _read_xls(data)
    else:
        sheets = [_read_text(data)]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise Unreadable("no_rows")
    return sheets


def _plain(value: Any) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, bool | int | float | datetime.date):
        return value
    return str(value)


def _rows(numbered: Iterable[tuple[int, Iterable[Any]]]) -> list[Row]:
    return _limited((number, values, (), False) for number, values in numbered)


def _limited(found: Iterable[tuple[int, Iterable[Any], tuple[int, ...], bool]]) -> list[Row]:
    rows: list[Row] = []
    for number, values, struck, hidden in found:
        cells = [_plain(value) for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise Unreadable("too_many_columns")
        if any(isinstance(cell, str) and len(cell) > MAX_LETTERS for cell in cells):
            raise Unreadable("cell_too_long", row=number)
        rows.append(Row(number, tuple(cells), struck, hidden))
        if len(rows) > MAX_ROWS:
            raise Unreadable("too_many_rows")
    return rows


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise Unreadable("damaged") from None
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    # These are the sizes the archive declares; unpacking stops there, so false ones do no harm.
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > max(len(data), 50_000) * MAX_RATIO:
        raise Unreadable("bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("password")
    if any(Path(name).name.lower() == "vbaproject.bin" for name in names):
        raise Unreadable("macros")
    if "word/document.xml" in names:
        raise Unreadable("document")
    if "xl/workbook.xml" not in names:
        raise Unreadable("other_spreadsheet" if names & {"mimetype", "xl/workbook.bin"} else "damaged")


def _read_xlsx(data: bytes) -> list[Sheet]:
    _check_archive(data)
    try:
        with catch_warnings():
            simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            if len(book.worksheets) > MAX_SHEETS:
                raise Unreadable("too_many_sheets")
            sheets = []
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                reader = SheetReader(sheet)
                rows = _limited(reader.rows(MAX_COLUMNS + 1))
                sheets.append(Sheet(sheet.title, rows, reader.hidden_columns(MAX_COLUMNS)))
            return sheets
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook fails in any way there is
        raise Unreadable("damaged") from None


def _read_xls(data: bytes) -> list[Sheet]:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise Unreadable("password")
    if holds("WordDocument"):
        raise Unreadable("document")
    if holds("_VBA_PROJECT"):
        raise Unreadable("macros")
    command = [sys.executable, "-I", str(Path(__file__).with_name("xls.py")), str(MAX_ROWS), str(MAX_COLUMNS + 1)]
    try:
        result = subprocess.run(command, input=data, capture_output=True, timeout=MAX_XLS_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Unreadable("bomb") from None
    if result.returncode:
        raise Unreadable("password" if result.returncode == 3 else "damaged")
    sheets = json.loads(result.stdout)
    if len(sheets) > MAX_SHEETS:
        raise Unreadable("too_many_sheets")
    return [Sheet(name, _rows((number, map(_from_json, cells)) for number, cells in rows)) for name, rows in sheets]


def _from_json(value: Any) -> Any:
    return datetime.date.fromisoformat(value["date"]) if isinstance(value, dict) else value


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1251", errors="replace")


def _check_text(data: bytes, text: str) -> None:
    head = data[:2000].lstrip().lower()
    if head.startswith((b"<?xml", b"<html", b"<!doctype", b"<table", b"moxcel")):
        raise Unreadable("other_spreadsheet")
    if head.startswith((b"%pdf", b"{\\rtf")):
        raise Unreadable("document")
    strange = sum(1 for char in text if char < " " and char not in "\t\r\n\0")
    if strange > len(text) / 200 + 2 or text.count("\0") > len(text) / 50 + 2:
        raise Unreadable("not_a_table")


def _delimiter(text: str) -> str:
    sample = "\n".join(text.splitlines()[:100])

    def score(delimiter: str) -> float:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return width * count / max(widths.total(), 1) if width > 1 else 0

    return max(";,\t|", key=score)


def _read_text(data: bytes) -> Sheet:
    text = re.sub(r"\r\n?", "\n", _decode(data))
    _check_text(data, text)
    stated = re.match(r"sep=(.)\n", text)
    if stated:
        text = text[stated.end() :]
    delimiter = stated[1] if stated else _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        # An unclosed quotation mark swallows the rows after it.
        if any("\n" in cell and cell.count(delimiter) > 2 for row in rows for cell in row):
            rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_NONE))
        return Sheet("", _rows(enumerate(rows, start=1)))
    except csv.Error:
        raise Unreadable("damaged") from None
