"""A list as shown on the screen: its columns, filters and order (V-C5).

Columns get the width that their texts need, and rows the height. Pages are divided here and not by the layout engine,
so that a list of any length can be printed in parts with continuous page numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper, render_long
from documents.printing.fitting import LEADING, POINT, READABLE_SIZE, Fitted, fit, text_width
from documents.printing.russian import people_in_words
from documents.printing.typography import bound
from registry.days import day_text

if TYPE_CHECKING:
    from registry.organizations.models import Organization

#: Number of pages in one run of the layout engine.
PAGES = 30
#: Font size (points) of the rows.
SIZE = 9.0
#: Width of the table, of its number column, of a cell's border and padding, and a margin for rounding (mm).
WIDTH, NUMBER, PADDING, SLACK = 257.0, 12.0, 2.6, 0.7
#: Width that a column keeps for its longest word as long as possible (mm).
MAX_WORD = 42.0
#: Heights (mm): of a line, of a row besides its lines, of the table's head, of the title with its notes, of the head of
#: later pages, and of the count below the last row.
LINE, AROUND, HEADINGS, TITLE, HEAD, ENDING = SIZE * LEADING * POINT, 1.8, 10.0, 27.0, 7.0, 12.0
#: Height of a page without its number (mm).
HEIGHT = 172.0
#: Alignment of the columns by position: the number, and the name, which is the heading of its row.
_ALIGNS = {0: "n", 1: "head"}
#: Number of lines up to which a row keeps its font size; longer texts are printed smaller.
MAX_LINES = 10


@dataclass(frozen=True)
class Drawn:
    """A chart of series for `grouped_bars`, with the table of its numbers, on a separate page."""

    title: str
    labels: Sequence[str]
    series: Sequence[Any]
    headings: Sequence[str]
    #: The label and the numbers of each row.
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Listed:
    """Contents of a list, in Russian: title, notes on filters and order, headings, rows of texts.

    `ending` is the count below the last row, by default of people. The last row has no number if it is the total.
    """

    title: str
    notes: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    ending: str = ""
    has_total: bool = False
    chart: Drawn | None = None


def build(place: Organization, listed: Listed, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page."""
    widths = widths_of(listed)
    headings = list(zip(("№ п/п", *listed.headings), (NUMBER, *widths), strict=True))
    common = {
        "place": place.full_name or place.short_name,
        "title": listed.title,
        "head": f"{listed.title}: {place.short_name}",
        "notes": "; ".join(listed.notes),
        "headings": [{"text": text, "room": width - PADDING} for text, width in headings],
        "columns": [(str(at), round(width, 2), _ALIGNS.get(at, "")) for at, (_text, width) in enumerate(headings)],
    }
    pages: list[dict[str, Any]] = []
    left = 0.0
    last = len(listed.rows) if listed.has_total else None
    rows = [
        _row("" if number == last else str(number), texts, widths) for number, texts in enumerate(listed.rows, start=1)
    ]
    for at, row in enumerate(rows):
        needed = row["height"] + (ENDING if at == len(rows) - 1 else 0)
        if not pages or needed > left:
            pages.append({**common, "rows": [], "page": len(pages) + 1, "first": not pages})
            left = HEIGHT - HEADINGS - (HEAD if len(pages) > 1 else TITLE)
        pages[-1]["rows"].append(row)
        left -= row["height"]
    if not pages:
        pages.append({**common, "rows": [], "page": 1, "first": True})
    pages[-1] |= {"last": True, "total": listed.ending or people_in_words(len(rows)), "made": day_text(batch.today)}
    if listed.chart is not None:
        pages.append({**common, "chart": listed.chart, "page": len(pages) + 1})
    return [{**page, "of": len(pages)} for page in pages]


def widths_of(listed: Listed) -> list[float]:
    """Return the width of each column (mm): what its texts need, or less if all together need too much."""
    columns = [[heading, *(row[at] for row in listed.rows)] for at, heading in enumerate(listed.headings)]
    wanted = [max(text_width(text, SIZE) for text in texts[1:] or texts) + PADDING + SLACK for texts in columns]
    words = [max((text_width(word, SIZE) for text in texts for word in _words(text)), default=0) for texts in columns]
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


def _words(text: str) -> list[str]:
    """Return the parts that stay on one line, such as «№ 5»."""
    return bound(" ".join(text.split())).split(" ")


def _row(number: str, texts: Sequence[str], widths: Sequence[float]) -> dict[str, Any]:
    """Return the values of a row by the positions of their columns, and its height (mm)."""
    cells = [_fitted(number, NUMBER - PADDING)]
    cells += [_fitted(text, width - PADDING) for text, width in zip(texts, widths, strict=True)]
    tallest = max(max(room, _height(fitted)) for fitted, room in cells)
    return {"height": tallest + AROUND} | {str(at): fitted for at, (fitted, _room) in enumerate(cells)}


def _fitted(text: str, width: float) -> tuple[Fitted, float]:
    """Return the text in the largest possible letters at this width, and the height (mm) that they need."""
    found: list[tuple[Fitted, float]] = []
    for lines in range(1, MAX_LINES + 1):
        room = lines * LINE + 0.1
        found.append((fit(text, (width,), room=room / POINT, size=SIZE, grows=READABLE_SIZE), room))
        if found[-1][0].size == SIZE:
            break
    return min(found, key=lambda one: (-one[0].size, one[1]))


def _height(fitted: Fitted) -> float:
    return len(fitted.lines[0]) * fitted.size * LEADING * POINT


def render_list(pages: Sequence[Mapping[str, Any]], batch: Batch) -> bytes:
    """Return the whole list as one PDF."""
    return render_long(LIST, pages, PAGES, batch)


LIST = Paper(code="screen_list", title="Список с экрана", build=build, data_classes=frozenset())
