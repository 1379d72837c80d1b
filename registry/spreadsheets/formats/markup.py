"""Tables of web pages saved under the name of a spreadsheet: HTML, and HTML in a MIME message (.mht)."""

from __future__ import annotations

import email.policy
import re
from email import message_from_bytes
from typing import Any

import lxml.html
from lxml import etree

from ..encodings import decode
from .raw import LAST_ROW, MAX_COLUMNS, MAX_SHEETS, Refused, Sheet, span

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w\-]+)", re.IGNORECASE)
#: Excel's names for the sheets of a workbook saved as a web page, and for their files.
_SHEET = re.compile(
    r"<x:Name>([^<]*)</x:Name>.{0,300}?<x:WorksheetSource\s+HRef=[\"']?([^\"'/>]+(?:/[^\"'/>]+)*)", re.DOTALL
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_STRUCK = re.compile(r"line-through", re.IGNORECASE)
_STRIKES = frozenset({"s", "strike", "del"})


def read_html(data: bytes) -> list[Sheet]:
    """Return the tables of a page, each as a sheet. Raises `Refused` for a page without one."""
    stated = _CHARSET.search(data[:4000])
    return _tables(decode(data, stated=stated[1].decode("ascii", "replace") if stated else ""), "")


def read_message(data: bytes) -> list[Sheet]:
    """Return the tables of all pages in a MIME message. Raises `Refused` if it has none."""
    message = message_from_bytes(data.lstrip(b"\xef\xbb\xbf \t\r\n"), policy=email.policy.default)
    pages: list[tuple[str, str]] = []
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            text = decode(content if isinstance(content, bytes) else b"", stated=part.get_content_charset() or "")
            pages.append((str(part.get("Content-Location", "")), text))
    titles = {file.rpartition("/")[2].lower(): title for _where, text in pages for title, file in _SHEET.findall(text)}
    sheets = []
    for where, text in pages:
        if re.search(r"<t[dh]\b", text, re.IGNORECASE):
            sheets += _tables(text, titles.get(where.rpartition("/")[2].lower(), ""))
    if not sheets:
        raise Refused("other_spreadsheet")
    return sheets


def _tables(text: str, title: str) -> list[Sheet]:
    # A declaration of another encoding would be applied although the text is already decoded.
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        page = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        raise Refused("other_spreadsheet") from None
    found = [sheet for table in page.iter("table") if (sheet := _table(table)).rows or sheet.fault]
    if not found:
        raise Refused("other_spreadsheet")
    if len(found) > MAX_SHEETS:
        raise Refused("too_many_sheets")
    for number, sheet in enumerate(found, start=1):
        sheet.name = title if len(found) == 1 else f"{title} № {number}".strip()
    return found


def _table(table: Any) -> Sheet:
    sheet = Sheet("")
    number = 0
    #: Column → last row occupied by a cell above.
    taken: dict[int, int] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue
        number += 1
        values: list[Any] = []
        struck = []
        for cell in row.iterchildren("td", "th"):
            while taken.get(len(values), 0) >= number:
                values.append(None)
            at, wide = len(values), span(cell.get("colspan"), MAX_COLUMNS)
            last = number - 1 + span(cell.get("rowspan"), LAST_ROW)
            # A cell that contains a table is page layout.
            value = None if cell.find(".//table") is not None else _text(cell)
            if value and _is_struck(cell):
                struck.append(at)
            sheet.merge(number, last, at)
            taken.update(dict.fromkeys(range(at, at + wide), last))
            values += [value, *[None] * (wide - 1)]
            if at > MAX_COLUMNS:
                break
        if not sheet.add(number, values, struck, hidden=bool(_HIDDEN.search(row.get("style", "")))):
            break
    return sheet


def _text(cell: Any) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    lines = (" ".join(line.split()) for line in re.sub(r"[ \t\r\n]*\n[ \t]*", "\n", cell.text_content()).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_struck(cell: Any) -> bool:
    if _STRUCK.search(cell.get("style", "")):
        return True
    inner = list(cell)
    return len(inner) == 1 and not (cell.text or "").strip() and not (inner[0].tail or "").strip() and (
        inner[0].tag in _STRIKES or bool(_STRUCK.search(inner[0].get("style", "")))
    )  # fmt: skip
