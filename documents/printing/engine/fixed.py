"""Fixed forms: sheets that differ only in their fields are laid out once and then filled (ADR 23).

A sheet is laid out as a whole if it has a page for values that are too long, a letter that the form's fonts lack, or an
unreadable picture. The result does not depend on what was laid out before.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

import pydyf

from .filling import Filled, check_letters, fill, has_letters
from .merging import merge
from .pictures import NotPlaced, placeholder, read_picture
from .sheets import Sheets
from .slots import Sheet, placeholder_name, sheets_in, slots_of, with_letters
from .stencils import NotFixed, Stencil, stencil_of
from .tagging import complete_tags

#: Maximum number of cached layouts of forms, half a megabyte each.
MAX_STENCILS = 40
#: Number of sheets laid out as a whole at a time; more take much memory.
MAX_WHOLE = 5
#: Classes that need the layout engine: pages for values that are too long, and values and lines for paper that is
#: already printed.
_NOT_FIXED = ('class="continued"', 'class="additions"', 'class="open ')
#: Letters in the embedded fonts: Latin, Cyrillic, punctuation.
_CYRILLIC = (*range(0x401, 0x40D), *range(0x40E, 0x450), *range(0x451, 0x45D), *range(0x45E, 0x460))
LETTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA7, 0xBC), *_CYRILLIC])) + "ҐґӘәҒғҚқҢңӨөҰұҮүҺһ–—„“”…№"
#: Letters that the font of every field needs; if one lacks them, the bold font of some fields gets all letters too.
_LETTERS_OF_EACH = frozenset("0123456789_Яя")
_END = "</body></html>"

#: HTML of a form with its head → its stencil, or None if it is not fixed; the most recently used are at the end.
_stencils: OrderedDict[tuple[str, str], Stencil | None] = OrderedDict()
#: Threads of a web server print at the same time; two may lay out the same form, but none waits for another.
_lock = threading.Lock()
#: Lays out sheets, and passes the document and its PDF to a function before it is written.
LayOut = Callable[[Sheets, Callable[[Any, pydyf.PDF], None] | None], bytes]


def lay_out_fixed(sheets: Sheets, lay_out: LayOut) -> bytes:
    """Return the sheets of a fixed form as one tagged PDF; `lay_out` is the layout engine."""
    head, found = sheets_in(sheets.html)
    drawings = {name: f"drawing-{_digest(data)}" for name, data in sheets.pictures.items() if _is_drawing(data)}
    filled = [(one, _filled(head, one, sheets, drawings, lay_out)) for one in found]
    runs = list(_runs(head, filled, sheets, lay_out))
    return runs[0] if len(runs) == 1 else merge(runs, leaves=sheets.two_sided)


def _is_drawing(picture: bytes) -> bool:
    """Return whether the picture is a drawing (SVG), which belongs to the form; a photograph is a value."""
    return picture.lstrip().startswith(b"<")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _runs(head: str, filled: Iterable[tuple[str, Filled | None]], sheets: Sheets, lay_out: LayOut) -> Iterable[bytes]:
    """Yield a PDF for each run of sheets that are filled, or laid out as a whole."""
    for are_filled, run in groupby(filled, key=lambda pair: pair[1] is not None):
        if are_filled:
            yield fill([one for _html, one in run if one is not None], two_sided=sheets.two_sided)
        else:
            whole = [html for html, _filled in run]
            for at in range(0, len(whole), MAX_WHOLE):
                yield lay_out(sheets._replace(html="".join([head, *whole[at : at + MAX_WHOLE], _END])), None)


def _filled(head: str, html: str, sheets: Sheets, drawings: Mapping[str, str], lay_out: LayOut) -> Filled | None:
    """Return the sheet with the stencil of its form, or None if it has to be laid out as a whole.

    `drawings` are the drawings of the form, with their names there.
    """
    if any(part in html for part in _NOT_FIXED):
        return None
    sheet = slots_of(html, drawings)
    try:
        names = {value.picture for value in sheet.values if value.picture}
        pictures = {name: read_picture(sheets.pictures[name]) for name in names}
    except (KeyError, NotPlaced):
        return None
    key = (head, sheet.form)
    with _lock:
        known = key in _stencils
        stencil = _stencils.get(key)
    if not known:
        kept = {name: sheets.pictures[of_sheet] for of_sheet, name in drawings.items()}
        stencil = _stencil(head, sheet, sheets._replace(pictures=kept), lay_out)
    with _lock:
        _stencils[key] = stencil
        _stencils.move_to_end(key)
        if len(_stencils) > MAX_STENCILS:
            _stencils.popitem(last=False)
    if stencil is None:
        return None
    filled = Filled(stencil, sheet, pictures)
    try:
        check_letters(filled)
    except NotFixed:
        return None
    return filled


def _stencil(head: str, sheet: Sheet, sheets: Sheets, lay_out: LayOut) -> Stencil | None:
    """Lay the form out without values; return None if it is not fixed. `sheets` has the drawings of the form."""
    try:
        found = _harvested(head, sheet, sheets, lay_out, bold=False)
        if not has_letters(found, _LETTERS_OF_EACH):
            found = _harvested(head, sheet, sheets, lay_out, bold=True)
    except NotFixed:
        return None
    return found


def _harvested(head: str, sheet: Sheet, sheets: Sheets, lay_out: LayOut, *, bold: bool) -> Stencil:
    """Lay the form out with the letters of its values; return its stencil. Raises `NotFixed`."""
    html = "".join([head, *with_letters(sheet.form, LETTERS, bold=bold), _END])
    prefix = hashlib.sha256(html.encode()).hexdigest()[:12].encode()
    found: list[Stencil] = []
    of_values = {placeholder_name(at): placeholder() for at, value in enumerate(sheet.values) if value.picture}

    def finish(document: Any, pdf: pydyf.PDF) -> None:
        complete_tags(document, pdf, html)
        found.append(stencil_of(document, pdf, prefix, len(sheet.values)))

    lay_out(sheets._replace(html=html, pictures={**sheets.pictures, **of_values}), finish)
    return found[0]
