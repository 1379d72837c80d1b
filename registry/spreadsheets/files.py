"""Read an uploaded file as sheets of cells; unsafe files are refused.

The format is detected from the content, never from the name. Files that may take long are read by a separate process
with limits on memory and time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..checks import MAX_UPLOAD_BYTES
from .encodings import UnknownLetters, decode
from .formats.child import pack, read_apart, unpack
from .formats.kinds import BINARY, kind_of_archive, read_kind
from .formats.package import Package
from .formats.raw import MAX_PEOPLE, Cell, Merged, Refused, Row, Sheet

__all__ = [
    "ACCEPTED",
    "EMPTY",
    "MAX_PEOPLE",
    "Cell",
    "Merged",
    "ReadBefore",
    "Row",
    "Sheet",
    "Unreadable",
    "by_a_job",
    "check_sheet",
    "digest_of",
    "is_large",
    "is_long",
    "read_at_once",
    "read_by_a_job",
    "read_sheets",
    "visible",
]

#: Unpacked size up to which files take milliseconds and are read without another process.
_MAX_HERE = 200_000
#: The same for the number of cells, because a small file may declare that a row is repeated a thousand times.
_MAX_CELLS_HERE = 50_000
#: Maximum seconds of reading while somebody waits for the page, and in a job.
SECONDS_AT_ONCE, SECONDS_IN_JOB = 8, 40
#: The same for narrow tables, which are read within the request up to `MAX_SMALL`.
SECONDS_OF_SMALL = 5
_SECONDS: ContextVar[int] = ContextVar("seconds", default=SECONDS_AT_ONCE)

#: Size of about a thousand rows of fifteen columns; larger files take noticeable time. See `is_large`.
MAX_AT_ONCE = 1_000_000
#: Size up to which narrow tables are read within a request: 5,000 rows of twelve columns, a second and a half of work.
MAX_SMALL = 6_000_000

_MESSAGES = {
    "empty": _("The file is empty. Choose the file with the list."),
    "too_big": _("The file is larger than 10 MB. Leave only the list in it: pictures and other sheets are not needed."),
    "too_much_at_once": _(
        "The file holds more than can be read while you wait. Leave only the columns that are needed, or divide it "
        "into several files, such as one for each month."
    ),
    "too_many_rows": _("The list has more than 5,000 rows. Divide it into several files."),
    "too_many_columns": _("The list has more than 200 columns. Leave only the columns that are needed."),
    "too_many_cells": _(
        "The workbook has more than a million cells. Save the sheet with the list as a file of its own."
    ),
    "too_much_text": _(
        "The workbook has more than ten million letters. Leave only the columns that are needed, or divide the list."
    ),
    "too_many_lines": _(
        "The file has more than a million lines. Copy only the list into a new workbook and save it as .xlsx."
    ),
    "line_too_long": _(
        "Line %(row)s holds more than 100,000 letters, so this is not a list with a person in each line. "
        "Open the file in the spreadsheet program and save it as .xlsx."
    ),
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
    "too_slow": _("Reading the file takes too long. Copy only the list into a new workbook and save it as .xlsx."),
    "busy": _("Other files are being read just now, and nothing was changed. Try again in a minute."),
    "damaged": _("The file is damaged or not a spreadsheet. Open it in the spreadsheet program and save it as .xlsx."),
    "document": _("This is a text document. Copy the table into a spreadsheet and save it as .xlsx."),
    "archive": _("This is an archive. Unpack it and choose the file with the list."),
    "letters": _(
        "The letters of the file are not recognised. Open it in the program that made it and save it as .xlsx "
        "or as «CSV UTF-8»."
    ),
    "other_spreadsheet": _(
        "This kind of spreadsheet is not read. Open it in the spreadsheet program and save it as .xlsx."
    ),
    "not_a_table": _("This is not a list. Files in .xlsx, .xls, .ods and .csv are read."),
    "no_rows": _("There are no rows in the file. Choose the file with the list."),
    "lists_beside": _(
        "Two lists stand beside each other on the sheet. Put one below the other and load the file again."
    ),
    "no_such_sheet": _("The workbook has no such sheet. Its sheets are: %(names)s."),
}


#: File types offered by forms; the content decides.
ACCEPTED = ".xlsx,.xls,.xlsb,.ods,.fods,.csv,.tsv,.txt,.htm,.html,.mht,.mhtml,.xml"
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


def by_a_job() -> AbstractContextManager[None]:
    """Allow reading as much time as a job instead of a page."""
    return _within(SECONDS_IN_JOB)


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    token = _SECONDS.set(seconds)
    try:
        yield
    finally:
        _SECONDS.reset(token)


def read_sheets(data: bytes) -> list[Sheet]:
    """Return all sheets with data, including hidden ones. Raises `Unreadable`.

    A sheet beyond the limits is returned with its `fault`, because another sheet may be the list.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise Unreadable("too_big")
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("empty")
    try:
        sheets = _read(data)
    except Refused as refusal:
        raise Unreadable(refusal.code, **refusal.params) from None
    except UnknownLetters:
        raise Unreadable("letters") from None
    filled = [sheet for sheet in sheets if sheet.rows or sheet.fault]
    if not filled:
        raise Unreadable("no_rows")
    return filled


@dataclass(frozen=True)
class ReadBefore:
    """The visible sheets of a file that a job has read, with the digest of the file."""

    sheets: list[Sheet]
    digest: str

    @property
    def packed(self) -> bytes:
        """The sheets as stored until they are checked."""
        told = {"digest": self.digest, "sheets": [pack(sheet) for sheet in self.sheets]}
        return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")

    @classmethod
    def unpacked(cls, data: bytes) -> ReadBefore:
        """Return the sheets stored by `packed`."""
        told = json.loads(data)
        return cls([unpack(sheet) for sheet in told["sheets"]], told["digest"])


def read_at_once(data: bytes | ReadBefore) -> list[Sheet]:
    """Return the sheets of a file that is read while somebody waits for the page. Raises `Unreadable`.

    Used for lists of organisations, opening balances, bank tables, payroll lists and answers of producers. They have at
    most 5,000 rows of a few columns: a second of work, for which a job with its page would take longer. Heavier files
    are refused, because a job reads them first (`is_long`). Lists of members are wider, so a job reads even smaller
    ones (`is_large`).
    """
    if isinstance(data, ReadBefore):
        return data.sheets
    if _SECONDS.get() == SECONDS_IN_JOB:
        return read_sheets(data)
    if is_long(data):
        raise Unreadable("too_much_at_once")
    with _within(SECONDS_OF_SMALL):
        return read_sheets(data)


def read_by_a_job(data: bytes) -> ReadBefore:
    """Return the visible sheets of a file, with the time limit of a job. Raises `Unreadable`."""
    with by_a_job():
        return ReadBefore(visible(read_sheets(data)), digest_of(data))


def digest_of(data: bytes | ReadBefore) -> str:
    """Return the digest of a file, which identifies equal files."""
    return data.digest if isinstance(data, ReadBefore) else hashlib.sha256(data).hexdigest()


def is_long(data: bytes) -> bool:
    """Return whether a narrow table takes too long to be read within a request; False for files that are refused."""
    return _weight(data) > MAX_SMALL


def is_large(data: bytes) -> bool:
    """Return whether reading the file takes noticeable time; False for files that are refused."""
    return _weight(data) > MAX_AT_ONCE


def _weight(data: bytes) -> int:
    """Return the unpacked size of the file, or 0 if it is refused."""
    if len(data) > MAX_UPLOAD_BYTES:
        return 0
    if not data.startswith(b"PK\x03\x04"):
        # A row of an old workbook needs half the size of its text.
        return len(data) * (2 if data.startswith(_OLD) else 1)
    try:
        return Package(data).unpacked
    except Refused:
        return 0


def visible(sheets: list[Sheet]) -> list[Sheet]:
    """Return the sheets that are not hidden, or all of them if the whole file is hidden."""
    return [sheet for sheet in sheets if not sheet.concealed] or sheets


def check_sheet(sheet: Sheet) -> Sheet:
    """Return the sheet if it is within the limits of a list. Raises `Unreadable`."""
    if sheet.fault:
        code, params = sheet.fault
        raise Unreadable(code, **params)
    return sheet


def _read(data: bytes) -> list[Sheet]:
    kind, size = "zip", len(data)
    if data.startswith(b"PK\x03\x04"):
        package = Package(data)
        size = package.unpacked
        if size <= _MAX_HERE:
            kind = kind_of_archive(package)
    else:
        kind = _kind(data)
    if kind not in BINARY and size <= _MAX_HERE:
        try:
            return read_kind(kind, data, cells=_MAX_CELLS_HERE)
        except Refused as refusal:
            if refusal.code != "too_many_cells":
                raise
    return read_apart(kind, data, seconds=_SECONDS.get())


#: First bytes of an old workbook.
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: First bytes of files of other programs → their kind.
_BEGINNINGS = (
    (b"%pdf", "document"),
    (b"{\\rtf", "document"),
    (b"moxcel", "other_spreadsheet"),
    (b"\x09\x00\x04\x00", "other_spreadsheet"),
    (b"\x09\x02\x06\x00", "other_spreadsheet"),
    (b"\x09\x04\x06\x00", "other_spreadsheet"),
    (b'{"', "not_a_table"),
    (b"[{", "not_a_table"),
    (b"begin:vcard", "not_a_table"),
    (b"rar!\x1a", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"pk\x05\x06", "archive"),
)
#: A list with the headings «ID;Phone» begins like the format SYLK, but continues differently.
_SYLK = re.compile(rb"id;p[^\r\n]*[\r\n]+(?:p;[pef]|[bc];[xy]\d|f;[pd]|[ow];)")
_MESSAGE = re.compile(rb"^(?:mime-version:|content-type:\s*multipart/)", re.IGNORECASE | re.MULTILINE)
_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|meta|body|table)\b", re.IGNORECASE)
_TABLE, _TABLE_CELL = re.compile(r"<table\b", re.IGNORECASE), re.compile(r"<t[dh]\b", re.IGNORECASE)


def _kind(data: bytes) -> str:
    """Return the format of a file that is no zip archive. Raises `Refused` for unsupported formats."""
    if data.startswith(_OLD):
        return _kind_of_container(data)
    head = data[:4000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, code in _BEGINNINGS:
        # Tabs are left out of the first bytes, and the oldest workbooks begin with one.
        if head.startswith(beginning) or data.startswith(beginning):
            raise Refused(code)
    if _SYLK.match(head):
        raise Refused("other_spreadsheet")
    if _MESSAGE.search(head) and b"\n" in head:
        return "mime"
    sample = decode(data[:4000]) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else head.decode("latin-1")
    if re.match(r"<[?!a-z]", sample.lstrip("\ufeff \t\r\n"), re.IGNORECASE) or _MARKUP.search(sample):
        return _kind_of_markup(data)
    return "text"


def _kind_of_container(data: bytes) -> str:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    for name, code in (("EncryptedPackage", "password"), ("WordDocument", "document"), ("_VBA_PROJECT", "macros")):
        if holds(name):
            raise Refused(code)
    return "xls"


def _kind_of_markup(data: bytes) -> str:
    # Names of elements are ASCII in all one-byte encodings; zeros of two-byte encodings are removed.
    text = data.replace(b"\0", b"").decode("latin-1")
    if "urn:schemas-microsoft-com:office:spreadsheet" in text[:4000] and re.search(
        r"<(?:\w+:)?Workbook\b", text[:8000]
    ):
        return "xml"
    if re.search(r"<office:document\b", text[:4000]):
        return "fods"
    # Two separate patterns, because a single one would search for the cell from each of a million tables.
    table = _TABLE.search(text)
    if table and _TABLE_CELL.search(text, table.end()):
        return "html"
    raise Refused("other_spreadsheet")
