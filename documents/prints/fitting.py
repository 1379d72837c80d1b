"""How a value is laid into its field: at the form's size if it fits, else wrapped, else smaller; never cut off.

Lines are broken here and not by the layout engine, so that a form looks the same whatever is written in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: Millimetres of one typographic point.
POINT = 25.4 / 72
#: Lines of one field stand this many times their letter size apart.
LEADING = 1.16
#: Letters smaller than this are not printed unless nothing else fits, points.
SMALLEST = 4.0

# Advance widths of PT Serif, thousandths of the letter size; letters that are not listed count as the widest.
_WIDTHS = {
    letter: width
    for width, letters in {
        243: "'", 279: ".", 283: ",", 288: "j", 301: "il", 327: ":", 332: ";", 341: "J", 342: "f", 343: "()",
        344: "/", 352: "I ", 371: "t", 384: "r", 388: '"', 410: "_", 425: "-", 431: "г", 433: "s", 466: "сc",
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
}  # fmt: skip
_WIDEST = 1000
#: Room left at the end of a line for rounding, mm.
_SLACK = 0.6


@dataclass(frozen=True)
class Fitted:
    """A value laid out: for each ruled line of the field the lines of text that stand on it, and their size, points."""

    lines: tuple[tuple[str, ...], ...]
    size: float


def text_width(text: str, size: float) -> float:
    """Width of the text in PT Serif of the size (points), mm."""
    return sum(_WIDTHS.get(letter, _WIDEST) for letter in text) * size * POINT / 1000


def _words(text: str) -> list[str]:
    """Pieces that may stand on different lines, each with the hyphen it ends with."""
    return [
        piece + ("-" if index < len(pieces) - 1 else "")
        for pieces in (word.split("-") for word in text.split())
        for index, piece in enumerate(pieces)
    ]


def _break(text: str, widths: Sequence[float], size: float) -> list[str] | None:
    """Lines of the text for the widths (mm), or None where there are too few; a word too long for a line is divided."""
    lines: list[str] = []
    current = ""
    for word in _words(text):
        joined = current + word if current.endswith("-") or not current else f"{current} {word}"
        while True:
            if len(lines) >= len(widths):
                return None
            room = widths[len(lines)] - _SLACK
            if text_width(joined, size) <= room:
                current = joined
                break
            if current and (len(lines) + 1 >= len(widths) or text_width(word, size) <= widths[len(lines) + 1] - _SLACK):
                lines.append(current)
                current, joined = "", word
                continue
            cut = max(1, next((n for n in range(len(joined), 0, -1) if text_width(joined[:n], size) <= room), 1))
            lines.append(joined[:cut].rstrip())
            current, joined = "", joined[cut:]
    return [*lines, current] if len(lines) < len(widths) else None


def fit(text: str, widths: Sequence[float], *, pitch: float, size: float) -> Fitted:
    """Lay the text onto ruled lines of the widths (mm) that stand `pitch` points apart, at most at `size` points."""
    text = " ".join(text.split())
    if not text:
        return Fitted(tuple(() for _ in widths), size)
    while True:
        per_line = max(1, int(pitch / (size * LEADING)))
        rows = [width for width in widths for _ in range(per_line)]
        broken = _break(text, rows, size)
        if broken is not None or size <= SMALLEST / 2:
            break
        size -= 0.25 if size > SMALLEST else 0.1
    broken = broken if broken is not None else [text]
    return Fitted(tuple(tuple(broken[n : n + per_line]) for n in range(0, len(rows), per_line)), size)
