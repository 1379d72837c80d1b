"""Parsing of one cell of a list into values of the card and issues.

`parse` never raises: an invalid value becomes an error with the field and the text in the file.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from registry import checks
from registry.text import plain_hyphens

from . import papers, rare_fields
from .addresses import parse_address, parse_street
from .dates import parse_date, read_typed_number
from .disability import parse_category, parse_group
from .issues import Issue, Wrong
from .names import parse_full_name, parse_name
from .options import parse_dues_form, parse_option, parse_options, parse_percent
from .source import Source, as_text, is_blank
from .telephones import find_phones

__all__ = ["Parsed", "as_text", "parse"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The result of a cell: values by card field, and issues."""

    values: dict[str, Any]
    issues: list[Issue]


_LENGTHS = {
    "birth_place": 200,
    "citizenship": 60,
    "region": 120,
    "city": 120,
    "workplace": 300,
    "position": 150,
    "profession": 150,
    "institution": 300,
    "minutes_number": 30,
    "certificate_series": 20,
    "certificate_number": 20,
    "passport_issued_by": 300,
    "cell": 150,
    **rare_fields.LENGTHS,
}
# Maximum number of telephone numbers that the card field has room for.
MAX_PHONES = 3
_TARGETS = {"passport_series": "paper_series", "passport_number": "paper_number", "passport_code": "paper_code"}


def _text(source: Source) -> dict[str, Any]:
    name = "paper_issued_by" if source.field == "passport_issued_by" else source.field
    return {name: source.text(_LENGTHS[source.field])}


def _number(source: Source) -> dict[str, Any]:
    match = re.fullmatch(r"(\d{1,4})(?: ?(?:л|лет|г|год|года|чел)\.?)?", source.text(20))
    if not match or int(match[1]) > rare_fields.NUMBERS[source.field]:
        raise Wrong("number_form", limit=rare_fields.NUMBERS[source.field])
    return {source.field: int(match[1])}


def _without_number_sign(source: Source) -> dict[str, Any]:
    text = source.text(60).lstrip("№N# ").strip()
    if len(text) > _LENGTHS[source.field]:
        raise Wrong("too_long", limit=_LENGTHS[source.field])
    return {source.field: text}


def _zeros(source: Source, text: str, length: int, least: int) -> str:
    """Restore leading zeros that a spreadsheet dropped from a number."""
    if isinstance(source.raw, int) and least <= len(text) < length:
        text = text.zfill(length)
        source.say("leading_zeros", value=text)
    return text


_SNILS = re.compile(r"(?<!\d)\d{3}(?:[\s\-.]*\d){8}(?!\d)")


def _snils(source: Source) -> dict[str, Any]:
    text = plain_hyphens(_zeros(source, source.text(100), 11, 8))
    found = _SNILS.findall(text)
    if not found and re.fullmatch(r"\d{9,10}", text) and _is_right(checks.parse_snils, text.zfill(11)):
        # A text without the zeros that a spreadsheet dropped before.
        source.say("leading_zeros", value=text.zfill(11))
        return {"snils": checks.parse_snils(text.zfill(11))}
    if not found:
        return {"snils": checks.parse_snils(text)}
    right = next((number for number in found if _is_right(checks.parse_snils, number)), found[0])
    value = checks.parse_snils(right)
    rest = text.replace(right, " ", 1)
    source.leave(re.sub(r"снилс|номер|страхов\w*|[№N#:.,;\s]+$|^[№N#:.,;\s]+", " ", rest, flags=re.IGNORECASE))
    return {"snils": value}


def _is_right(check: Callable[[object], str], text: str) -> bool:
    try:
        return bool(check(text))
    except checks.CheckFailed:
        return False


def _checked(check: Callable[[object], str], length: int = 0) -> Callable[[Source], dict[str, Any]]:
    def parse_checked(source: Source) -> dict[str, Any]:
        text = source.text(60)
        value = check(_zeros(source, text, length, length - 2) if length else text)
        return {_TARGETS.get(source.field, source.field): value}

    return parse_checked


_EMAIL = re.compile(r"[^\s@<>()\[\]{},;:\"'«»„“”|]+@[^\s@<>()\[\]{},;:\"'«»„“”|/]+")


def _email(source: Source) -> dict[str, Any]:
    text = source.text(300, code=True)
    if text.startswith(("=", "@")):
        raise Wrong("formula")
    bare = re.sub(r"mailto:|\b(?:e-?mail|почта)\s*:", " ", text, flags=re.IGNORECASE)
    found = _EMAIL.search(bare) or _EMAIL.search(re.sub(r"\s*([@.])\s*", r"\1", bare))
    if found is None:
        source.text(300)
        raise checks.CheckFailed("email_form")
    address = checks.parse_email(found[0].strip(".-"))
    rest = re.sub(r"\s*([@.])\s*", r"\1", bare) if found[0] not in bare else bare
    rest = rest.replace(found[0], " ").strip(" .,;:<>()[]{}\"'«»„“”|/")
    source.leave(rest)
    if not rest and " " in text.strip() and found[0] not in text:
        source.say("email_spaces", value=address)
    elif not rest and text.lower() != address.lower():
        source.say("email_bare", value=address)
    return {"email": address}


def _phone(source: Source) -> dict[str, Any]:
    text = source.text(200)
    values: dict[str, Any] = {}
    found = _EMAIL.search(text)
    if found and _is_right(checks.parse_email, found[0].strip(".-")):
        # «89161234501, a@example.ru»
        values["email"] = checks.parse_email(found[0].strip(".-"))
        text = text.replace(found[0], " ").strip(" ,;")
        if not re.search(r"\d", text):
            source.leave(text)
            return values
    phones = find_phones(text)
    if not (phones.mobile or phones.home):
        raise checks.CheckFailed("phone_form")
    left = list(phones.left)
    for name, numbers in (("phone_mobile", phones.mobile), ("phone_home", phones.home)):
        left += map(checks.format_phone, numbers[MAX_PHONES:])
        if numbers:
            values[name] = ", ".join(numbers[:MAX_PHONES])
    source.leave(*left)
    return values


_PARSERS: dict[str, Callable[[Source], dict[str, Any]]] = {
    "full_name": parse_full_name,
    **dict.fromkeys(("surname", "given_name", "patronymic"), parse_name),
    **dict.fromkeys(
        (
            "birth_date",
            "joined_on",
            "registered_on",
            "certificate_issued_on",
            "certificate_expires_on",
            "passport_issued_on",
        ),
        parse_date,
    ),
    **dict.fromkeys(
        ("sex", "education", "disability_cause", "worker_category", "marital_status"),
        parse_option,
    ),
    "category": parse_category,
    "disability_group": parse_group,
    **dict.fromkeys(
        (
            "birth_place",
            "citizenship",
            "region",
            "city",
            "workplace",
            "position",
            "profession",
            "institution",
            "passport_issued_by",
            "cell",
        ),
        _text,
    ),
    **dict.fromkeys(("certificate_series", "certificate_number"), _without_number_sign),
    **dict.fromkeys(rare_fields.LENGTHS, _text),
    **dict.fromkeys(rare_fields.NUMBERS, _number),
    **dict.fromkeys(rare_fields.DATES, parse_date),
    **dict.fromkeys(rare_fields.OPTIONS, parse_option),
    **dict.fromkeys(rare_fields.SEVERAL, parse_options),
    "snils": _snils,
    "phone": _phone,
    "email": _email,
    "postcode": _checked(checks.parse_postcode),
    "address": parse_address,
    "ticket_number": papers.parse_ticket,
    "certificate": papers.parse_certificate,
    "dues_form": parse_dues_form,
    "dues_percent": parse_percent,
    "minutes": papers.parse_minutes,
    "minutes_date": papers.parse_minutes,
    "minutes_number": papers.parse_minutes,
    "passport": papers.parse_passport,
    "passport_issue": papers.parse_issue,
    "street": parse_street,
    "passport_series": _checked(checks.parse_passport_series, 4),
    "passport_number": _checked(checks.parse_passport_number, 6),
    "passport_code": _checked(checks.parse_passport_code, 6),
}


def _other_paper(source: Source) -> dict[str, Any]:
    return {_TARGETS[source.field]: source.text(60)}


def parse(
    field: str,
    raw: Any,
    *,
    today: datetime.date,
    minimum_age: int = 0,
    passport: bool = True,
    since_1904: bool = False,
) -> Parsed:
    """Return the values and issues of one cell; a blank cell gives none. `field` is a key of `FIELDS`.

    `passport` is whether the row's identity paper is a passport: numbers of other papers have no common format.
    `since_1904` is whether numbers of days count from 1904.
    """
    source = Source(field, raw, today, minimum_age, since_1904)
    if is_blank(raw):
        says_none = field == "patronymic" and as_text(raw).strip() != ""
        return Parsed({"no_patronymic": True} if says_none else {}, [])
    try:
        source.read_number()
        parser = _PARSERS[field] if passport or field not in _TARGETS else _other_paper
        read_typed_number(source, of_days=parser is parse_date or field == "minutes_date")
        return Parsed(parser(source), source.issues)
    except Wrong as wrong:
        source.say(wrong.code, **wrong.params)
    except checks.CheckFailed as failed:
        source.say(failed.code, **failed.params)
    return Parsed({}, source.issues)
