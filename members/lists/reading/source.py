"""A cell on its way to a value: its text, and what is to be said about it."""

import dataclasses
import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from registry.days import day_text
from registry.text import clean

from .issues import Issue, Wrong

_BLANK = frozenset(
    {
        "нет",
        "н/д",
        "нет данных",
        "не указано",
        "не указан",
        "отсутствует",
        "?",
        "б/н",
        "б/о",
        "null",
        "none",
    }
)
_GUARD = re.compile(r"^'(?=[=+\-@\d])")
_CODE = re.compile(r"^[=@]|<[a-zA-Z/!]|[a-zA-Z]+:\s*//\S+\s*<")


def as_text(value: Any) -> str:
    """A cell as text: dates as 05.11.1958, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return day_text(value) if value.year >= 1000 else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def is_blank(value: Any) -> bool:
    """Whether the cell says nothing: empty, a dash, «нет», «н/д»."""
    text = " ".join(clean(as_text(value), 100).split()).lower()
    return not text.strip("-–—") or text in _BLANK


@dataclass(slots=True)
class Source:
    """One cell for one field; parsers read it and say what they assumed."""

    field: str
    raw: Any
    today: datetime.date
    minimum_age: int
    issues: list[Issue] = dataclasses.field(default_factory=list)

    def say(self, code: str, **params: Any) -> None:
        """Add an issue that names the field and what the file held."""
        self.issues.append(Issue(self.field, code, self.original, params))

    @property
    def original(self) -> str:
        """What the file held, shortened, without characters that cannot be shown."""
        return clean(as_text(self.raw), 200).strip()

    def text(self, limit: int = 300) -> str:
        """The text in single spaces. Raises `Wrong` for control characters, formulas, program code and excess."""
        raw = as_text(self.raw)
        if any(
            unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\t\r\n\x0b\x0c\x85"
            for char in raw[: limit * 4]
        ):
            raise Wrong("control_characters")
        text = _GUARD.sub("", " ".join(clean(raw, limit * 4).split()))
        if _CODE.search(text):
            raise Wrong("formula")
        if len(text) > limit:
            raise Wrong("too_long", limit=limit)
        return text
