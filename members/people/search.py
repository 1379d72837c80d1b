"""Search in the member list: typed words match beginnings of words in the card's search key.

`Member.search_key` contains everything searchable, so one index serves names, numbers and dates, and the cost does not
grow with the federation.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from registry.text import SEARCH_WORDS, clean, names_search_key, search_key, search_terms

if TYPE_CHECKING:
    from members.book.models import BookLine

QUERY_LENGTH = 100

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_WORDED_DATE = re.compile(
    rf"\b(\d{{1,2}})\s+({'|'.join(_MONTHS)})[а-я]*\s+(\d{{4}})(?:\s*г(?:ода|\.)?(?!\w))?", re.IGNORECASE
)
# «ю» is on the key of the full stop in the other keyboard layout.
_DAY_FIRST = re.compile(r"(\d{1,2})[.,/\-ю](\d{1,2})[.,/\-ю](\d{4}|\d{2})(?:г\.?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[.,/\-](\d{1,2})[.,/\-](\d{1,2})")
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[.,/ю](\d{1,2})")
_NUMBER = re.compile(r"[\d\-–.№#]*\d[\d\-–.]*")
_TICKET = re.compile(r"[№#]?([1-9]\d{3,6})")
#: Plus and brackets of a telephone number.
_AROUND_DIGITS = re.compile(r"[+()](?=[\s\d]|$)|(?<=\d)[()]")
#: With one leading zero the number looks like a date of birth.
_LIKE_A_DATE = re.compile(r"\d(0[1-9]|1[0-2])([12]|(19|20)\d*)?")
#: Number of digits to which ticket numbers are padded with leading zeros.
_TICKET_DIGITS = 8


def member_search_key(
    names: list[str],
    *,
    snils: str = "",
    ticket_number: str = "",
    birth_date: dt.date | None = None,
    phones: tuple[str, ...] = (),
    former_names: Iterable[str] = (),
    former_tickets: Iterable[str] = (),
) -> str:
    """Return the search key of a card: names, СНИЛС, ticket number, date and year of birth, telephones, former ones."""
    dates = (f"{birth_date:%d%m%Y}", str(birth_date.year)) if birth_date else ()
    numbers = [word for listed in phones for number in listed.split(",") for word in phone_words(number)]
    # A very long key is cut at its end.
    former = (*former_tickets, names_search_key(*former_names))
    return search_key(names_search_key(*names), snils, ticket_number, *dates, *numbers, *former)


def phone_words(number: str) -> list[str]:
    """Return the words that find a stored number: without +7, and its last seven digits as a local number."""
    digits = _digits(number)
    if re.fullmatch(r"7\d{10}", digits):
        return [digits[1:], digits[4:]]
    return [digits] if digits else []


def book_search_key(line: BookLine) -> str:
    """Return the search key of a line of the registration book: present and former names and tickets, year of birth."""
    names = names_search_key(line.full_name, *line.former_names.splitlines())
    return search_key(names, line.ticket_number, *line.former_tickets.splitlines(), line.birth_year or "")


def matching(query: object, lookup: str = "contains") -> Q | None:
    """Return a condition on cards or lines of the book for a typed query; for `lookup` see `registry.lookups`.

    It is None for an empty query; without letters or digits nothing is found. Words in any order match beginnings of
    words. ё equals е, the wrong keyboard layout is corrected; СНИЛС,
    dates and telephones may have any notation.
    """
    text = clean(query, QUERY_LENGTH).strip()
    if not text:
        return None
    condition = Q()
    for group in _groups(_AROUND_DIGITS.sub(" ", _spell_months(text)).split()[:SEARCH_WORDS]):
        numbers = _joined(group)
        if len(group) == 1:
            # A single list, because conditions joined by «or» would be evaluated again for each card found by an index.
            condition &= _one_of([*_alternatives(group[0]), *numbers], lookup)
        else:
            condition &= _every(group, lookup) | _one_of(numbers, lookup)
    return condition if condition else Q(pk__in=[])


def _groups(words: list[str]) -> list[list[str]]:
    """Group adjacent numbers: «112-233-445 95» is one number."""
    groups: list[list[str]] = []
    for word in words:
        if groups and _NUMBER.fullmatch(word) and _NUMBER.fullmatch(groups[-1][-1]):
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _joined(group: list[str]) -> list[str]:
    """Return a number in parts as one, and a telephone without the 7 or 8 before its area code."""
    digits = "".join(map(_digits, group))
    apart = len(group) > 1 or (bool(_NUMBER.fullmatch(group[0])) and digits != group[0] and len(digits) >= 5)
    found = [digits] if apart else []
    return [*found, digits[1:]] if re.fullmatch(r"[78]\d{10}", digits) else found


def _every(words: list[str], lookup: str) -> Q:
    condition = Q()
    for word in words:
        condition &= _one_of(_alternatives(word), lookup)
    return condition


def _alternatives(word: str) -> list[str]:
    """Return the possible meanings of the word: dates, ticket numbers, look-alikes and the other keyboard layout."""
    return [*_dates(word), *_tickets(word), *(other for term in search_terms(word) for other in term)]


def _one_of(words: list[str], lookup: str) -> Q:
    """Return the condition that a word of the key begins with one of these; without any, no condition."""
    words = [*dict.fromkeys(words)]
    if not words:
        return Q()
    if lookup != "contains":
        return Q(**{f"search_key__{lookup}": words})
    return Q(*(Q(search_key__contains=f" {word}") for word in words), _connector=Q.OR)


def _digits(word: str) -> str:
    return re.sub(r"\D", "", word)


def _spell_months(text: str) -> str:
    return _WORDED_DATE.sub(lambda found: f"{found[1]}.{_month(found[2])}.{found[3]}", text)


def _month(word: str) -> int:
    return _MONTHS.index(word.lower()) + 1


def _dates(word: str) -> list[str]:
    """Return the possible dates of a word, as in the search key; a two-digit year can be of either century."""
    if found := _YEAR_FIRST.fullmatch(word):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(word):
        day, month, year = found.groups()
    elif found := _DAY_AND_MONTH.fullmatch(word):
        return [f"{int(found[1]):02}{int(found[2]):02}"]
    else:
        return []
    years = [year] if len(year) == 4 else [f"19{year}", f"20{year}"]
    return [f"{int(day):02}{int(month):02}{year}" for year in years]


def _tickets(word: str) -> list[str]:
    """Return the number with leading zeros: «30026» also finds the ticket 0030026."""
    found = _TICKET.fullmatch(word)
    if found is None:
        return []
    number = found[1]
    fewest = 2 if _LIKE_A_DATE.fullmatch(number) else 1
    return ["0" * noughts + number for noughts in range(fewest, min(4, _TICKET_DIGITS - len(number)) + 1)]
