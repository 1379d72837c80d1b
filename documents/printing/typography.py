"""Line breaks of Russian texts: parts that belong together stay on one line (ГОСТ Р 7.0.97)."""

from __future__ import annotations

import re
from functools import lru_cache

#: A non-breaking space.
FIXED = "\N{NO-BREAK SPACE}"
#: Words that stay on one line with the next word.
_BEFORE = (
    r"№|§|(?:а/я|бул|вл|г|гл|д|дер|доб|им|кв|ком|корп|литер|мкр|наб|обл|оф|п|пер|пл|пом|пос|пр|просп|р-н|респ|с|ст|стр|"
    r"тел|туп|ул|ш|эт)\."
)
_MONTHS = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
#: Words that stay with the number before them.
_AFTER = rf"г\.|гг\.|руб|коп|чел|час|мин|кв\.|мм|см|м\b|км|лет|год|{_MONTHS}|%|₽"
_INITIAL = r"[А-ЯЁA-Z]\."
_RULES = (
    re.compile(rf"(?<![\w.])(?P<kept>{_BEFORE})\s+(?=\S|$)", re.IGNORECASE),
    re.compile(rf"(?<=\d)(?P<kept>)\s+(?={_AFTER})"),
    re.compile(rf"(?<![\w])(?P<kept>{_INITIAL})\s+(?=[А-ЯЁA-Z])"),
    re.compile(rf"(?P<kept>\w)\s+(?=(?:{_INITIAL}-?\s?){{1,3}}(?!\w))"),
    re.compile(r"(?P<kept>\S)\s+(?=[—–](?:\s|$))"),
    re.compile(r"(?P<kept>\+7)\s+(?=\d{3}\s)"),
    re.compile(rf"(?P<kept>\+7{FIXED}\d{{3}})\s+(?=\d{{3}}-)"),
    re.compile(r"(?<!\w)(?P<kept>от)\s+(?=\d\d\.\d\d\.\d{4})"),
)
_TAG = re.compile(r"(<[^>]*>)")


@lru_cache(4096)
def bound(text: str) -> str:
    """Return the text with fixed spaces: «№ 5», initials, units, months, dashes, «от 28.11.2026», telephones."""
    for rule in _RULES:
        text = rule.sub(rf"\g<kept>{FIXED}", text)
    return text


def bound_html(html: str) -> str:
    """Return the HTML with fixed spaces in its texts."""
    parts = _TAG.split(html)
    parts[::2] = [part if part.isspace() else bound(part) for part in parts[::2]]
    return "".join(parts)
