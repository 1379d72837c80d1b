"""Excel workbooks (.xlsx), Transitional and Strict, including struck-through, hidden, merged and uncomputed cells.

The sheets are parsed element by element instead of by openpyxl's reader, which loses this formatting, refuses a
workbook for one unusual attribute and takes seconds for cells that have only a style. Numbers become dates by
openpyxl's rules.
"""

from __future__ import annotations

import datetime
import io
import re
from itertools import islice
from typing import Any

from defusedxml.ElementTree import iterparse
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from openpyxl.utils.escape import unescape

from .package import Package, main_part, tree, within
from .raw import MAX_COLUMNS, MAX_SHEETS, Refused, Sheet, attributes, local

#: More than Excel itself allows.
_MAX_STYLES = 70_000
_ON = frozenset({"1", "true", "on"})
#: Numbers have at most this many digits; longer ones are text.
_MAX_DIGITS = 40
_PLACE = re.compile(r"([A-Za-z]{1,3})\d+")


def read_xlsx(package: Package) -> list[Sheet]:
    """Return the sheets of a workbook. Raises `Refused`, or whatever error the parser raises for a broken workbook."""
    main = main_part(package)
    book = tree(package, main)
    targets = package.targets(main)
    names = dict(targets.values())
    strings = _strings(package, names.get("sharedStrings", "xl/sharedStrings.xml"))
    styles = _Styles(package, names.get("styles", "xl/styles.xml"))
    since_1904 = any(_is_on(attributes(told).get("date1904")) for told in within(book, "workbookPr"))
    wanted = within(book, "sheet")
    if not wanted:
        raise Refused("damaged")
    if len(wanted) > MAX_SHEETS:
        raise Refused("too_many_sheets")
    sheets = []
    for number, element in enumerate(wanted, start=1):
        told = attributes(element)
        kind, part = targets.get(told.get("id", ""), ("worksheet", f"xl/worksheets/sheet{number}.xml"))
        if kind == "worksheet":
            concealed = told.get("state", "visible") != "visible"
            sheet = Sheet(told.get("name", ""), concealed=concealed, since_1904=since_1904)
            _fill(sheet, package.read(part), strings, styles)
            sheets.append(sheet)
    return sheets


def _strings(package: Package, name: str) -> list[str]:
    if name not in package:
        return []
    found = []
    for _event, element in iterparse(io.BytesIO(package.read(name))):
        if local(element.tag) == "si":
            found.append(_text(element))
            element.clear()
    return found


def _text(element: Any) -> str:
    """Return the text of a string without its phonetic reading."""
    parts = [element, *(one for one in element if local(one.tag) == "r")]
    texts = (child.text or "" for part in parts for child in part if local(child.tag) == "t")
    return str(unescape("".join(texts)))


class _Styles:
    """Styles of cells by number: which are dates, durations, struck through. If the part is broken, there are none."""

    def __init__(self, package: Package, name: str) -> None:
        self.dates: set[int] = set()
        self.durations: set[int] = set()
        self.struck: set[int] = set()
        if name in package:
            self._read(tree(package, name))

    def _read(self, root: Any) -> None:
        formats = dict(BUILTIN_FORMATS)
        for element in within(root, "numFmt"):
            told = attributes(element)
            if told.get("numFmtId", "").isdigit():
                formats[int(told["numFmtId"])] = told.get("formatCode", "")
        groups = {local(group.tag): group for group in root}
        struck = {at for at, font in enumerate(groups.get("fonts", ())) if _is_struck(font)}
        for at, element in enumerate(islice(groups.get("cellXfs", ()), _MAX_STYLES)):
            told = attributes(element)
            number, font = told.get("numFmtId", "0"), told.get("fontId", "0")
            code = formats.get(int(number) if number.isdigit() else 0, "General")
            if is_date_format(code):
                self.dates.add(at)
                if is_timedelta_format(code):
                    self.durations.add(at)
            if font.isdigit() and int(font) in struck:
                self.struck.add(at)


def _is_struck(font: Any) -> bool:
    return any(local(one.tag) == "strike" and _is_on(attributes(one).get("val", "1")) for one in font)


def _fill(sheet: Sheet, data: bytes, strings: list[str], styles: _Styles) -> None:
    hidden: set[int] = set()
    number, holder = 0, None
    for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
        name = local(element.tag)
        if event == "start":
            holder = element if name == "sheetData" else holder
            continue
        if name == "col":
            told = attributes(element)
            if _is_on(told.get("hidden")):
                first = int(told["min"])
                hidden.update(range(max(first - 1, 0), min(int(told.get("max", first)), MAX_COLUMNS)))
        elif name == "row" and holder is not None:
            number = int(float(element.get("r", number + 1)))
            if len(element):
                values, struck = _cells(element, strings, styles, sheet.since_1904)
                if not sheet.add(number, values, struck, hidden=_is_on(element.get("hidden"))):
                    return
            # Otherwise a million empty rows would be kept.
            holder.clear()
        elif name == "mergeCell":
            left, top, _right, bottom = range_boundaries(element.get("ref"))
            sheet.merge(top, bottom, left - 1)
    sheet.hidden = frozenset(hidden)


def _cells(row: Any, strings: list[str], styles: _Styles, since_1904: bool) -> tuple[list[Any], list[int]]:
    values: list[Any] = []
    struck = []
    at = -1
    for cell in row:
        place = _PLACE.fullmatch(cell.get("r", ""))
        at = _column(place[1]) if place else at + 1
        # A cell beyond the last allowed column is moved next to it, so that it is noticed.
        at = min(at, MAX_COLUMNS)
        if not len(cell):
            continue
        style = int(cell.get("s") or 0)
        value = _value(cell, strings, styles, style, since_1904)
        if value is None or value == "":
            continue
        values += [None] * (at + 1 - len(values))
        values[at] = value
        if style in styles.struck:
            struck.append(at)
    return values, struck


def _column(letters: str) -> int:
    found = 0
    for letter in letters.upper():
        found = found * 26 + ord(letter) - 64
    return found - 1


def _value(cell: Any, strings: list[str], styles: _Styles, style: int, since_1904: bool) -> Any:
    kind, parts = cell.get("t", "n"), {local(part.tag): part for part in cell}
    if kind == "inlineStr":
        return _text(parts["is"]) if "is" in parts else None
    text = parts["v"].text if "v" in parts else None
    if not text:
        # The result of a formula is empty or was never computed; return the formula itself.
        return f"={parts['f'].text or ''}" if "f" in parts and kind != "str" else None
    if kind == "s":
        if not 0 <= int(text) < len(strings):
            raise Refused("damaged")
        return strings[int(text)]
    if kind == "b":
        return text.strip() in _ON
    if kind == "d":
        return _moment(text)
    if kind == "n":
        return _number(text, styles, style, since_1904)
    return unescape(text)


def _number(text: str, styles: _Styles, style: int, since_1904: bool) -> Any:
    if len(text) > _MAX_DIGITS:
        return text
    try:
        number = float(text) if re.search(r"[.eE]", text) else int(text)
    except ValueError:
        return text
    if style in styles.dates:
        epoch = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
        try:
            return from_excel(number, epoch, timedelta=style in styles.durations)
        except (OverflowError, ValueError):
            # 5111958 in a date column is shown as ###### but may still mean 05.11.1958.
            return number
    return number


def _moment(text: str) -> Any:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text


def _is_on(flag: str | None) -> bool:
    return flag in _ON
