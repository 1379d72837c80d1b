"""What the registry hands to the layout engine: plain values that can also go to another process."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
#: The style sheets of the forms.
OWN_FILES = ROOT / "static" / "prints"


class Sheets(NamedTuple):
    """Sheets of one form, ready to be laid out."""

    html: str
    #: Pictures by the name under which the HTML has them.
    pictures: Mapping[str, bytes]
    two_sided: bool


#: No sheet at all; laid out it is no PDF.
NOTHING = Sheets("", {}, False)


@cache
def own_names() -> frozenset[str]:
    """Names of the style sheets."""
    return frozenset(path.name for path in OWN_FILES.iterdir())
