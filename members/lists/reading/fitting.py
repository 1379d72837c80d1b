"""How well the content of a column fits a field: confirms a heading, or replaces a missing one."""

import datetime
import re
from collections.abc import Collection, Sequence
from typing import Any

from . import further, names
from .issues import Kind
from .options import choose
from .source import as_text, is_blank
from .values import parse

__all__ = ["as_text", "by_content", "share"]

# Any day will do: it only matters whether the values can be read.
_TODAY = datetime.date(2100, 1, 1)
_OPTIONS = frozenset(
    {
        *further.OPTIONS,
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
#: Fields whose headings are also used for other contents.
MAY_BE_OTHERS = _OPTIONS - {"sex"}
_PARSED = frozenset(
    {
        *further.DATES,
        *further.NUMBERS,
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
    if field in _OPTIONS:
        return _part(
            bool(choose(field, as_text(value)) or (field == "dues_form" and "%" in as_text(value))) for value in told
        )
    if field == "money":
        return _part(bool(_MONEY.fullmatch(as_text(value).strip())) for value in told)
    if field == "row_number":
        return _part(as_text(value).strip(" .").isdigit() for value in told)
    if field in _PARSED:
        return _part(_readable(field, value) for value in told)
    return None


def _part(answers: Any) -> float:
    listed = list(answers)
    return sum(listed) / len(listed)


def _readable(field: str, value: Any) -> bool:
    if field == "full_name":
        value = names.birth_beside(as_text(value))[0]
    parsed = parse(field, value, today=_TODAY)
    # Values with wrong check digits or impossible dates still show what the column is.
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


def by_content(values: Sequence[Any], taken: Collection[str]) -> tuple[str, float]:
    """Return the field recognised by the content and the share of fitting values; an empty name if none."""
    for field in _BY_CONTENT:
        if field not in taken:
            fitting = _content_share(field, values)
            if fitting >= 0.8:
                return field, fitting
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
        return _part(_is_full_name(names.birth_beside(text)[0].split()) for text in texts)
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
