"""Fixed forms: sheets that differ only in their fields are laid out once and then filled (ADR 23).

A sheet with a picture or a page for values that are too long is laid out as a whole, as is one with a letter that the
fonts of the form lack. The result does not depend on what was laid out before.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import pydyf

from .filling import Filled, check_letters, fill
from .merging import merge
from .sheets import Sheets
from .slots import Sheet, sheets_in, slots_of, with_letters
from .stencils import NotFixed, Stencil, stencil_of
from .tagging import complete_tags

#: Maximum number of forms whose layout is kept, half a megabyte each.
MAX_STENCILS = 40
#: Number of sheets that are laid out as a whole at a time; more take much memory.
MAX_WHOLE = 5
#: What only the layout engine lays out: pictures, pages for values that are too long, values and lines alone for paper
#: that has been printed already.
_NOT_FIXED = ("<img", 'class="continued"', 'class="additions"', 'class="open ')
#: Letters that the embedded fonts have: Latin, Cyrillic, punctuation.
_CYRILLIC = (*range(0x401, 0x40D), *range(0x40E, 0x450), *range(0x451, 0x45D), *range(0x45E, 0x460))
LETTERS = "".join(map(chr, [*range(0x20, 0x7F), *range(0xA7, 0xBC), *_CYRILLIC])) + "ҐґӘәҒғҚқҢңӨөҰұҮүҺһ–—„“”…№"
_END = "</body></html>"

#: HTML of a form with its head → its stencil, or None if it is not fixed; the last used are at the end.
_stencils: OrderedDict[tuple[str, str], Stencil | None] = OrderedDict()
#: Threads of a web server print at the same time; two may lay out the same form, but none waits for another.
_lock = threading.Lock()
#: Lays sheets out and hands the document and its PDF over before it is written.
LayOut = Callable[[Sheets, Callable[[Any, pydyf.PDF], None] | None], bytes]


def lay_out_fixed(sheets: Sheets, lay_out: LayOut) -> bytes:
    """Return the sheets of a fixed form as one tagged PDF; `lay_out` is the layout engine."""
    head, found = sheets_in(sheets.html)
    filled = [(one, _filled(head, one, sheets, lay_out)) for one in found]
    runs = list(_runs(head, filled, sheets, lay_out))
    return runs[0] if len(runs) == 1 else merge(runs, leaves=sheets.two_sided)


def _runs(head: str, filled: Iterable[tuple[str, Filled | None]], sheets: Sheets, lay_out: LayOut) -> Iterable[bytes]:
    """Yield a PDF for each run of sheets that are filled, or laid out as a whole."""
    for are_filled, run in groupby(filled, key=lambda pair: pair[1] is not None):
        if are_filled:
            yield fill([one for _html, one in run if one is not None], two_sided=sheets.two_sided)
        else:
            whole = [html for html, _filled in run]
            for at in range(0, len(whole), MAX_WHOLE):
                yield lay_out(sheets._replace(html="".join([head, *whole[at : at + MAX_WHOLE], _END])), None)


def _filled(head: str, html: str, sheets: Sheets, lay_out: LayOut) -> Filled | None:
    """Return the sheet with the stencil of its form, or None if it has to be laid out as a whole."""
    if any(part in html for part in _NOT_FIXED):
        return None
    sheet = slots_of(html)
    key = (head, sheet.form)
    with _lock:
        known = key in _stencils
        stencil = _stencils.get(key)
    if not known:
        stencil = _stencil(head, sheet, sheets, lay_out)
    with _lock:
        _stencils[key] = stencil
        _stencils.move_to_end(key)
        if len(_stencils) > MAX_STENCILS:
            _stencils.popitem(last=False)
    if stencil is None:
        return None
    filled = Filled(stencil, sheet)
    try:
        check_letters(filled)
    except NotFixed:
        return None
    return filled


def _stencil(head: str, sheet: Sheet, sheets: Sheets, lay_out: LayOut) -> Stencil | None:
    """Lay the form out without values; return None if it is not fixed."""
    html = "".join([head, *with_letters(sheet.form, LETTERS), _END])
    prefix = hashlib.sha256(html.encode()).hexdigest()[:12].encode()
    found: list[Stencil] = []

    def finish(document: Any, pdf: pydyf.PDF) -> None:
        complete_tags(document, pdf, html)
        found.append(stencil_of(document, pdf, prefix, len(sheet.values)))

    try:
        lay_out(sheets._replace(html=html), finish)
    except NotFixed:
        return None
    return found[0]
