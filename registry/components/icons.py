"""Icons as references into one sprite, `static/img/icons.svg`, which the browser fetches once.

The sprite contains only icons in use; `python -m tests.house.icons` writes it from the Lucide set.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from django.templatetags.static import static
from django.utils.safestring import SafeString

from registry.places import DATA

from .base import markup

SPRITE = "img/icons.svg"

#: Icons of the tones of a message; the text beside them has the same meaning.
MESSAGE_ICONS = {
    "info": "info",
    "ok": "circle-check",
    "success": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
}


class UnknownIconError(LookupError):
    """The sprite does not contain the icon."""


@cache
def names() -> frozenset[str]:
    """Return the names of the icons in the sprite."""
    text = (DATA / "static" / SPRITE).read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', text))


@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """Return the icon, hidden from screen readers because the text beside it has the same meaning.

    Raises `UnknownIconError` for an icon that is not in the sprite.
    """
    if name not in names():
        raise UnknownIconError(name)
    return markup(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', f"icon {css}".strip(), static(SPRITE), name
    )


def optional_icon(name: str) -> SafeString:
    """Return the icon, or nothing for an empty name."""
    return icon(name) if name else SafeString("")
