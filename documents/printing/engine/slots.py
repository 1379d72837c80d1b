"""Fields of fixed forms in their HTML: separating the form from its values.

The fields of a form have fixed sizes, and their lines are broken before the layout (`fitting`), so two sheets that
differ only in their values have the same layout. `slots_of` separates the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from html import escape, unescape
from typing import NamedTuple

#: Attribute of a field's element in the HTML of a form without values: its kind and its number.
SLOT = "data-slot"
RULE, CELL, OPTION, PICTURE = "rule", "cell", "option", "picture"
#: Spoken text after a chosen option, which is underlined.
CHOSEN = " (подчёркнуто)"
#: Mark of an empty cell (`documents.templatetags.paper`).
EMPTY_CELL = "<!--cell-->"
#: The text of every field in a form without values, and its font size in points.
PLACEHOLDER, PLACEHOLDER_SIZE = "0", 11.0
#: Address of the pictures of a sheet.
PICTURES = "registry:picture/"
#: Placeholders for the lines in the page footer, and for the title in the outline.
FOOT, CODE, OUTLINE = "ф", "к", "о"

_TEXT = r"(?P<{0}>[^<]+(?:<br>[^<]+)*)"
_FIELDS = re.compile(
    r'<span class="rule(?P<kind>(?: blank| start| end)?)" style="width:(?P<width>[\d.]+)mm'
    r'(?:;font-size:(?P<size>[\d.]+)pt;line-height:(?P<leading>[\d.]+)pt;margin-top:-[\d.]+pt)?"'
    rf'(?: data-instead="(?P<said>[^"]*)")?>{_TEXT.format("ruled")}</span>'
    rf'|<span class="cell" style="font-size:(?P<cell_size>[\d.]+)pt">{_TEXT.format("celled")}</span>'
    rf"|{EMPTY_CELL}"
    r'|<u(?: class="(?P<other>off)"| data-after="[^"]*")>(?P<option>[^<]+)</u>'
    r'|<img(?P<before>[^>]*?) src="registry:picture/(?P<picture>[^"]+)"(?P<behind>[^>]*)>'
)
_ARTICLE = re.compile(
    r'<article\s+class="sheet"(?P<outlined>\s+data-outline="(?P<outline>[^"]*)")?'
    r'(?P<coded>\s+data-code="(?P<code>[^"]*)")?\s*>'
)
_FOOT = re.compile(r'data-foot="([^"]*)"')
_SPACE = re.compile(r"[ \n]+")
_BORDERS = re.compile(r"(?=<article\s)|(?=</body>)")


class Value(NamedTuple):
    """A value in a field: lines, font size and line height in points, alignment in a ruled field.

    An option has a line if it is chosen.
    """

    lines: tuple[str, ...]
    size: float = PLACEHOLDER_SIZE
    leading: float = 0
    align: str = ""
    #: Words for a field that is left to be filled in by hand; its lines are white.
    said: str = ""
    #: Name of a picture, which has no lines.
    picture: str = ""


class Sheet(NamedTuple):
    """One sheet of a form: the form without values, the values in order, and the lines outside of its text."""

    form: str
    values: tuple[Value, ...]
    outline: str
    code: str
    foot: str


def sheets_in(html: str) -> tuple[str, list[str]]:
    """Return the head of the document and the HTML of each of its sheets."""
    head, *sheets, _tail = _BORDERS.split(html)
    return head, sheets


def slots_of(sheet: str, drawings: Mapping[str, str] | None = None) -> Sheet:
    """Separate a sheet into the form and its values. Raises `ValueError` if it does not begin like a sheet.

    `drawings` are pictures that belong to the form, with the names that they get there.
    """
    begun = _ARTICLE.match(sheet)
    if begun is None:
        raise ValueError("not a sheet")
    values: list[Value] = []
    form = _SPACE.sub(" ", _FIELDS.sub(partial(_take, values, drawings or {}), sheet[begun.end() :]))
    feet: list[str] = []

    def take_foot(found: re.Match[str]) -> str:
        feet.append(unescape(found[1]))
        return f'data-foot="{FOOT}"'

    form = _FOOT.sub(take_foot, form)
    if len(feet) > 1:
        raise ValueError("two lines at the foot")
    outline = f' data-outline="{OUTLINE}"' if begun["outlined"] else ""
    code = f' data-code="{CODE}"' if begun["coded"] else ""
    return Sheet(
        f'<article class="sheet"{outline}{code}>{form}',
        tuple(values),
        unescape(begun["outline"] or ""),
        unescape(begun["code"] or ""),
        "".join(feet),
    )


def _take(values: list[Value], drawings: Mapping[str, str], found: re.Match[str]) -> str:
    """Remove the value of a field, add it to the list, and return the field without it."""
    if found["width"] is not None:
        lines, size = _lines(found["ruled"]), float(found["size"] or PLACEHOLDER_SIZE)
        align = found["kind"].strip()
        said = unescape(found["said"] or "")
        values.append(Value(lines, size, float(found["leading"] or 0), "" if align == "blank" else align, said))
        style = f"width:{found['width']}mm;border-bottom-color:transparent"
        return f'<span class="rule" {SLOT}="{RULE} {len(values) - 1}" style="{style}">{PLACEHOLDER}</span>'
    if found["option"] is not None:
        values.append(Value(() if found["other"] else (CHOSEN,)))
        return f'<u {SLOT}="{OPTION} {len(values) - 1}" data-after="{CHOSEN}">{found["option"]}</u>'
    if found["picture"] in drawings:
        return f'<img{found["before"]} src="{PICTURES}{drawings[found["picture"]]}"{found["behind"]}>'
    if found["picture"] is not None:
        values.append(Value((), picture=found["picture"]))
        source = f'src="{PICTURES}{placeholder_name(len(values) - 1)}"'
        return f'<img{found["before"]} {SLOT}="{PICTURE} {len(values) - 1}" {source}{found["behind"]}>'
    if found["celled"] is None:
        values.append(Value(()))
    else:
        values.append(Value(_lines(found["celled"]), float(found["cell_size"])))
    slot = f"{CELL} {len(values) - 1}"
    return f'<span class="cell" {SLOT}="{slot}" style="font-size:{PLACEHOLDER_SIZE:g}pt">{PLACEHOLDER}</span>'


def placeholder_name(value: int) -> str:
    """Return the name of the placeholder picture for the value in the layout of its form."""
    return f"value-{value}"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(unescape(line) for line in text.split("<br>"))


def with_letters(form: str, letters: str, *, bold: bool) -> Iterator[str]:
    """Yield the form and a sheet after it with the letters of all values, so that the embedded fonts have them.

    The second sheet also shows whether an empty page comes between two sheets.
    """
    yield form
    outer = re.search(r"<div[^>]*>", form)
    division = outer[0] if outer else "<div>"
    shown = f'<p class="letters">{escape(letters)}</p>'
    if bold:
        shown += f'<p class="letters bold">{escape(letters)}</p>'
    yield f'<article class="sheet">{division}{shown}</div></article>'
