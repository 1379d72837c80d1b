"""Comparison of a column's content with a field: it confirms a heading, or replaces a missing one."""

import datetime
import re
from collections.abc import Collection, Sequence
from typing import Any

from . import names, rare_fields
from .issues import Kind, Wrong
from .options import choose
from .source import as_text, is_blank, number_in_text
from .values import parse

__all__ = ["as_text", "by_content", "share"]

# Any day works here: it only matters whether the values can be parsed.
_TODAY = datetime.date(2100, 1, 1)
_OPTIONS = frozenset(
    {
        *rare_fields.OPTIONS,
        "sex",
        "category",
        "education",
        "disability_group",
        "disability_cause",
        "dues_form",
        "worker_category",
        "marital_status",
    }
)
#: Options that may be combined with others: «2 гр. до 01.05.2017», «инвалид 2 гр.».
_OF_SEVERAL = frozenset({"disability_group", "category"})
#: Fields whose headings are also used for other contents.
MAY_BE_OTHERS = _OPTIONS - {"sex"}
_PARSED = frozenset(
    {
        *rare_fields.DATES,
        *rare_fields.NUMBERS,
        "full_name",
        "snils",
        "phone",
        "email",
        "postcode",
        "birth_date",
        "joined_on",
        "registered_on",
        "ticket_number",
        "dues_percent",
        "certificate_issued_on",
        "certificate_expires_on",
        "minutes_date",
        "passport",
        "passport_series",
        "passport_number",
        "passport_issued_on",
        "passport_code",
        "minutes",
    }
)
#: Fields whose content is a date: birth, joining, papers.
DATES = frozenset(
    {
        *rare_fields.DATES,
        "birth_date",
        "joined_on",
        "registered_on",
        "certificate_issued_on",
        "certificate_expires_on",
        "minutes_date",
        "passport_issued_on",
    }
)
#: Texts in which letters are expected.
_WORDED = frozenset(
    {"surname", "given_name", "patronymic", "city", "region", "position", "profession", "institution", "citizenship",
     "birth_place", "passport_issued_by", "speciality", "degree", "academic_title"}
)  # fmt: skip
#: Fields that a heading may mean although `share` does not know their content.
_ACCEPTED = {
    "date": frozenset({"group_since", "minutes"}),
    "number": frozenset(),
    "phone": frozenset({"certificate_number", "minutes_number"}),
    "snils": frozenset({"certificate_number"}),
}
#: Kinds of content that identify a column even without its heading.
_PLAIN = frozenset({"email", "snils", "phone", "full_name", "patronymic", "address"})
_PASSPORT = re.compile(r"(?:серия )?\d\d\s?\d\d[\s,]*(?:№|N|номер)?\s?\d{6}", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|\d{4}-\d{2}-\d{2}")
_MONEY = re.compile(r"\d{1,6}(?:[.,\-=]\d{1,2})?(?: ?(?:р|руб)\.?)?|долг|нет|-", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:ул|пер|просп|пр|наб|бул|б-р|ш|алл|пл|мкр|дом|д|кв)\b\.?\s*\S", re.IGNORECASE)
_BY_CONTENT = (
    "email",
    "sex",
    "birth_date",
    "joined_on",
    "snils",
    "phone",
    "full_name",
    "patronymic",
    "address",
    "disability_group",
    "disability_cause",
    "category",
    "education",
    "dues_form",
    "marital_status",
    "postcode",
)


def share(field: str, values: Sequence[Any]) -> float | None:
    """Return the share (0 to 1) of values that the field can take; None if any text fits."""
    told = [value for value in values if not is_blank(value)]
    if not told:
        return None
    if field in _OF_SEVERAL:
        return _part(bool(parse(field, value, today=_TODAY).values) for value in told)
    if field in _OPTIONS:
        return _part(
            bool(choose(field, as_text(value)) or (field == "dues_form" and "%" in as_text(value))) for value in told
        )
    if field == "money":
        return _part(bool(_MONEY.fullmatch(as_text(value).strip())) for value in told)
    if field == "row_number":
        return _part(bool(re.fullmatch(r"\d{1,5}", as_text(_plain(value)).strip(" .)"))) for value in told)
    if field == "age":
        return _part(
            bool(re.fullmatch(r"\d{1,3}(?: ?(?:л|лет|год|года)\.?)?", as_text(_plain(value)).strip())) for value in told
        )
    if field == "patronymic":
        return min(1.0, 2 * _part(any(map(names.is_patronymic, as_text(value).split())) for value in told))
    if field == "given_name":
        return _part(
            not names.is_sure_patronymic(first) and not names.looks_like_surname(first) for first in _first_words(told)
        )
    if field == "surname":
        return _part(
            (not names.is_given_name(first) and not names.is_patronymic(first)) or "ич" in first
            for first in _first_words(told)
        )
    if field in _PARSED:
        return _part(_readable(field, value) for value in told)
    return None


def _plain(value: Any) -> Any:
    try:
        number = number_in_text(value)
    except Wrong:
        return value
    return value if number is None else number


def _first_words(values: Sequence[Any]) -> list[str]:
    return [(as_text(value).split() or [""])[0] for value in values]


def evident(values: Sequence[Any]) -> str:
    """Return the obvious kind of most values: email, date, snils, passport, phone, number; empty if none of these."""
    told = [value for value in values if not is_blank(value)]
    texts = [as_text(_plain(value)).strip() for value in told]
    if not told:
        return ""
    tests = {
        "email": lambda value, text: bool(re.search(r"\S@\S+\.\w", text)),
        "date": lambda value, text: isinstance(value, datetime.date) or bool(_DAY.fullmatch(text)),
        "snils": lambda value, text: bool(parse("snils", value, today=_TODAY).values),
        "passport": lambda value, text: bool(_PASSPORT.fullmatch(text)) and " " in text,
        "phone": lambda value, text: _is_long_phone(text),
        "number": lambda value, text: text.isdigit(),
    }
    for kind, test in tests.items():
        if _part(test(value, text) for value, text in zip(told, texts, strict=True)) >= 0.8:
            return kind
    return ""


def _is_long_phone(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return len(digits) >= 10 and not re.search(r"[^\W\d_]{4}", text) and bool(parse("phone", text, today=_TODAY).values)


def accepts(field: str, kind: str, values: Sequence[Any]) -> bool:
    """Return whether a field, or an ignored column, may contain values of an evident kind."""
    if field == kind or field in _ACCEPTED.get(kind, ()):
        return True
    if field in _WORDED:
        return False
    if kind == "number":
        return True
    if kind == "date":
        return field in DATES or (share(field, values) or 0) >= 0.6
    return (share(field, values) or 0) >= 0.6


def _part(answers: Any) -> float:
    listed = list(answers)
    return sum(listed) / len(listed)


def _readable(field: str, value: Any) -> bool:
    if field == "full_name":
        value = names.split_birth_date(as_text(value))[0]
    if field == "snils" and not parse(field, value, today=_TODAY).values:
        # With wrong check digits it may also be a telephone, unless it is written like a СНИЛС.
        return bool(re.search(r"\d{3}[\s\-]\d{3}[\s\-]\d{3}[\s\-]\d\d", as_text(value)))
    parsed = parse(field, value, today=_TODAY)
    if field == "phone" and "email" in parsed.values:
        return len(parsed.values) > 1
    # Values with wrong check digits or impossible dates still identify a column.
    codes = {issue.code for issue in parsed.issues if issue.kind == Kind.ERROR}
    return codes <= {
        "snils_check",
        "birth_too_old",
        "date_incomplete",
        "date_impossible",
        "name_initials",
        "control_characters",
    }


def is_word_of_name(values: Sequence[Any]) -> bool:
    """Return whether these are single capitalised words, like surnames and given names."""
    texts = [as_text(value).strip() for value in values if not is_blank(value)]
    return bool(texts) and _part(bool(re.fullmatch(r"[А-ЯЁ][А-Яа-яЁё\-]+", text)) for text in texts) >= 0.8


def by_content(values: Sequence[Any], taken: Collection[str], *, plain_only: bool = False) -> tuple[str, float]:
    """Return the field recognised by the content and the share of fitting values; an empty name if none.

    `plain_only` is for columns with a heading, even an unknown one: dates and options could then mean anything.
    """
    for field in _BY_CONTENT:
        if field not in taken and (field in _PLAIN or not plain_only):
            found = _content_share(field, values)
            if found >= 0.8:
                return field, found
    return "", 0


def _is_full_name(words: list[str]) -> bool:
    if len(words) >= 3 and any(map(names.is_patronymic, words)):
        return True
    capital = all(word[0].isupper() for word in words)
    return 2 <= len(words) <= 4 and capital and any(map(names.sex_by_given_name, words[1:]))


def _content_share(field: str, values: Sequence[Any]) -> float:
    told = [value for value in values if not is_blank(value)]
    texts = [as_text(value).strip() for value in told]
    if not told:
        return 0
    if field == "patronymic":
        return _part(len(text.split()) == 1 and names.is_patronymic(text) for text in texts)
    if field == "address":
        return _part(bool(_ADDRESS.search(text)) and len(text) > 12 for text in texts)
    if field == "full_name":
        return _part(_is_full_name(names.split_birth_date(text)[0].split()) for text in texts)
    if field == "snils":
        # Telephone numbers have eleven digits too, but not the check digits.
        return _part(bool(parse(field, value, today=_TODAY).values) for value in told)
    if field in ("birth_date", "joined_on"):
        return _part(
            isinstance(value, datetime.date)
            or (isinstance(value, str) and bool(re.search(r"\d[.,/\-]\d", value)) and _readable(field, value))
            for value in told
        )
    if field == "disability_group" and all(text.isdigit() for text in texts):
        return 0
    if field == "phone":
        return _part(len(re.sub(r"\D", "", text)) >= 10 for text in texts) * (share(field, told) or 0)
    return share(field, told) or 0
