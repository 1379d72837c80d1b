"""Template tags of papers: ruled fields, cells, dates and options to underline."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import normalize

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe

from documents.clauses.contents import BETWEEN, FACTS, parts, word_for
from documents.printing.declension import without_tail
from documents.printing.engine.slots import CHOSEN, EMPTY_CELL
from documents.printing.fitting import (
    LEADING,
    MIN_SIZE,
    NOTHING,
    POINT,
    READABLE_SIZE,
    Column,
    Fits,
    Fitted,
    fit,
    rows_needed,
    text_width,
)
from documents.printing.russian import MONTHS

register = template.Library()

SIZE = 11.0
#: Font size of the page footer, and maximum width (mm) of a name in it.
SMALL, MAX_NAME = 8.0, 90.0
#: Distance (points) from the top of a row to its baseline (`.row` of paper.css).
ROOM = 14.3
#: Height of a capital letter with accent, as a multiple of the font size.
CAPITAL = 0.85
_PASSPORTS = ("passport", "foreign")
_BREAK, _CENTRED = mark_safe("<br>"), mark_safe(' class="n"')
#: Words for blanks and for the chosen option, spoken by screen readers.
BLANK, BLANK_DATE, BLANK_SIGNATURE = "(не заполнено)", "(дата не заполнена)", "(место для подписи)"
#: Width (mm) of an underscore in the form's own size.
_MARK = text_width("_", SIZE)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@register.simple_tag(takes_context=True)
def fill(
    context: Context,
    value: Any,
    *widths: float,
    align: str = "",
    size: float = SIZE,
    said: str = BLANK,
    path: str = "",
    closed: bool = False,
) -> SafeString:
    """Return a ruled field with a line for each width (mm); unknown values are left to be filled in by hand.

    Screen readers and copied text have `said` instead of them. A filled `closed` field has no empty lines below its
    value where something could be added.
    """
    return _fill(value, *widths, align=align, size=size, said=said, fits=context.get("fits"), path=path, closed=closed)


def _fill(
    value: Any,
    *widths: float,
    align: str = "",
    size: float = SIZE,
    said: str = BLANK,
    fits: Fits | None = None,
    path: str = "",
    closed: bool = False,
) -> SafeString:
    # On other papers than forms nothing follows, so the field grows upwards.
    fitted = fit(_text(value), widths, room=ROOM, size=size, first=CAPITAL, grows=0 if fits is not None else MIN_SIZE)
    if fits is not None:
        fits.note(path, _text(value), fitted)
    if not any(fitted.lines):
        return format_html("{}{}", _blank(widths[0], said), mark_safe("".join(map(_rule, widths[1:]))))
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
            if lines or not closed
        ),
    )


def _blank(width: float, said: str) -> SafeString:
    """Return an empty ruled line; programs that do not read out `said` get its white underscores."""
    marks = "_" * max(1, min(int((width - 0.6) / _MARK), 12))
    return format_html('<span class="rule blank" style="width:{}mm" data-instead="{}">{}</span>', width, said, marks)


def _rule(width: float) -> str:
    return f'<br><span class="rule" style="width:{width}mm"></span>'


def _letters(size: float, lines: int) -> str:
    """Return the style of text in another size than the form's: the field grows upwards, its rule stays in place."""
    if size == SIZE and lines == 1:
        return ""
    leading = size * LEADING
    return f";font-size:{size:g}pt;line-height:{leading:.2f}pt;margin-top:-{leading * (lines - 1):.2f}pt"


@register.simple_tag(takes_context=True)
def cell(context: Context, value: Any, width: float, height: float, size: float = SIZE, path: str = "") -> SafeString:
    """Return the value for a table cell of the inner width and height (mm); it grows on papers that are not forms."""
    fits = context.get("fits")
    grows = 0 if fits is not None else READABLE_SIZE
    fitted = fit(_text(value), (width,), room=height / POINT, size=size, grows=grows)
    if fits is not None:
        fits.note(path, _text(value), fitted)
    lines = fitted.lines[0]
    if not lines:
        return SafeString(EMPTY_CELL if fits is not None else "")
    text = format_html_join(_BREAK, "{}", ((line,) for line in lines))
    return format_html('<span class="cell" style="font-size:{}pt">{}</span>', f"{fitted.size:g}", text)


@register.simple_tag
def ruled(value: Any, width: float, height: float = 9.6, size: float = SIZE, align: str = "") -> SafeString:
    """Return a ruled field (mm) that makes its row as high as its value needs; only for rows that may grow."""
    fitted = fit(_text(value), (width,), room=height / POINT, size=size, grows=READABLE_SIZE)
    lines = fitted.lines[0]
    if not lines:
        return _blank(width, BLANK)
    text = format_html_join(_BREAK, "{}", ((line,) for line in lines))
    letters = f"{fitted.size:g}"
    return format_html('<span class="rule {}" style="width:{}mm;font-size:{}pt">{}</span>', align, width, letters, text)


@register.simple_block_tag(name="grid")
def grid_table(content: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], height: float) -> SafeString:
    """Return the table with these rows; the content of the block is the rows of its head.

    See `grid` for the arguments. The space below the head is left for the rows, which are drawn after the layout.
    """
    body = grid(rows, columns, height)
    widths = format_html_join("", '<col style="width:{}mm">', ((width,) for _name, width, _align in columns))
    table = (
        '<table data-rows="{}" style="margin-bottom:{}mm"><colgroup>{}</colgroup><thead>{}</thead></table>'
        '<p class="letters" data-letters>{}</p>'
    )
    bold = '<p class="letters bold" data-letters>{}</p>' if body["bold_letters"] else "{}"
    return format_html(
        table + bold, body["rows"], body["height"], widths, content, body["letters"], body["bold_letters"]
    )


@register.simple_block_tag(name="parts")
def drawn_parts(
    content: str,
    parts: Sequence[Sequence[Mapping[str, Any]]],
    columns: Sequence[Column],
    height: float,
    *,
    headed: bool = False,
) -> SafeString:
    """Return a table for each part (`parts_of`) on a separate page; with `headed` the first page has already begun
    above.

    The content of the block is the rows of the head. See `grid` for the other arguments.
    """
    tables = (
        ("" if headed and not at else " apart", grid_table(content, part, columns, height))
        for at, part in enumerate(parts)
    )
    return format_html_join("", '<div class="rows{}">{}</div>', tables)


@register.simple_block_tag(name="rows")
def rows_or_parts(
    content: str,
    rows: Sequence[Mapping[str, Any]],
    parts: Sequence[Sequence[Mapping[str, Any]]],
    columns: Sequence[Column],
    height: float,
    *,
    headed: bool = False,
) -> SafeString:
    """Return the rows as one table that the layout engine lays out below the text, or as `parts` if there are any."""
    if parts:
        return drawn_parts(content, parts, columns, height, headed=headed)
    widths = format_html_join("", '<col style="width:{}mm">', ((width,) for _name, width, _align in columns))
    lines = (
        format_html_join(
            "", "<td{}>{}</td>",
            ((_CENTRED if align else "", _text(row.get(name))) for name, _width, align in columns),
        )
        for row in rows
    )  # fmt: skip
    body = format_html_join("", "<tr>{}</tr>", ((line,) for line in lines))
    return format_html(
        "<table><colgroup>{}</colgroup><thead>{}</thead><tbody>{}</tbody></table>", widths, content, body
    )


def grid(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], height: float) -> Mapping[str, Any]:
    """Return the rows of a table for `data-rows`, their letters for `data-letters`, and their total height (mm).

    `engine.grids` draws the rows after the layout. The values of a row must be fitted (`fit_cells`). A row takes a
    multiple of `height` (mm) that fits its texts, unless it has its own `height`; a row with a `heading` is drawn below
    a line with it in bold letters.
    """
    drawn: list[dict[str, Any]] = []
    letters, bold = set[str](), set[str]()
    for row in rows:
        if "heading" in row:
            high = rows_needed([row["heading"]], height) * height
            drawn.append({"height": high, "heading": _cell(row["heading"], bold)})
        fitted = [row.get(name, NOTHING) for name, _width, _align in columns]
        high = row.get("height") or rows_needed(fitted, height) * height
        drawn.append({"height": high, "cells": [_cell(one, letters) for one in fitted]})
    declared = {"columns": [column[1:] for column in columns], "rows": drawn}
    return {
        "rows": json.dumps(declared, ensure_ascii=False),
        "letters": "".join(sorted(letters)),
        "bold_letters": "".join(sorted(bold)),
        "height": round(sum(row["height"] for row in drawn), 2),
    }


def _cell(fitted: Fitted, letters: set[str]) -> list[Any]:
    """Return the lines of a cell with their size, and add their letters."""
    lines = [normalize("NFC", line) for line in fitted.lines[0]]
    letters.update(*lines)
    return [lines, fitted.size]


def _with_path(tag: str) -> None:
    """Pass the path of its value, such as `card.street`, to the tag, so that papers can name values that do not fit."""
    compile_tag = register.tags[tag]

    def compile_with_path(parser: Any, token: Any) -> Any:
        node = compile_tag(parser, token)
        path = token.split_contents()[1]
        if path[0].isalpha():
            node.kwargs["path"] = parser.compile_filter(f'"{path.partition("|")[0]}"')
        return node

    register.tag(tag, compile_with_path)


_with_path("fill")
_with_path("cell")


@register.simple_tag
def captions(*widths_and_words: Any) -> SafeString:
    """Return captions under a row of rules: alternating widths (mm) and texts."""
    pairs = zip(widths_and_words[::2], widths_and_words[1::2], strict=True)
    return format_html_join("", '<span class="caption" style="width:{}mm">{}</span>', pairs)


@register.simple_tag
def day(value: dt.date | None, century: str = "", month: float = 32) -> SafeString:
    """Return «27» апреля 2026 г., with rules for unknown parts. `century="20"` prints the year's first digits on
    blanks.
    """
    date = (
        _fill(value.day if value else "", 8, said="__"),
        _fill(MONTHS[value.month - 1] if value else "", month, said=BLANK_DATE),
    )
    year = f"{value.year}" if value else ""
    if century and (not value or year.startswith(century)):
        tail: Any = format_html("{}{}", century, _fill(year[2:], 7, align="start", said="__"))
    else:
        tail = _fill(year, 13, said="____")
    return format_html('<span class="together">«{}» {} {} г.</span>', *date, tail)


@register.simple_tag(takes_context=True)
def clause(context: Context, name: str) -> SafeString:
    """Return a clause of the form's text, with values in place of the placeholders.

    After a value that ends with a full stop, such as a date with «г.», that of the sentence is left out.
    """
    made: list[str] = []
    for part, in_braces in parts(context["clauses"][name]):
        stopped = bool(made) and strip_tags(made[-1]).endswith(".")
        made.append(_in_place(context, part) if in_braces else part.removeprefix("." if stopped else ""))
    return format_html_join("", "{}", ((one,) for one in made))


def _in_place(context: Context, part: str) -> str:
    """Return the value of a placeholder, or a ruled line if it is unknown."""
    if part in FACTS:
        return _text((context.get("facts") or {}).get(part)) or _blank(40, BLANK)
    card = context.get("applicant") or context.get("card") or {}
    if BETWEEN in part:
        known = bool(card.get("chosen", {}).get("sex"))
        return word_for(part, is_woman=bool(card.get("is_woman")), is_known=known)
    if part == "дата":
        return day(None, century="20")
    if part == "нужное подчеркнуть":
        return mark_safe("<i>(нужное подчеркнуть)</i>")
    values = {
        "имя": card.get("name"),
        "билет": card.get("ticket_number"),
        "адрес": card.get("lives_at") or card.get("address"),
        "организация": context.get("keeper_name"),
    }
    return _text(values[part]) or _blank(60, BLANK)


@register.simple_tag
def signature(width: float) -> SafeString:
    """Return an empty ruled line (mm) to sign on."""
    return _fill("", width, said=BLANK_SIGNATURE)


@register.simple_tag
def sign(office: str, who: str, place: str = "") -> SafeString:
    """Return a line with an office, a place to sign and a name; `place` is printed on the line if given."""
    line = '<p class="sign"><span class="office">{}</span> {} <span class="who">{}</span></p>'
    return format_html(line, office, _fill(place, 40, said=BLANK_SIGNATURE), who)


@register.simple_tag(takes_context=True)
def pick(context: Context, chosen: Any, key: str, text: str) -> SafeString:
    """Return an option of «нужное подчеркнуть», underlined if it is chosen; forms mark the others too."""
    hit = chosen and (key == chosen or (not isinstance(chosen, str) and key in chosen))
    if hit:
        return format_html('<u data-after="{}">{}</u>', CHOSEN, text)
    return format_html('<u class="off">{}</u>' if context.get("fits") is not None else "{}", text)


@register.simple_tag
def paper_word(card: Mapping[str, Any]) -> str:
    """Return «паспорт», or «документ» if the member has another identity paper."""
    kind = card.get("chosen", {}).get("paper_kind")
    return "документ" if kind and kind not in _PASSPORTS else "паспорт"


@register.simple_tag
def foot(number: str, version: int, name: str | None, copy: str) -> str:
    """Return the footer of a consent; it must not break, so a very long name is cut."""
    shown = name or ""
    while text_width(shown, SMALL) > MAX_NAME:
        shown = f"{shown.removesuffix('…')[:-1].rstrip()}…"
    parts = [f"Согласие № {number}" if number else "Согласие", f"редакция {version}", shown, "копия" if copy else ""]
    return ", ".join(part for part in parts if part)


@register.filter
def stop(text: str) -> str:
    """Return the text with a full stop, unless it already ends with one, like initials and «г.»."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


@register.filter
def before(name: str, tail: str) -> str:
    """Return the name without the words that the form prints after it."""
    return without_tail(name, tail)
