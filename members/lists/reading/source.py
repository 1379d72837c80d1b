"""A cell while it is parsed: its text, and the issues found."""

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
#: A formula that was not computed, or an error in place of its result.
_UNDONE = re.compile(r"=|#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|ССЫЛКА!|Н/Д|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|ЧИСЛО!|ПУСТО!)")
_CODE = re.compile(r"^[=@]|<[a-zA-Z/!]|[a-zA-Z]+:\s*//\S+\s*<")


def as_text(value: Any) -> str:
    """Return a cell as text: dates as 05.11.1958, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return f"{as_text(value.date())} {value:%H:%M}"
    if isinstance(value, datetime.date):
        return day_text(value) if value.year >= 1000 else str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def is_blank(value: Any) -> bool:
    """Return whether the cell is empty or equivalent: a dash, «нет», «н/д»."""
    text = " ".join(clean(as_text(value), 100).split()).lower()
    return not text.strip("-–—") or text in _BLANK


@dataclass(slots=True)
class Source:
    """One cell for one field; parsers read it and add issues about their assumptions."""

    field: str
    raw: Any
    today: datetime.date
    minimum_age: int
    #: Numbers of days count from 1904.
    since_1904: bool = False
    issues: list[Issue] = dataclasses.field(default_factory=list)

    def say(self, code: str, **params: Any) -> None:
        """Add an issue with the field and the text in the file."""
        self.issues.append(Issue(self.field, code, self.original, params))

    @property
    def original(self) -> str:
        """Return the text in the file, shortened, without unprintable characters."""
        return clean(as_text(self.raw), 200).strip()

    def text(self, limit: int = 300) -> str:
        """Return the text with single spaces.

        Raises `Wrong` for control characters, formulas, code and excess length.
        """
        raw = as_text(self.raw)
        if any(
            unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\t\r\n\x0b\x0c\x85"
            for char in raw[: limit * 4]
        ):
            raise Wrong("control_characters")
        text = _GUARD.sub("", " ".join(clean(raw, limit * 4).split()))
        if _UNDONE.match(raw):
            raise Wrong("formula_result")
        if _CODE.search(text):
            raise Wrong("formula")
        if len(text) > limit:
            raise Wrong("too_long", limit=limit)
        return text
