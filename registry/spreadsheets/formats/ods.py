"""Workbooks of LibreOffice and OpenOffice: .ods, .fods, and .sxc before them."""

from __future__ import annotations

import datetime
import io
from typing import Any

from defusedxml.ElementTree import iterparse

from .raw import LAST_ROW, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, Refused, Sheet, attributes, local, span


def read_ods(data: bytes) -> list[Sheet]:
    """Return the sheets of `content.xml` or of a flat file.

    Raises `Refused`, or whatever a broken file makes the parser raise.
    """
    reader = _Reader()
    for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
        reader.take(event, local(element.tag), element)
    return reader.sheets


class _Reader:
    """Handles the elements in order; styles come before the tables that use them."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._struck: set[str] = set()
        self._concealed: set[str] = set()
        self._tables = 0
        self._row = self._column = 1
        self._hidden: set[int] = set()
        self._going = True

    def take(self, event: str, name: str, element: Any) -> None:
        if name == "table":
            self._table(event, element)
        elif event == "end" and name == "style":
            self._style(element)
        elif event == "end" and self._tables == 1:
            if name == "table-column":
                told = attributes(element)
                many = span(told.get("number-columns-repeated"), MAX_COLUMNS)
                if told.get("visibility", "visible") != "visible":
                    self._hidden.update(range(self._column - 1, self._column - 1 + many))
                self._column += many
            elif name == "table-row":
                self._add(element)
                element.clear()

    def _table(self, event: str, element: Any) -> None:
        # A table within a cell is not a sheet.
        self._tables += 1 if event == "start" else -1
        if event == "start" and self._tables == 1:
            told = attributes(element)
            self._row, self._column, self._hidden, self._going = 1, 1, set(), True
            self.sheets.append(Sheet(told.get("name", ""), concealed=told.get("style-name") in self._concealed))
            if len(self.sheets) > MAX_SHEETS:
                raise Refused("too_many_sheets")
        elif event == "end" and self._tables == 0:
            self.sheets[-1].hidden = frozenset(self._hidden)
            element.clear()

    def _style(self, element: Any) -> None:
        name = attributes(element).get("name", "")
        for properties in element:
            told = attributes(properties)
            lines = (
                told.get("text-line-through-style"),
                told.get("text-line-through-type"),
                told.get("text-crossing-out"),
            )
            if any(line not in (None, "none") for line in lines):
                self._struck.add(name)
            if local(properties.tag) == "table-properties" and told.get("display") == "false":
                self._concealed.add(name)

    def _add(self, element: Any) -> None:
        told = attributes(element)
        many = span(told.get("number-rows-repeated"), LAST_ROW)
        sheet = self.sheets[-1]
        values: list[Any] = []
        struck: list[int] = []
        for cell in element:
            if local(cell.tag) not in {"table-cell", "covered-table-cell"} or len(values) > MAX_COLUMNS:
                continue
            look = attributes(cell)
            value = None if local(cell.tag) == "covered-table-cell" else _value(cell, look)
            if value not in (None, "") and look.get("style-name") in self._struck:
                struck.append(len(values))
            sheet.merge(self._row, self._row - 1 + span(look.get("number-rows-spanned"), LAST_ROW), len(values))
            values += [value] * min(
                span(look.get("number-columns-repeated"), MAX_COLUMNS + 1), MAX_COLUMNS + 1 - len(values)
            )
        if any(value not in (None, "") for value in values):
            hidden = told.get("visibility", "visible") != "visible"
            for number in range(self._row, self._row + min(many, MAX_ROWS + 1)):
                self._going = self._going and sheet.add(number, values, struck, hidden=hidden)
        self._row += many


def _value(cell: Any, told: dict[str, str]) -> Any:
    kind = told.get("value-type", "string")
    if kind == "date" and "date-value" in told:
        try:
            return datetime.datetime.fromisoformat(told["date-value"])
        except ValueError:
            return told["date-value"]
    if kind in {"float", "currency", "percentage"} and "value" in told:
        try:
            return float(told["value"])
        except ValueError:
            return told["value"]
    if kind == "boolean" and "boolean-value" in told:
        return told["boolean-value"] == "true"
    return "\n".join(_paragraph(part) for part in cell if local(part.tag) == "p")


def _paragraph(element: Any) -> str:
    text = element.text or ""
    for part in element:
        name = local(part.tag)
        if name == "s":
            text += " " * span(attributes(part).get("c"), 100)
        elif name in {"tab", "line-break"}:
            text += "\t" if name == "tab" else "\n"
        elif name != "annotation":
            text += _paragraph(part)
        text += part.tail or ""
    return text
