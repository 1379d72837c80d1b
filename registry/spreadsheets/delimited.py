"""Delimited text (.csv, .tsv, .txt) as one sheet; lines, rows and cells are limited before splitting."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from .encodings import UnknownLetters, decode
from .formats.raw import LAST_ROW, Refused, Sheet

#: Maximum length of a line: far more than a row needs in real lists.
MAX_LINE = 100_000
_DELIMITERS = ";,\t|^~"
_STATED = re.compile(r'"?sep=(.)"?\n', re.IGNORECASE)


def read_text(data: bytes) -> list[Sheet]:
    """Return the sheet of a text file. Raises `Refused`."""
    try:
        text = decode(data)
    except UnknownLetters:
        _check_printable(data.decode("latin-1"))
        raise Refused("letters") from None
    _check_printable(text)
    return [read_delimited(text)]


_STRANGE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")


def _check_printable(text: str) -> None:
    strange = sum(1 for _found in _STRANGE.finditer(text))
    if strange > len(text) / 200 + 2 or text.count("\0") > len(text) / 50 + 2:
        raise Refused("not_a_table")


def read_delimited(text: str) -> Sheet:
    """Return the rows of a text, numbered as a spreadsheet would number them. Raises `Refused`."""
    text = re.sub(r"\r\n?", "\n", text).rstrip("\n\0 \t;,")
    _check_lines(text)
    stated = _STATED.match(text)
    if stated:
        text = text[stated.end() :]
    delimiter = stated[1] if stated else _delimiter(text)
    if not delimiter:
        # Some programs put each whole line in quotation marks.
        inner = "\n".join(row[0] if row else "" for row in _divided(text, "\0"))
        delimiter = _delimiter(inner)
        text = inner if delimiter else text
    return _sheet(text, delimiter or ";")


def _check_lines(text: str) -> None:
    if text.count("\n") >= LAST_ROW:
        raise Refused("too_many_lines")
    longest = max(enumerate(text.split("\n"), start=1), key=lambda line: len(line[1]), default=(0, ""))
    if len(longest[1]) > MAX_LINE:
        raise Refused("line_too_long", row=longest[0])


def _sheet(text: str, delimiter: str) -> Sheet:
    sheet = Sheet("")
    for number, row in enumerate(_divided(text, delimiter), start=1):
        if row and not sheet.add(number, row):
            break
    return sheet


def _divided(text: str, delimiter: str) -> Iterator[list[str]]:
    # An unclosed quotation mark swallows the following rows; quotation marks are then read as letters.
    if _swallows(text, delimiter):
        return csv.reader(io.StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(io.StringIO(text), delimiter=delimiter)


def _swallows(text: str, delimiter: str) -> bool:
    """Return whether a quoted cell contains other rows: lines as wide as a row, or any if the marks do not match."""
    width = 0
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            width = max(width, len(row))
            if any("\n" in cell and _holds_a_row(cell, delimiter, width) for cell in row):
                return True
    except csv.Error:
        loose = csv.reader(io.StringIO(text), delimiter=delimiter)
        try:
            return any("\n" in cell and delimiter in cell for row in loose for cell in row)
        except csv.Error:
            return True
    return False


def _holds_a_row(cell: str, delimiter: str, width: int) -> bool:
    return any(line.count(delimiter) >= max(width - 1, 2) for line in cell.split("\n"))


def _delimiter(text: str) -> str:
    """Return the delimiter with the same number of cells in most lines, or an empty string if none fits."""
    sample = "\n".join(text[:MAX_LINE].split("\n")[:100])

    def score(delimiter: str) -> float:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row)
        except csv.Error:
            widths = Counter(line.count(delimiter) + 1 for line in sample.split("\n") if line)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return width * count / max(widths.total(), 1) if width > 1 else 0

    best = max(_DELIMITERS, key=score)
    return best if score(best) else ""
