"""Parts of paper forms: ruled fields, cells, dates and options to underline."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from documents.printing.declension import without_tail
from documents.printing.fitting import LEADING, POINT, fit
from documents.printing.russian import MONTHS

register = template.Library()

SIZE = 11.0
#: From the top of a row to the baseline of what stands in it, points (`.row` of paper.css).
ROOM = 14.3
#: Height of a capital letter with its accent, in letter sizes.
CAPITAL = 0.85
_PASSPORTS = ("passport", "foreign")
_BREAK = mark_safe("<br>")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@register.simple_tag
def fill(value: Any, *widths: float, align: str = "", size: float = SIZE) -> SafeString:
    """A ruled field, a line for each width (mm); what is unknown is left to be written by hand."""
    fitted = fit(_text(value), widths, room=ROOM, size=size, first=CAPITAL)
    return format_html_join(
        _BREAK,
        '<span class="rule{}" style="width:{}mm{}">{}</span>',
        (
            (
                f" {align}" if align else "",
                width,
                _letters(fitted.size, len(lines)) if lines else "",
                format_html_join(_BREAK, "{}", ((line,) for line in lines)),
            )
            for width, lines in zip(widths, fitted.lines, strict=True)
        ),
    )


def _letters(size: float, lines: int) -> str:
    """Style of written letters where it is not the form's own: the field grows upwards, its rule stays in place."""
    if size == SIZE and lines == 1:
        return ""
    leading = size * LEADING
    return f";font-size:{size:g}pt;line-height:{leading:.2f}pt;margin-top:-{leading * (lines - 1):.2f}pt"


@register.simple_tag
def cell(value: Any, width: float, height: float, size: float = SIZE) -> SafeString:
    """The value in a table's cell of that inner width and height (mm)."""
    fitted = fit(_text(value), (width,), room=height / POINT, size=size)
    lines = fitted.lines[0]
    if not lines:
        return SafeString("")
    return format_html(
        '<span class="cell" style="font-size:{}pt">{}</span>',
        f"{fitted.size:g}",
        format_html_join(_BREAK, "{}", ((line,) for line in lines)),
    )


@register.simple_tag
def captions(*widths_and_words: Any) -> SafeString:
    """Return small words under a row of rules: the width of each (mm) and its words, by turns."""
    pairs = zip(widths_and_words[::2], widths_and_words[1::2], strict=True)
    return format_html_join("", '<span class="caption" style="width:{}mm">{}</span>', pairs)


@register.simple_tag
def day(value: dt.date | None, century: str = "", month: float = 32) -> SafeString:
    """«27» апреля 2026 г.; unknown parts are ruled. `century="20"` prints the year's first digits on the blank."""
    date = fill(value.day if value else "", 8), fill(MONTHS[value.month - 1] if value else "", month)
    year = f"{value.year}" if value else ""
    if century and (not value or year.startswith(century)):
        tail: Any = format_html("{}{}", century, fill(year[2:], 7, align="start"))
    else:
        tail = fill(year, 13)
    return format_html("«{}» {} {} г.", *date, tail)


@register.simple_tag
def pick(chosen: Any, key: str, text: str) -> SafeString:
    """An option of «нужное подчеркнуть»: underlined as by a pen when it is the chosen one."""
    hit = chosen and (key == chosen or (not isinstance(chosen, str) and key in chosen))
    return format_html("<u>{}</u>" if hit else "{}", text)


@register.simple_tag
def paper_word(card: Mapping[str, Any]) -> str:
    """«паспорт», as the form has it; a child shows another paper than that."""
    kind = card.get("chosen", {}).get("paper_kind")
    return "документ" if kind and kind not in _PASSPORTS else "паспорт"


@register.filter
def before(name: str, tail: str) -> str:
    """The name without the words that the form prints after it."""
    return without_tail(name, tail)


@register.filter
def rows(written: Sequence[Any] | None, count: int) -> list[Any]:
    """The rows of a table, and empty ones up to the count to be written by hand; a full table gets one more."""
    known = list(written or ())
    return [*known, *[{}] * max(count - len(known), 1)]
