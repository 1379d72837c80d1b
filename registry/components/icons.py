"""Icons: references into one sprite, `static/img/icons.svg`, which the browser fetches once.

The sprite holds the icons that are used and no others: `python -m tests.house.icons` writes it from the Lucide set.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = "img/icons.svg"

#: Icons of the tones of a message, beside the words that say the same.
MESSAGE_ICONS = {
    "info": "info",
    "ok": "circle-check",
    "success": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
}


class UnknownIconError(LookupError):
    """The sprite has no icon of this name."""


@cache
def names() -> frozenset[str]:
    """Return the names of the icons in the sprite."""
    text = (settings.BASE_DIR / "static" / SPRITE).read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', text))


@lru_cache(maxsize=512)
def icon(name: str, css: str = "") -> SafeString:
    """Return the icon, hidden from screen readers: the words beside it say what it means.

    Raises `UnknownIconError` for an icon that the sprite does not have.
    """
    if name not in names():
        raise UnknownIconError(name)
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', f"icon {css}".strip(), static(SPRITE), name
    )


def optional_icon(name: str) -> SafeString:
    """Return the icon, or nothing where no name is given."""
    return icon(name) if name else SafeString("")
