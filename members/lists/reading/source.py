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
#: An uncomputed formula, or an error value.
_UNDONE = re.compile(r"=|#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|ССЫЛКА!|Н/Д|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|ЧИСЛО!|ПУСТО!)")
_CODE = re.compile(r"^[=@]|<[a-zA-Z/!]|[a-zA-Z]+:\s*//\S+\s*<")


_TAIL_OF_ZEROS = re.compile(r"'?(\d{1,15})[.,]0{1,6}")
_EXPONENT = re.compile(r"'?(\d)(?:[.,](\d{0,14}))?[eEеЕ]\+?(\d{1,2})")


def number_in_text(raw: Any) -> int | str | None:
    """Return the number that another program wrote as «79161234503.0» or «7.9161234503E10»; None for other text.

    A leading zero keeps it a text. Raises `Wrong` if the program shortened the number, so that digits are lost.
    """
    text = "".join(raw.split()) if isinstance(raw, str) and len(raw) < 40 else ""
    if match := _TAIL_OF_ZEROS.fullmatch(text):
        digits = match[1]
    elif (match := _EXPONENT.fullmatch(text)) and 6 <= int(match[3]) <= 14:
        digits, power = match[1] + (match[2] or ""), int(match[3])
        # A number that really ends with more than three zeros is rare; «7,91612E+10» is common.
        if len(digits) < power - 2:
            raise Wrong("number_shortened")
        if len(digits) > power + 1:
            return None
        digits = digits.ljust(power + 1, "0")
    else:
        return None
    return digits if digits.startswith("0") and digits != "0" else int(digits)


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
    #: Whether days are counted from 1904.
    since_1904: bool = False
    issues: list[Issue] = dataclasses.field(default_factory=list)
    #: The cell before a number was parsed from its text.
    written: Any = None

    def say(self, code: str, **params: Any) -> None:
        """Add an issue with the field and the text in the file."""
        self.issues.append(Issue(self.field, code, self.original, params))

    @property
    def original(self) -> str:
        """Return the text in the file, shortened, without unprintable characters."""
        return clean(as_text(self.raw if self.written is None else self.written), 200).strip()

    def read_number(self) -> None:
        """Replace a text such as «79161234503.0» by its number, with an issue. Raises `Wrong`."""
        number = number_in_text(self.raw)
        if number is not None:
            self.written, self.raw = self.raw, number
            self.say("number_in_text", value=number)

    def leave(self, *rest: str) -> None:
        """Add an issue about the parts of the text that are left out, if any."""
        if text := ", ".join(filter(None, (part.strip() for part in rest))):
            self.say("rest_left", text=text[:200])

    def text(self, limit: int = 300, *, code: bool = False) -> str:
        """Return the text with single spaces.

        Raises `Wrong` for control characters, excess length and, unless `code` is true, formulas and code.
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
        if not code and _CODE.search(text):
            raise Wrong("formula")
        if len(text) > limit:
            raise Wrong("too_long", limit=limit)
        return text
