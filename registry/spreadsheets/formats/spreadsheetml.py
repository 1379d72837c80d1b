"""Workbooks of Excel 2003 in XML, which accounting programs still write with the ending .xls."""

from __future__ import annotations

import datetime
import re
from typing import Any

from lxml import etree

from .raw import LAST_ROW, MAX_COLUMNS, MAX_SHEETS, Refused, Sheet, attributes, local, span

#: Programs that write this format themselves forget to escape «&».
_BARE = re.compile(rb"&(?!(?:#\d+|#x[\da-fA-F]+|amp|lt|gt|quot|apos);)")


def read_spreadsheetml(data: bytes) -> list[Sheet]:
    """Return the sheets of the workbook. Raises `Refused`."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = re.sub(r"encoding\s*=\s*[\"'][^\"']*[\"']", "", data.decode("utf-16", "replace"), count=1).encode()
    data = _BARE.sub(b"&amp;", data.removeprefix(b"\xef\xbb\xbf").lstrip())
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        raise Refused("damaged") from None
    if root is None or local(root.tag) != "Workbook":
        raise Refused("other_spreadsheet")
    styles = _struck_styles(root)
    since_1904 = next(root.iter("{*}Date1904"), None) is not None
    sheets: list[Sheet] = []
    for element in root.iter("{*}Worksheet"):
        if len(sheets) == MAX_SHEETS:
            raise Refused("too_many_sheets")
        told = attributes(element)
        visible = next(element.iter("{*}Visible"), None)
        concealed = visible is not None and visible.text in {"SheetHidden", "SheetVeryHidden"}
        sheet = Sheet(told.get("Name", ""), concealed=concealed, since_1904=since_1904)
        for table in element.iterchildren("{*}Table"):
            _fill(sheet, table, styles)
        sheets.append(sheet)
    return sheets


def _struck_styles(root: Any) -> set[str]:
    struck = set()
    for style in root.iter("{*}Style"):
        if any(attributes(font).get("StrikeThrough") == "1" for font in style.iterchildren("{*}Font")):
            struck.add(attributes(style).get("ID", ""))
    return struck


def _fill(sheet: Sheet, table: Any, styles: set[str]) -> None:
    hidden: set[int] = set()
    number = column = 0
    for element in table.iterchildren("{*}Column"):
        told = attributes(element)
        column = span(told.get("Index"), LAST_ROW) if "Index" in told else column + 1
        more = span(told.get("Span"), MAX_COLUMNS) if "Span" in told else 0
        if told.get("Hidden") == "1":
            hidden.update(range(column - 1, min(column + more, MAX_COLUMNS)))
        column += more
    sheet.hidden = frozenset(hidden)
    for row in table.iterchildren("{*}Row"):
        told = attributes(row)
        number = span(told["Index"], LAST_ROW + 1) if "Index" in told else number + 1
        values: list[Any] = []
        struck: list[int] = []
        for cell in row.iterchildren("{*}Cell"):
            _take(sheet, number, cell, values, struck, styles)
        if not sheet.add(number, values, struck, hidden=told.get("Hidden") == "1"):
            return
        # Equal empty rows are written once.
        number += span(told.get("Span"), LAST_ROW) if "Span" in told else 0


def _take(sheet: Sheet, number: int, cell: Any, values: list[Any], struck: list[int], styles: set[str]) -> None:
    told = attributes(cell)
    at = span(told["Index"], MAX_COLUMNS + 1) - 1 if "Index" in told else min(len(values), MAX_COLUMNS)
    values += [None] * (at - len(values))
    value = _value(cell, told)
    if value not in (None, "") and told.get("StyleID") in styles:
        struck.append(at)
    sheet.merge(number, number + (span(told["MergeDown"], LAST_ROW) if "MergeDown" in told else 0), at)
    del values[at:]
    across = span(told.get("MergeAcross"), MAX_COLUMNS) if told.get("MergeAcross", "0") != "0" else 0
    values += [value, *[None] * across]


def _value(cell: Any, told: dict[str, str]) -> Any:
    data = next(cell.iterchildren("{*}Data"), None)
    text = "".join(data.itertext()) if data is not None else ""
    if not text:
        # The formula was never computed, so it is returned instead of its result.
        formula = told.get("Formula")
        return f"={formula.lstrip('=')}" if formula and data is None else None
    kind = attributes(data).get("Type", "String")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text
