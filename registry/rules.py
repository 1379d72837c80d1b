"""Rules that several packages share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .errors import RuleViolation


def check_words(text: str, rule: str, most: int, *, empty: Any, field: str = "text") -> str:
    """Return what somebody has written without blanks around it; the end of a line counts once.

    Raises `RuleViolation` of the rule with `empty`, if given, where nothing is written, and above `most` characters.
    """
    # A browser counts the end of a line once and sends two characters for it.
    text = text.replace("\r\n", "\n").strip()
    if empty and not text:
        raise RuleViolation(rule, empty, field=field)
    if len(text) > most:
        message = _("The text has %(length)s characters; at most %(most)s are kept. Shorten it.")
        raise RuleViolation(rule, message % {"length": len(text), "most": most}, field=field)
    return text
