"""Rules shared by several packages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .errors import RuleViolation


def check_words(text: str, rule: str, most: int, *, empty: Any, field: str = "text") -> str:
    """Return typed text stripped; a line break counts as one character.

    Raises `RuleViolation` of the rule with the message `empty`, if given, for an empty text, and above `most`
    characters.
    """
    # Browsers count a line break as one character but send two.
    text = text.replace("\r\n", "\n").strip()
    if empty and not text:
        raise RuleViolation(rule, empty, field=field)
    if len(text) > most:
        message = _("The text has %(length)s characters; at most %(most)s are kept. Shorten it.")
        raise RuleViolation(rule, message % {"length": len(text), "most": most}, field=field)
    return text
