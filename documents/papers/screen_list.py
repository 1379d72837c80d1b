"""A list as it is shown on the screen: its columns, filters and order (V-C5).

Columns get the width that their texts need, and rows the height. Pages are divided here and not by the layout engine,
so that a list of any length can be printed in parts with continuous page numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, render_long
from documents.printing.fitting import LEADING, POINT, READABLE_SIZE, fit, text_width
from documents.printing.russian import people_in_words
from registry.days import day_text

if TYPE_CHECKING:
    from registry.organizations.models import Organization

#: Number of pages in one run of the layout engine.
PAGES = 10
#: Font size (points) of the rows.
SIZE = 9.0
#: Width of the table, of its column of numbers, of a cell's border and padding, and of the room for rounding (mm).
WIDTH, NUMBER, PADDING, SLACK = 257.0, 12.0, 2.6, 0.7
#: Width that a column gives up last, for its longest word (mm).
MAX_WORD = 42.0
#: Height of a line and what a row has beside its lines; of the table's head, of the title with its notes, of the head
#: of further pages, and of the count below the last row (mm).
LINE, AROUND, HEADINGS, TITLE, HEAD, ENDING = SIZE * LEADING * POINT, 1.8, 10.0, 27.0, 7.0, 12.0
#: Height of a page without its number (mm).
HEIGHT = 172.0
#: Number of lines up to which a row keeps the size of its letters; longer texts are printed smaller.
MAX_LINES = 10


@dataclass(frozen=True)
class Listed:
    """Contents of a list, in Russian: title, notes on filters and order, headings, rows of texts."""

    title: str
    notes: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def build(place: Organization, listed: Listed, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page."""
    widths = widths_of(listed)
    headings = zip(("№ п/п", *listed.headings), (NUMBER, *widths), strict=True)
    common = {
        "place": place.full_name or place.short_name,
        "title": listed.title,
        "head": f"{listed.title}: {place.short_name}",
        "notes": "; ".join(listed.notes),
        "columns": [{"heading": text, "room": width - PADDING, "width": f"{width:.2f}"} for text, width in headings],
    }
    pages: list[dict[str, Any]] = []
    left = 0.0
    rows = [_row(number, texts, widths) for number, texts in enumerate(listed.rows, start=1)]
    for at, (row, height) in enumerate(rows):
        needed = height + (ENDING if at == len(rows) - 1 else 0)
        if not pages or needed > left:
            pages.append({**common, "rows": [], "page": len(pages) + 1, "first": not pages})
            left = HEIGHT - HEADINGS - (HEAD if len(pages) > 1 else TITLE)
        pages[-1]["rows"].append(row)
        left -= height
    if not pages:
        pages.append({**common, "rows": [], "page": 1, "first": True})
    pages[-1] |= {"last": True, "total": people_in_words(len(rows)), "made": day_text(batch.today)}
    return [{**page, "of": len(pages)} for page in pages]


def widths_of(listed: Listed) -> list[float]:
    """Return the width of each column (mm): what its texts need, or less where all together need too much."""
    columns = [[heading, *(row[at] for row in listed.rows)] for at, heading in enumerate(listed.headings)]
    wanted = [max(text_width(text, SIZE) for text in texts[1:] or texts) + PADDING + SLACK for texts in columns]
    words = [max((text_width(word, SIZE) for text in texts for word in text.split()), default=0) for texts in columns]
    least = [min(word + PADDING + SLACK, MAX_WORD) for word in words]
    room = WIDTH - NUMBER
    if sum(least) >= room:
        return [room * width / sum(least) for width in least]

    def limited(most: float) -> list[float]:
        return [max(low, min(want, most)) for low, want in zip(least, wanted, strict=True)]

    low, high = 0.0, room
    for _step in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(limited(middle)) <= room else (low, middle)
    found = limited(low)
    return [room * width / sum(found) for width in found]


def _row(number: int, texts: Sequence[str], widths: Sequence[float]) -> tuple[dict[str, Any], float]:
    """Return the values of a row, and its height (mm)."""
    rooms = [width - PADDING for width in widths]
    needed = [_needed(text, room) for text, room in zip(texts, rooms, strict=True)] or [(LINE, LINE)]
    cell, tallest = (max(heights) for heights in zip(*needed, strict=True))
    height = tallest + AROUND
    cells = [{"text": text, "room": room} for text, room in zip(texts, rooms, strict=True)]
    return {"number": number, "cells": cells, "room": cell, "height": f"{height:.2f}"}, height


def _needed(text: str, width: float) -> tuple[float, float]:
    """Return the height (mm) in which the text has its largest letters at this width, and the one that it takes."""
    found: list[tuple[float, float, float]] = []
    for lines in range(1, MAX_LINES + 1):
        room = lines * LINE + 0.1
        fitted = fit(text, (width,), room=room / POINT, size=SIZE, grows=READABLE_SIZE)
        tall = len(fitted.lines[0]) * fitted.size * LEADING * POINT
        found.append((-fitted.size, room, max(room, tall)))
        if fitted.size == SIZE:
            break
    _size, room, tall = min(found)
    return room, tall


def render_list(pages: Sequence[Mapping[str, Any]], batch: Batch) -> bytes:
    """Return the whole list as one PDF."""
    return render_long(LIST, pages, PAGES, batch)


LIST = Paper(code="screen_list", title="Список с экрана", build=build, data_classes=frozenset())
