"""Charts drawn on the server as SVG, without scripts and styles: horizontal bars, grouped bars, lines.

A chart only illustrates the numbers of a table beside it (`data_table`). Its colours are attributes, so that it prints
the same; the style sheet of pages changes them if the system forces its colours. Series differ by filling and line
style, not only by colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .base import NOTHING, attribute, element, markup, markup_join

Number = int | float | Decimal
#: Maximum number of series: more cannot be told apart.
MAX_SERIES = 3
#: Sizes in units of the drawing: its width, the letters, and the largest letters (on a narrow page).
WIDTH, LETTERS, LARGEST = 640, 13, 22
#: Width of a letter relative to its size, slightly more than in PT Sans.
_LETTER = 0.58
_LEFT, _RIGHT, _PLOT, _FOOT, _LEGEND = 92, 8, 220, 30, 30
_INK, _SOFT, _LINE = "#16202e", "#48566a", "#d7dde5"
#: Filling and border of the bars of each series.
_BARS = (("#c6d0dd", "#48566a"), ("#0a5394", "#0a5394"), ("#fff", "#744900"))
#: Colour, dashes and marker filling of each line.
_LINES = (("#48566a", "6 4", "#fff"), ("#0a5394", "", "#0a5394"), ("#744900", "2 4", "#fff"))


@dataclass(frozen=True)
class Series:
    """Numbers of a chart, one for each label; None is not drawn.

    `texts` are the texts of the numbers in the table, `urls` the addresses that they link to.
    """

    name: str
    values: Sequence[Number | None]
    texts: Sequence[str] = ()
    urls: Sequence[str] = ()

    @classmethod
    def of(cls, given: Series | Mapping[str, Any]) -> Series:
        """Return the series; papers give it as a mapping of its fields."""
        return given if isinstance(given, Series) else cls(**given)

    def text(self, at: int) -> str:
        """Return the text of the number for the table."""
        value = self.values[at]
        if value is None:
            return ""
        return self.texts[at] if self.texts else number_format(value, use_l10n=True, force_grouping=True)


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, both multiples of `step`; it always includes zero."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> list[Decimal]:
        """The numbers at the lines of the axis."""
        count = int((self.high - self.low) / self.step)
        return [self.low + self.step * n for n in range(count + 1)]

    def part(self, value: Number) -> Decimal:
        """Return the position of the number, from 0 to 1."""
        return (Decimal(value) - self.low) / (self.high - self.low)


def scale_for(values: Iterable[Number | None], lines: int = 5) -> Scale:
    """Return a scale of about `lines` round steps (1, 2 or 5 times a power of ten) that covers all numbers and zero."""
    numbers = [Decimal(value) for value in values if value is not None]
    low, high = min([*numbers, Decimal(0)]), max([*numbers, Decimal(0)])
    if low == high:
        return Scale(Decimal(0), Decimal(1), Decimal(1))
    least = (high - low) / lines
    power = Decimal(1).scaleb(least.adjusted())
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= least)
    return Scale(
        (low / step).to_integral_value(ROUND_FLOOR) * step,
        (high / step).to_integral_value(ROUND_CEILING) * step,
        step,
    )


def bar_chart(
    labels: Sequence[str], values: Sequence[Number | None], *, id: str, title: str, description: str = ""
) -> SafeString:
    """Return horizontal bars, each below its label and before its number; labels are cut to one line."""
    if not _has(values):
        return _empty(title)
    scale, high = scale_for(values), 46
    room = WIDTH - 16 - _width(max((short_number(value) for value in values if value is not None), key=len))
    parts = []
    for at, (label, value) in enumerate(zip(labels, values, strict=True)):
        top = high * at
        parts.append(_text(0, top + 17, fitting(label, WIDTH), anchor="start"))
        if value is None:
            continue
        zero, end = scale.part(0) * room, scale.part(value) * room
        parts.append(_bar(1, min(zero, end), top + 24, abs(end - zero), 14, f"{label}: {_plain(value)}"))
        parts.append(_text(max(zero, end) + 8, top + 37, short_number(value), anchor="start"))
    return _drawing(parts, high * len(labels), id, title, description)


def grouped_bars(
    labels: Sequence[str], given: Sequence[Series | Mapping[str, Any]], *, id: str, title: str, description: str = ""
) -> SafeString:
    """Return a group of vertical bars for each label, one bar a series. Raises `ValueError` for too many series."""
    series = [Series.of(one) for one in given]
    if not _has(value for one in series for value in one.values):
        return _empty(title)
    frame = _Frame(labels, series, _square)
    group = frame.group * Decimal("0.72")
    one_wide = group / len(series)
    parts = frame.parts()
    for at, label in enumerate(labels):
        left = frame.left(at) + (frame.group - group) / 2
        for number, one in enumerate(series):
            value = one.values[at]
            if value is None:
                continue
            zero, end = frame.height(0), frame.height(value)
            said = f"{label}, {one.name}: {one.text(at)}"
            parts.append(
                _bar(_style(number, series), left + one_wide * number, min(zero, end), one_wide, abs(end - zero), said)
            )
    parts.append(_rule(frame.height(0), _SOFT))
    return _drawing(parts, frame.bottom, id, title, description)


def line_chart(
    labels: Sequence[str],
    given: Sequence[Series | Mapping[str, Any]],
    *,
    id: str,
    title: str,
    description: str = "",
) -> SafeString:
    """Return a line with marks for each series, interrupted at missing numbers. Raises `ValueError` for too many
    series.
    """
    series = [Series.of(one) for one in given]
    if not _has(value for one in series for value in one.values):
        return _empty(title)
    frame = _Frame(labels, series, _dash)
    parts = [*frame.parts(), _rule(frame.height(0), _SOFT)]
    for number, one in enumerate(series):
        style = _style(number, series)
        points = [
            None if value is None else (frame.left(at) + frame.group / 2, frame.height(value))
            for at, value in enumerate(one.values)
        ]
        pairs = [(a, b) for a, b in pairwise(points) if a is not None and b is not None]
        path = "".join(f"M{_n(a[0])} {_n(a[1])}L{_n(b[0])} {_n(b[1])}" for a, b in pairs)
        if path:
            parts.append(_path(style, path))
        for at, point in enumerate(points):
            if point is not None:
                parts.append(_mark(style, *point, f"{labels[at]}, {one.name}: {one.text(at)}"))
    return _drawing(parts, frame.bottom, id, title, description)


def data_table(
    heading: str, labels: Sequence[str], given: Sequence[Series | Mapping[str, Any]], *, caption: str
) -> SafeString:
    """Return the table of a chart's numbers, which are links if they have addresses; a missing number is an empty cell.

    The title of the chart is above both, so the caption is only for screen readers.
    """
    series = [Series.of(one) for one in given]
    head = markup_join("", '<th scope="col" class="n">{}</th>', ((one.name,) for one in series))
    lines = ((label, SafeString("".join(_cell(one, at) for one in series))) for at, label in enumerate(labels))
    body = markup_join("\n", '<tr><th scope="row">{}</th>{}</tr>', lines)
    return markup(
        '<div class="table-wrap" tabindex="0" role="group" aria-label="{}"><table class="table dense">\n'
        '<caption class="visually-hidden">{}</caption>\n'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead>\n<tbody>{}</tbody>\n</table></div>',
        caption, caption, heading, head, body,
    )  # fmt: skip


def _cell(series: Series, at: int) -> SafeString:
    text = series.text(at)
    url = series.urls[at] if series.urls and text else ""
    return markup('<td class="n">{}</td>', markup('<a href="{}">{}</a>', url, text) if url else text)


def short_number(value: Number) -> str:
    """Return the number for an axis: «1.5 m» for 1,500,000; whole numbers below ten thousand unchanged."""
    number = Decimal(value)
    for power, words in (
        (12, pgettext("axis of a chart", "%(number)s tn")),
        (9, pgettext("axis of a chart", "%(number)s bn")),
        (6, pgettext("axis of a chart", "%(number)s m")),
        (4, pgettext("axis of a chart", "%(number)s k")),
    ):
        if abs(number) >= Decimal(1).scaleb(power):
            return words % {"number": _plain(round(number.scaleb(-(power // 3 * 3)), 2))}
    return _plain(round(number, 2 if abs(number) >= 1 or not number else 1 - number.adjusted()))


def fitting(text: str, width: float, size: float = LARGEST) -> str:
    """Return the text, cut with «…» if it would be wider at this letter size."""
    most = max(int(width / (size * _LETTER)), 1)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


class _Frame:
    """The frame of vertical charts: scale, legend, lines of the axis and labels below it."""

    def __init__(self, labels: Sequence[str], series: Sequence[Series], sign: Callable[[int, Decimal, int], Any]):
        if len(series) > MAX_SERIES:
            raise ValueError(f"A chart has at most {MAX_SERIES} series.")
        self.labels, self.series, self.sign = labels, series, sign
        self.scale = scale_for(value for one in series for value in one.values)
        self.group = Decimal(WIDTH - _LEFT - _RIGHT) / len(labels)
        self.rows = _legend_rows(series)
        self.top = 12 + _LEGEND * len(self.rows)

    @property
    def bottom(self) -> int:
        return self.top + _PLOT + _FOOT

    def left(self, at: int) -> Decimal:
        """Return the left edge of the group."""
        return _LEFT + self.group * at

    def height(self, value: Number) -> Decimal:
        """Return the vertical position of the number, from the top."""
        return self.top + _PLOT * (1 - self.scale.part(value))

    def parts(self) -> list[SafeString]:
        """Return the legend, the lines of the axis and the labels."""
        found = [part for at, row in enumerate(self.rows) for part in self._legend(at, row)]
        for tick in self.scale.ticks:
            found.append(_rule(self.height(tick), _LINE))
            found.append(_text(_LEFT - 8, self.height(tick) + 5, short_number(tick), anchor="end"))
        # Show every label, or every second, third … if they are too wide.
        longest = max(_width(label) for label in self.labels)
        every = 1
        while self.group * every < min(longest, 120) and every < len(self.labels):
            every += 1
        for at in range(0, len(self.labels), every):
            label = fitting(self.labels[at], float(self.group * every))
            found.append(_text(self.left(at) + self.group / 2, self.bottom - 8, label, anchor="middle"))
        return found

    def _legend(self, at: int, row: Sequence[int]) -> Iterable[SafeString]:
        left = Decimal(_LEFT)
        for number in row:
            name = fitting(self.series[number].name, WIDTH - _LEFT - 30)
            yield self.sign(_style(number, self.series), left, _LEGEND * at + 4)
            yield _text(left + 24, _LEGEND * at + 18, name, anchor="start")
            left += 24 + _width(name) + 24


def _legend_rows(series: Sequence[Series]) -> list[list[int]]:
    """Return the indexes of the series in each row of the legend; a single series has no legend."""
    if len(series) < 2:
        return []
    wide = sum(48 + _width(one.name) for one in series)
    if wide <= WIDTH - _LEFT:
        return [list(range(len(series)))]
    return [[number] for number in range(len(series))]


def _style(number: int, series: Sequence[Series]) -> int:
    """Return the index of the style; a single series has the strongest."""
    return 1 if len(series) == 1 else number


def _drawing(parts: Sequence[SafeString], high: int, id: str, title: str, description: str) -> SafeString:
    said = markup('<desc id="{}-d">{}</desc>', id, description) if description else NOTHING
    return markup(
        '<figure class="chart"><svg viewBox="0 0 {width} {high}" role="img" aria-labelledby="{id}-t{by}" '
        'font-family="PT Sans, sans-serif" font-size="{letters}" fill="{ink}"><title id="{id}-t">{title}</title>'
        "{said}{parts}</svg></figure>",
        width=WIDTH,
        high=high,
        id=id,
        by=f" {id}-d" if description else "",
        letters=LETTERS,
        ink=_INK,
        title=title,
        said=said,
        parts=SafeString("".join(parts)),
    )


def _empty(title: str) -> SafeString:
    return markup('<p class="chart soft">{}: {}</p>', title, _("there are no figures yet."))


def _has(values: Iterable[Number | None]) -> bool:
    return any(value is not None for value in values)


def _bar(style: int, x: Number, y: Number, width: Number, height: Number, said: str) -> SafeString:
    filling, edge = _BARS[style]
    return markup(
        '<rect class="bar-{}" x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}">{}</rect>',
        style, _n(x), _n(y), _n(width), _n(height), filling, edge,
        element("<title>{}</title>", said),
    )  # fmt: skip


def _square(style: int, x: Number, y: Number) -> SafeString:
    """Return the legend's square for a series of bars."""
    return _bar(style, x, y, 16, 16, "")


def _dash(style: int, x: Decimal, y: int) -> SafeString:
    """Return the legend's dash for a line."""
    return _path(style, f"M{_n(x - 12)} {y + 9}H{_n(x + 18)}") + _mark(style, x + 3, y + 9, "")


def _path(style: int, path: str) -> SafeString:
    colour, dashes, _filling = _LINES[style]
    return markup(
        '<path class="line-{}" d="{}" fill="none" stroke="{}" stroke-width="2.5"{}/>',
        style, path, colour, attribute("stroke-dasharray", dashes),
    )  # fmt: skip


def _mark(style: int, x: Number, y: Number, said: str) -> SafeString:
    colour, _dashes, filling = _LINES[style]
    return markup(
        '<circle class="mark-{}" cx="{}" cy="{}" r="4" fill="{}" stroke="{}" stroke-width="2">{}</circle>',
        style, _n(x), _n(y), filling, colour, element("<title>{}</title>", said),
    )  # fmt: skip


def _rule(y: Number, colour: str) -> SafeString:
    return markup('<path d="M{} {}H{}" stroke="{}"/>', _LEFT, _n(y), WIDTH - _RIGHT, colour)


def _text(x: Number, y: Number, text: str, *, anchor: str) -> SafeString:
    where = "" if anchor == "start" else attribute("text-anchor", anchor)
    return markup('<text x="{}" y="{}"{}>{}</text>', _n(x), _n(y), where, text)


def _n(value: Number) -> str:
    """Return a length with at most one decimal, independent of the page's language."""
    return f"{float(value):.1f}".removesuffix(".0")


def _plain(value: Number) -> str:
    number = Decimal(value)
    number = number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    return number_format(number, use_l10n=True, force_grouping=True)


def _width(text: str) -> int:
    """Return the width of the text in the largest letters."""
    return int(len(text) * LARGEST * _LETTER) + 1
