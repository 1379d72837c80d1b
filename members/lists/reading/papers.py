"""Numbers of papers with adjacent facts: issuer and date of a passport, the date of minutes, a ticket."""

import datetime
import re
from typing import Any

from registry.days import day_text

from .dates import read_date
from .issues import Wrong
from .source import Source

_ISSUER_LENGTH = 300
_MINUTES_LENGTH = 30
_MONTHS = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\.?"
_DAY = re.compile(
    r"(?<![\d.])(?:\d{1,2}(?P<mark>[.,/\-])\d{1,2}(?P=mark)(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    rf"|[«\"]?\d{{1,2}}[»\"]?\s+{_MONTHS}\s+\d{{4}})(?!\d)(?:\s*(?:года?|г)\b\.?)?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:\(?\b(?:код|к\s?[/.]\s?п)\b\.?(?:\s*подр\w*\.?)?[\s:№]*)?(?<!\d)(\d{3})\s?-\s?(\d{3})(?!\d)\)?", re.IGNORECASE
)
_TICKET = re.compile(r"(?:[^\W\d_]{1,5}[ \-]?)?\d{1,15}")
_OF_MINUTES = re.compile(r"\b(?:протокол|прот|пр|от|дата|решение)\b\.?|[№#]|\bN(?=\s?\d)", re.IGNORECASE)


def parse_ticket(source: Source) -> dict[str, Any]:
    """Parse the number of a membership ticket; its day is left out. Raises `Wrong`."""
    number = re.sub(r"^(?:№|N[oº]?\.?|#)\s*", "", source.text(60))
    if (day := re.search(r"\s+от\s+(?=\d)", number)) and _TICKET.fullmatch(number[: day.start()]):
        source.leave(number[day.start() :])
        number = number[: day.start()]
    if not _TICKET.fullmatch(number) or not number.split()[-1].lstrip("-").isalnum() or len(number) > 20:
        raise Wrong("ticket_form")
    return {"ticket_number": number}


def parse_passport(source: Source) -> dict[str, Any]:
    """Parse series and number of a passport, and its issuer and date if they follow. Raises `Wrong`."""
    text = source.text(300)
    match = re.match(r"\D{0,20}?(\d{2})\s?(\d{2})\D{0,8}(\d{6})(?!\d)(.*)", text)
    if not match:
        raise Wrong("paper_form")
    values = {"paper_series": match[1] + match[2], "paper_number": match[3]}
    rest = match[4]
    if not rest.strip(" .,;"):
        return values
    try:
        issue = _issue(source, rest)
    except Wrong:
        source.say("rest_left", text=rest.strip(" .,;"))
        return values
    if issue:
        source.say("passport_split", value=", ".join(map(_shown, issue.values())))
    return {**values, **issue}


def parse_issue(source: Source) -> dict[str, Any]:
    """Parse the issuer, date and office code of a passport from one cell. Raises `Wrong`."""
    if isinstance(source.raw, datetime.date):
        return {"paper_issued_on": read_date(source).value}
    return _issue(source, source.text(_ISSUER_LENGTH))


def _issue(source: Source, text: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if day := _DAY.search(text):
        values["paper_issued_on"] = read_date(source, day[0]).value
        text = f"{text[: day.start()]} {text[day.end() :]}"
    if code := _CODE.search(text):
        values["paper_code"] = f"{code[1]}-{code[2]}"
        text = f"{text[: code.start()]} {text[code.end() :]}"
    text = re.sub(r"^[\s.,;]*выд(?:ан[ао]?)?\b[\s.,:;]*", "", " ".join(text.split()), flags=re.IGNORECASE)
    text = re.sub(r"\s+(?=[,;])|[\s,;]+(?=,)", "", text).strip(" .,;:-")
    if text:
        values["paper_issued_by"] = text[:_ISSUER_LENGTH]
    return values


def _shown(value: Any) -> str:
    return day_text(value) if isinstance(value, datetime.date) else str(value)


def parse_certificate(source: Source) -> dict[str, Any]:
    """Parse series and number of a disability certificate, and its day if that follows. Raises `Wrong`."""
    text = source.text(100)
    values: dict[str, Any] = {}
    if day := re.search(rf"(?:\bот\s+|\bвыд(?:ана?)?\b\.?\s*|,\s*)({_DAY.pattern})", text, re.IGNORECASE):
        issued = Source("certificate_issued_on", day[1], source.today, source.minimum_age)
        values["certificate_issued_on"] = read_date(issued).value
        source.issues += issued.issues
        text = f"{text[: day.start()]} {text[day.end() :]}".strip(" ,;")
    match = re.fullmatch(r"(?:серия\s*|сер\.\s*)?(.{0,20}?)[\s,]*(?:№|N|номер)?\s*(\d{3,15})", text, re.IGNORECASE)
    if not match or _DAY.search(text):
        raise Wrong("paper_form")
    series = match[1].strip()
    return {**({"certificate_series": series} if series else {}), "certificate_number": match[2], **values}


def parse_minutes(source: Source) -> dict[str, Any]:
    """Parse number and day of minutes in any order: «№ 3 от 12.03.2015», «12.03.2015 № 3». Raises `Wrong`."""
    if isinstance(source.raw, datetime.date):
        return {"minutes_date": read_date(source).value}
    text = source.text(100)
    if source.field == "minutes_date" and not _OF_MINUTES.search(text):
        return {"minutes_date": read_date(source).value}
    days = [match for match in _DAY.finditer(text) if source.field != "minutes_number" or match[0] != text.strip("№N ")]
    values: dict[str, Any] = {}
    if len(days) == 1:
        values["minutes_date"] = read_date(source, days[0][0]).value
        text = f"{text[: days[0].start()]} {text[days[0].end() :]}"
    number = " ".join(_OF_MINUTES.sub(" ", text).split()).strip(" ,;./-")
    if len(number) > _MINUTES_LENGTH:
        raise Wrong("too_long", limit=_MINUTES_LENGTH)
    return {**({"minutes_number": number} if number else {}), **values}
