"""Numbers of blanks as ranges: series, first and last number, width (V-C1). Pure functions without the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

#: Maximum number of digits of a number, leading zeros included, and of letters of a series.
MAX_WIDTH, MAX_SERIES = 12, 10
#: Maximum length of a printed number, which is stored on the card.
MAX_TEXT = 20
#: A series, which does not end in a digit, and the number.
_NUMBER = re.compile(r"(?P<series>(?:.*[^\d\s-])?)[\s-]*(?P<digits>\d+)", re.DOTALL)


class BadNumbers(ValueError):
    """Raised if a text is not a number of a blank; `message` explains why."""

    def __init__(self, message: Any) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, order=True)
class NumberRange:
    """Consecutive numbers of one series, both ends included."""

    series: str
    first: int
    last: int
    width: int

    @property
    def count(self) -> int:
        """Return how many numbers there are."""
        return self.last - self.first + 1

    def text_of(self, number: int) -> str:
        """Return the number as printed: the series, a space, the digits with leading zeros."""
        digits = f"{number:0{self.width}}"
        return f"{self.series} {digits}" if self.series else digits

    def spellings(self, number: int) -> set[str]:
        """Return the spellings of the number on cards: with and without a hyphen and capital letters."""
        series, digits = self.series.replace(" ", ""), f"{number:0{self.width}}"
        marks = {"", "-"} if series else {""}
        return {f"{letters}{mark}{digits}" for letters in {series, series.lower()} for mark in marks}

    def numbers(self) -> Iterator[str]:
        """Yield every number as printed."""
        return map(self.text_of, range(self.first, self.last + 1))

    def __str__(self) -> str:
        if self.first == self.last:
            return self.text_of(self.first)
        return f"{self.text_of(self.first)}–{self.last:0{self.width}} ({self.count})"

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last

    def overlaps(self, other: NumberRange) -> bool:
        """Return whether a number is in both ranges. Numbers that differ only in leading zeros are the same."""
        return self.series == other.series and self.first <= other.last and other.first <= self.last

    def part(self, first: int, last: int) -> NumberRange:
        """Return a part of the range, which has to contain both ends."""
        if not (first in self and last in self and first <= last):
            raise ValueError(f"{first}–{last} is no part of {self}")
        return replace(self, first=first, last=last)

    def without(self, other: NumberRange) -> list[NumberRange]:
        """Return the range without the numbers of the other: no range, one or two."""
        if not self.overlaps(other):
            return [self]
        left = [replace(self, last=other.first - 1)] if self.first < other.first else []
        right = [replace(self, first=other.last + 1)] if other.last < self.last else []
        return left + right


def parse_number(text: str) -> NumberRange:
    """Return the one number of a text such as «АБ 000123». Raises `BadNumbers`."""
    found = _NUMBER.fullmatch(text.replace("№", " ").strip())
    series = " ".join(found["series"].upper().split()) if found else ""
    if not found or len(found["digits"]) > MAX_WIDTH or len(series) > MAX_SERIES:
        message = _("A number of a blank has up to %(digits)s digits, with a series before them at most.")
        raise BadNumbers(message % {"digits": MAX_WIDTH})
    one = NumberRange(series, int(found["digits"]), int(found["digits"]), len(found["digits"]))
    if len(one.text_of(one.first)) > MAX_TEXT:
        raise BadNumbers(_("A number has at most %(most)s characters, with its series.") % {"most": MAX_TEXT})
    return one


def parse_range(first: str, last: str) -> NumberRange:
    """Return the range between two typed numbers; an empty `last` means one number.

    Raises `BadNumbers` if they differ in series or width, or the last comes before the first.
    """
    begin = parse_number(first)
    end = parse_number(last) if last.strip() else begin
    # The series may be omitted in the second number.
    if end.series and end.series != begin.series:
        raise BadNumbers(_("First and last number belong to different series."))
    if begin.width != end.width:
        message = _("First and last number have to have the same number of digits, with their zeros.")
        raise BadNumbers(message)
    if end.first < begin.first:
        raise BadNumbers(_("The last number comes before the first one."))
    return replace(begin, last=end.first)


#: Between two numbers of a line: a dash with or without spaces, «по», «до» or dots.
_UNTIL = re.compile(r"\s*(?:[–—…]|\.\.+|\s-\s|\bпо\b|\bдо\b)\s*|(?<=\d)-(?=\d)", re.IGNORECASE)
#: The count in brackets after a range, as written by the registry.
_COUNTED = re.compile(r"\s*\(\d+\)\s*$")


def parse_ranges(text: str) -> list[NumberRange]:
    """Return the ranges of a text with one range or number on a line, or several separated by «;».

    Raises `BadNumbers`, which names the line.
    """
    found = []
    for line in re.split(r"[;\n]+", text):
        if not line.strip():
            continue
        first, *last = _UNTIL.split(re.sub(r"^\s*[сc]\s+(?=\S)", "", _COUNTED.sub("", line), flags=re.IGNORECASE), 1)
        try:
            found.append(parse_range(first, last[0] if last else ""))
        except BadNumbers as fault:
            message = _("«%(line)s»: %(message)s") % {"line": line.strip()[:60], "message": fault.message}
            raise BadNumbers(message) from None
    return found


def merged(ranges: Iterable[NumberRange]) -> list[NumberRange]:
    """Return the ranges in order, with adjacent ones joined. They must not overlap."""
    found: list[NumberRange] = []
    for one in sorted(ranges):
        before = found[-1] if found else None
        if before and (before.series, before.width, before.last + 1) == (one.series, one.width, one.first):
            found[-1] = replace(before, last=one.last)
        else:
            found.append(one)
    return found


def without(ranges: Iterable[NumberRange], taken: NumberRange) -> list[NumberRange]:
    """Return the ranges without the numbers of `taken`."""
    return [part for one in ranges for part in one.without(taken)]


def listed(ranges: Sequence[NumberRange], most: int | None = None) -> str:
    """Return the first `most` ranges in one line: «000101–000200 (100), 000205 …»."""
    text = ", ".join(map(str, ranges[:most]))
    return f"{text} …" if most is not None and len(ranges) > most else text


def count_of(ranges: Iterable[NumberRange]) -> int:
    """Return how many numbers the ranges have in all."""
    return sum(one.count for one in ranges)
