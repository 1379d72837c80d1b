"""Input of the layout engine: plain values that can be sent to another process."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from registry.places import DATA, ROOT

__all__ = ["ROOT", "STYLES_DIR", "Sheets", "Volume"]

#: Directory of the papers' style sheets.
STYLES_DIR = DATA / "static" / "prints"


class Sheets(NamedTuple):
    """Sheets of one paper, ready to be rendered."""

    html: str
    #: Pictures by their names in the HTML.
    pictures: Mapping[str, bytes]
    two_sided: bool
    #: Whether the PDF is for the archive: PDF/A in addition to PDF/UA.
    archived: bool = False
    #: Whether they are sheets of a form, which is laid out once (`engine.fixed`).
    fixed: bool = False


class Volume(NamedTuple):
    """Parts of one file to be joined."""

    parts: list[bytes]
    #: Whether every part begins on the front of a sheet.
    leaves: bool


#: No sheets; rendered to empty bytes.
NOTHING = Sheets("", {}, False)


@cache
def style_names() -> frozenset[str]:
    """Return the names of the style sheets."""
    return frozenset(path.name for path in STYLES_DIR.iterdir())
