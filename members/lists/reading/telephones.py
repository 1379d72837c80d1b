"""Telephone numbers among other words: extensions, owners, messengers."""

import re
from typing import NamedTuple

from registry import checks
from registry.text import clean, plain_hyphens

_EXTENSION = re.compile(
    r"\(?\b(?:доб(?:авочный)?|вн(?:утр(?:енний)?)?|ext)\b[.:№ ]*\d{1,6}\b\)?|[#*]\s?\d{1,6}\b"
    # Without a space: «89161234501доб.12».
    r"|(?<=\d)доб\.?\s?\d{1,6}\b",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\([^()\d]+\)")
# Whole numbers first: in «89161234501 89161234502» only their length shows where one ends.
_WHOLE = re.compile(r"(?<!\d)(?:(?:\+?\s?7|8)(?:[\s\-().]*\d){10}|9\d{9})(?!\d)")
_DIGITS = re.compile(r"\+?\(?\d[\d\s()\-.]*\d")


class Found(NamedTuple):
    """Mobile and home numbers, and the parts of the text that are not numbers."""

    mobile: tuple[str, ...]
    home: tuple[str, ...]
    left: tuple[str, ...]


def find_phones(text: str) -> Found:
    """Return the numbers in a text of a list and the other parts. Never raises."""
    rest = plain_hyphens(clean(text, 300)).replace("_", "-")
    left = _EXTENSION.findall(rest)
    rest = _EXTENSION.sub(" ", rest)
    left += [words for words in _IN_BRACKETS.findall(rest) if checks.PHONE_WORDS.sub("", words).strip(" ().")]
    rest = _IN_BRACKETS.sub(lambda words: f" {words[0].strip('()')}, " if _is_kind(words[0]) else " , ", rest)
    mobile: list[str] = []
    home: list[str] = []
    for part in filter(str.strip, checks.BETWEEN_PHONES.split(rest)):
        numbers, words = _numbers_in(checks.PHONE_WORDS.sub(" ", part).strip(" ."))
        left += words
        for number in numbers:
            kind = mobile if checks.is_mobile(number) and not checks.HOME_WORDS.search(part) else home
            if number not in kind:
                kind.append(number)
    return Found(tuple(mobile), tuple(home), tuple(word.strip() for word in left))


def _is_kind(words: str) -> bool:
    """Return whether the words in brackets describe the kind of telephone: «(дом.)»."""
    return not checks.PHONE_WORDS.sub("", words).strip(" ().")


def _numbers_in(part: str) -> tuple[list[str], list[str]]:
    """Return the numbers in a part without separators, and the rest of it."""
    if not part:
        return [], []
    try:
        return [checks.parse_phone(part)], []
    except checks.CheckFailed:
        typed = _WHOLE.findall(part) or _DIGITS.findall(part)
    numbers, rest = [], part
    for one in typed:
        try:
            numbers.append(checks.parse_phone(one))
        except checks.CheckFailed:
            continue
        rest = rest.replace(one, " ", 1)
    words = " ".join(rest.split()).strip(" -.,")
    return numbers, [words] if re.search(r"\w", words) else []
