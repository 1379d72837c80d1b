"""A population pyramid of two series, such as ages by sex, with bars to both sides of the labels."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString

from .charts import WIDTH, Series, _bar, _drawing, _empty, _text, _width, fitting, scale_for, short_number

#: Heights of the headings, of a bar with its spacing, and of the bar.
_NAMES, _STEP, _HIGH = 32, 26, 20


def pyramid(
    labels: Sequence[str], left: Series, right: Series, *, id: str, title: str, description: str = ""
) -> SafeString:
    """Return a bar to the left and to the right of each label, on one scale; the first label is at the bottom.

    A series has a number for each label.
    """
    numbers = [value or 0 for one in (left, right) for value in one.values]
    if not any(numbers):
        return _empty(title)
    scale = scale_for(numbers)
    middle = max(_width(label) for label in labels) + 12
    side = (WIDTH - middle) / 2
    room = side - max(_width(short_number(value)) for value in numbers) - 10
    parts = [
        _text(side, 20, fitting(left.name, side), anchor="end"),
        _text(WIDTH - side, 20, fitting(right.name, side), anchor="start"),
    ]
    for at, label in enumerate(labels):
        top = _NAMES + _STEP * (len(labels) - 1 - at)
        parts.append(_text(WIDTH / 2, top + 16, label, anchor="middle"))
        for style, one in enumerate((left, right)):
            value = one.values[at] or 0
            long = float(scale.part(value)) * room
            start, end = (side - long, side - long - 6) if style == 0 else (WIDTH - side, WIDTH - side + long + 6)
            if value:
                parts.append(_bar(style, start, top, long, _HIGH, f"{label}, {one.name}: {one.text(at)}"))
                parts.append(_text(end, top + 16, short_number(value), anchor="end" if style == 0 else "start"))
    return _drawing(parts, _NAMES + _STEP * len(labels), id, title, description)


__all__ = ["pyramid"]
