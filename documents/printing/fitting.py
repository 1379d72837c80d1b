"""Fitting of values into fields: at the form's size if possible, else wrapped, else smaller; never cut off.

Lines are broken here and not by the layout engine, so that a form's layout does not depend on its values.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, count
from math import ceil
from typing import Any, NamedTuple

from .typography import bound

#: Millimetres per typographic point.
POINT = 25.4 / 72
#: Line spacing within a field, as a multiple of the font size.
LEADING = 1.16
#: Font size (points) down to which text is shrunk before words are divided.
READABLE_SIZE = 7.0
#: Smallest font size (points) on forms, where longer texts are printed in full on a separate page.
MIN_SIZE = 6.0
#: Ending of a value that is continued elsewhere.
CUT = "…"


class _Widths(dict[str, int]):
    """Advance widths of characters; others count as the widest."""

    def __missing__(self, letter: str) -> int:
        return 1000


# PT Serif, thousandths of the font size.
_WIDTHS = _Widths(
    (letter, width)
    for width, letters in {
        243: "'", 279: ".", 283: ",", 288: "j", 301: "il", 327: ":", 332: ";", 341: "J", 342: "f", 343: "()",
        344: "/", 352: "I \u00a0", 371: "t", 384: "r", 388: '"', 410: "_", 425: "-", 431: "г", 433: "s", 466: "сc",
        471: "«»", 474: "з", 488: "z", 491: "э", 496: "т", 503: "еёe", 505: "ауay", 507: "Гv", 508: "ь", 516: "k",
        519: "хx", 526: "g", 528: "в", 530: "я", 533: "0123456789+", 536: "S", 541: "бк", 543: "л", 544: "F",
        545: "b", 548: "q", 549: "L", 553: "оo", 554: "З", 555: "d", 558: "ч", 566: "рp", 573: "д", 574: "u",
        577: "ъ", 582: "ЕЁE", 587: "h", 594: "n", 596: "РЬP", 600: "Б", 610: "Z", 611: "п", 612: "ийн", 614: "ц",
        615: "ВB", 619: "ТT", 626: "–", 633: "Э", 636: "ЧЯ", 637: "R", 644: "СCY", 646: "КK", 655: "Л", 660: "У",
        670: "ХX", 672: "U", 683: "АA", 684: "V", 685: "Д", 688: "G", 708: "D", 718: "П", 722: "жЪ", 723: "ф",
        728: "НwH", 732: "ЦN", 734: "м", 739: "ИЙ", 740: "ОOQ", 746: "ы", 786: "юФ", 832: "ш", 844: "щЫ", 863: "m",
        867: "МM", 886: "—", 930: "Ш", 934: "W", 947: "Ж", 961: "Щ", 968: "Ю", 1064: "@", 1127: "№",
    }.items()
    for letter in letters
)  # fmt: skip
#: Column of a long table: name of the value, width (mm), alignment ("n" for centred, "head" for heads of their rows).
Column = tuple[str, float, str]
#: Horizontal padding (mm) of a cell in a long table, both sides together.
CELL_PADDING = 2.0
#: Height (mm) of the border of a row.
_BORDER = 0.3
#: Space (mm) reserved at the end of a line for rounding.
_SLACK = 0.6


@dataclass(frozen=True)
class Fitted:
    """A fitted value: for each ruled line its lines of text, the font size in points, and whether it is cut."""

    lines: tuple[tuple[str, ...], ...]
    size: float
    cut: bool = False

    @property
    def is_small(self) -> bool:
        """Return whether the letters are hard to read."""
        return self.size < READABLE_SIZE


#: An empty cell.
NOTHING = Fitted(((),), READABLE_SIZE)


@dataclass
class Fits:
    """Values of a sheet that are printed in small letters or truncated, as path and text."""

    small: list[tuple[str, str]] = field(default_factory=list)
    cut: list[tuple[str, str]] = field(default_factory=list)

    def note(self, path: str, text: str, fitted: Fitted) -> None:
        """Add the value, once, if it is in small letters or truncated."""
        kept = self.cut if fitted.cut else self.small
        if (fitted.cut or fitted.is_small) and (path, text) not in kept:
            kept.append((path, text))


def text_width(text: str, size: float) -> float:
    """Return the width (mm) of the text in PT Serif of the given size (points)."""
    return _units(text) * size * POINT / 1000


def _units(text: str) -> int:
    """Return the width of the text in thousandths of the font size."""
    return sum(map(_WIDTHS.__getitem__, text))


class _Piece(NamedTuple):
    """Text before which a line may break, with its separator from the piece before; widths as of `_units`."""

    joint: str
    text: str
    joint_units: int
    units: int


# Lines may break after a hyphen, but not within numbers such as telephone numbers.
_PIECES = re.compile(r"(?<=[^\W\d]-)(?=\w)")


def _pieces(text: str) -> list[_Piece]:
    """Return the pieces between which a line may break. Each is measured once, for all sizes that are tried."""
    pairs = [
        ("" if index else " ", piece) for word in text.split(" ") for index, piece in enumerate(_PIECES.split(word))
    ]
    return [_Piece(joint, piece, _units(joint), _units(piece)) for joint, piece in pairs]


def _break(pieces: Sequence[_Piece], widths: Sequence[float], size: float, *, divide: bool) -> list[str] | None:
    """Break the pieces into lines of the widths (mm). Return None if there are too few or a piece is too wide.

    With `divide`, a piece that is too wide is continued on the next line.
    """
    rooms = [width - _SLACK for width in widths]
    # A quick check that rejects most of the tried sizes.
    if sum(piece.units for piece in pieces) * size * POINT / 1000 > sum(rooms):
        return None
    lines, taken = [""], 0
    for joint, text, joint_units, units in pieces:
        joined, joined_units = (lines[-1] + joint + text, taken + joint_units + units) if lines[-1] else (text, units)
        if joined_units * size * POINT / 1000 <= rooms[len(lines) - 1]:
            lines[-1], taken = joined, joined_units
            continue
        if lines[-1] and not (divide and len(lines) == len(rooms)):
            lines.append("")
            joined, joined_units = text, units
        while len(lines) <= len(rooms) and joined_units * size * POINT / 1000 > rooms[len(lines) - 1]:
            if not divide:
                return None
            cut = _letters_in(joined, rooms[len(lines) - 1], size)
            lines[-1], joined = joined[:cut].rstrip(), joined[cut:]
            joined_units = _units(joined)
            lines.append("")
        if len(lines) > len(rooms):
            return None
        lines[-1], taken = joined, joined_units
    return lines


def _letters_in(text: str, room: float, size: float) -> int:
    """Return the number of characters that fit into `room` (mm), at least one."""
    for position, width in enumerate(accumulate(map(_WIDTHS.__getitem__, text))):
        if width * size * POINT / 1000 > room:
            return max(position, 1)
    return len(text)


def fit(
    text: str,
    widths: Sequence[float],
    *,
    room: float,
    size: float,
    first: float = LEADING,
    grows: float = 0,
) -> Fitted:
    """Fit the text into a field of lines of the widths (mm), each `room` points high, in at most `size` points.

    `first` is the height of the first line of text, as a multiple of the font size. Text that is too long for letters
    of `MIN_SIZE` is cut; a field that `grows` takes as many lines as needed, in letters of at least `grows` points.
    """
    text = bound(" ".join(text.split()))
    if not text:
        return Fitted(tuple(() for _ in widths), size)

    def broken(pieces: Sequence[_Piece], tried: float, *, divide: bool, more: int = 0) -> Fitted | None:
        per_line = 1 + more + max(0, int((room / tried - first) / LEADING))
        rooms = [width for width in widths for _ in range(per_line)]
        lines = _break(pieces, rooms, tried, divide=divide)
        return None if lines is None else _grouped(lines, per_line, len(widths), tried)

    whole = _pieces(text)
    # Words are divided only if they do not fit at an easily readable size.
    sizes = [(size - step / 4, False) for step in range(int((size - READABLE_SIZE) * 4) + 1)]
    sizes += [(size - step / 4, True) for step in range(int((size - (grows or MIN_SIZE)) * 4) + 1)]
    for tried, divide in sizes:
        found = broken(whole, tried, divide=divide)
        if found is not None:
            return found
    if grows:
        wanted = (broken(whole, grows, divide=True, more=more) for more in count(1))
        return next(found for found in wanted if found is not None)
    kept, lost = 0, len(text)
    while lost - kept > 1:
        half = (kept + lost) // 2
        fits = broken(_pieces(text[:half].rstrip() + CUT), MIN_SIZE, divide=True) is not None
        kept, lost = (half, lost) if fits else (kept, half)
    found = broken(_pieces(text[:kept].rstrip() + CUT), MIN_SIZE, divide=True)
    lines = found.lines if found is not None else (*(() for _ in widths[1:]), (CUT,))
    return Fitted(lines, MIN_SIZE, cut=True)


def fit_cells(
    row: Mapping[str, Any], columns: Iterable[Column], *, height: float, cell: float, size: float
) -> dict[str, Fitted]:
    """Return the values of a row by the names of their columns, fitted into their cells.

    `height` is the height of a row and `cell` that of its cells (mm), `size` the font size in points. If a text needs
    several rows, all texts have the height of these.
    """
    texts = [(name, "" if (text := row.get(name)) is None else str(text), width) for name, width, _align in columns]

    def fitted(room: float) -> dict[str, Fitted]:
        rooms = {"room": room / POINT, "size": size, "grows": READABLE_SIZE}
        return {name: fit(text, (width - CELL_PADDING,), **rooms) for name, text, width in texts}

    found = fitted(cell)
    rows = rows_needed(found.values(), height)
    return found if rows == 1 else fitted(cell + (rows - 1) * height)


def rows_needed(fitted: Iterable[Fitted], height: float) -> int:
    """Return the number of rows, each `height` mm high, that the fitted cells need."""
    tallest = max((len(one.lines[0]) * one.size * LEADING * POINT for one in fitted), default=0.0)
    return max(1, ceil((tallest + _BORDER) / height))


def pages_of(taken: Sequence[int], *, first: int, others: int, ending: int) -> list[range]:
    """Return the positions of the lines by page; the last page has room for the ending, after a line if it fits.

    `taken` are the rows needed by each line, `first` and `others` the rows on the first page and on other pages.
    """
    pages: list[range] = []
    at, count = 0, len(taken)
    while True:
        room = others if pages else first
        if sum(taken[at:]) <= room - ending:
            return [*pages, range(at, count)]
        upto = at
        while upto < count and taken[upto] <= room:
            room -= taken[upto]
            upto += 1
        # One line is kept for the ending; a line higher than a page gets its own page.
        upto = max(min(upto, count - 1), min(at + 1, count))
        pages.append(range(at, upto))
        at = upto


def _grouped(broken: Sequence[str], per_line: int, count: int, size: float) -> Fitted:
    starts = range(0, count * per_line, per_line)
    return Fitted(tuple(tuple(line for line in broken[n : n + per_line] if line) for n in starts), size)
