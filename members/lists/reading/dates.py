"""Dates in lists: real dates, many notations, spreadsheet numbers, two-digit years, years only."""

import datetime
import re
from typing import Any, NamedTuple

from registry.days import EARLIEST, OLDEST_AGE, day_text, whole_years
from registry.text import plain_hyphens

from . import rare_fields
from .hours import divide_hour, is_next_day
from .issues import Wrong
from .source import Source

#: The date with the number 0, by whether the workbook counts from 1904.
_SPREADSHEET_ZERO = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"], start=1
    )
}
_MONTHS["май"] = 5
_S = r"\s*([./,\-\s])[./,\-\s]*"
_DAY_FIRST = re.compile(rf"(\d{{1,2}}){_S}(\d{{1,2}}){_S}(\d{{4}}|\d{{2}})")
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_S}(\d{{1,2}}){_S}(\d{{1,2}})")
_MONTH_NAMED = re.compile(r"(\d{1,2})[\s.\-]*([а-я]{3,8})[\s.,\-]*(\d{4}|\d{2})")
_YEAR = re.compile(r"(?:с\s+)?(?:\d{1,2}\s*[./,\-]\s*|[а-я]{3,8}\.?\s+)?((?:19|20)\d{2})")
_OF_1905 = re.compile(r"(\d{2})\.(\d{2})\.1905")
#: Text fields for which a year alone is enough.
_YEARS = frozenset({"group_since"})
_MONTH = re.compile(r"(?:(\d{1,2})\s*[./,\-]\s*|([а-я]{3,8})\.?\s+)((?:19|20)\d{2})")
_ROMAN = {
    name: number
    for number, name in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), start=1)
}
_ROMAN_MONTH = re.compile(r"(?<=\d)([.,/\-\s]+)([ivxх]+)(?=[.,/\-\s]+\d)")
_TAIL = re.compile(
    r"(?:[\s,]*(?<![а-я])(?:г\.?\s?р|год|года|году|г|р)\b\.?(?:\s?рожд\w*\.?)?"
    r"|[ t]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+\-]\d{2}:?\d{2})?)+$"
)
#: An age, which follows from the date before it.
_AGE = re.compile(r"(?<=\d{4})[\s,]+\d{1,3}\s?(?:лет|года?)$")
_QUOTES = re.compile("[\"'`´«»„“”‘’‹›()\\[\\]]")
_HEAD = re.compile(r"^(?:от|с|со|до|по|в|во)\s+(?=\d)")
_ENDING = re.compile(r"(?<=\d)\s?-?\s?(?:го|ого|е|ое)(?=\s)")
#: A date among other words.
_WITHIN = re.compile(
    r"(?<![\d.,/\-])(?:\d{1,2}([./\-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\s+[а-я]{3,8}\.?\s+\d{4})(?![\d./\-]*\d)"
)
_YEAR_WITHIN = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


class Meaning(NamedTuple):
    """Properties of a date field that affect how its values are read."""

    year_alone: bool = False
    may_be_future: bool = False
    #: A month without a day is its first day: a certificate ends on the first of a month.
    month_alone: bool = False
    of_birth: bool = False


MEANINGS = {
    "birth_date": Meaning(of_birth=True),
    "joined_on": Meaning(year_alone=True),
    "certificate_expires_on": Meaning(may_be_future=True, month_alone=True),
    "study_until": Meaning(may_be_future=True),
}


class Reading(NamedTuple):
    """A date, and whether only its year is known."""

    value: datetime.date
    year_only: bool = False


def read_date(source: Source, text: str | None = None) -> Reading:
    """Return the date of a cell according to its field; assumptions become issues. Raises `Wrong`."""
    meaning = MEANINGS.get(source.field, Meaning())
    text, hour = _divided(source, text)
    reading = _read(source, meaning, text)
    if reading.year_only and not meaning.year_alone:
        raise Wrong("date_incomplete")
    value = _begun(source, meaning, reading.value, hour)
    if value < EARLIEST:
        raise Wrong("date_too_early")
    if not meaning.may_be_future and value > source.today:
        raise Wrong("date_future")
    if meaning.of_birth:
        _check_age(source, value)
    return Reading(value, reading.year_only)


def _divided(source: Source, text: str | None) -> tuple[str | None, datetime.time | None]:
    """Return the text without the hour at its end, and the hour; if the text is None, the cell."""
    raw = source.raw
    if text is None and isinstance(raw, datetime.date):
        return None, raw.time() if isinstance(raw, datetime.datetime) else None
    whole = source.text(100) if text is None else text
    day, hour = divide_hour(whole)
    return (text, None) if day == whole else (day, hour)


def _begun(source: Source, meaning: Meaning, day: datetime.date, hour: datetime.time | None) -> datetime.date:
    """Return the day, or the next one if the hour beside it shows that a program used another time zone."""
    if hour is None or not is_next_day(day, hour, any_zone=meaning.of_birth):
        return day
    following = day + datetime.timedelta(days=1)
    source.say("date_hour", hour=hour.strftime("%H:%M"), value=day_text(following))
    return following


def _check_age(source: Source, birth: datetime.date) -> None:
    age = whole_years(birth, source.today)
    if age > OLDEST_AGE:
        raise Wrong("birth_too_old")
    if age < source.minimum_age:
        raise Wrong("too_young_now", age=age, minimum=source.minimum_age)
    if age > 100:
        source.say("birth_very_old", age=age)


def _read(source: Source, meaning: Meaning, text: str | None) -> Reading:
    raw = source.raw
    if text is None and isinstance(raw, datetime.date):
        return Reading(raw if not isinstance(raw, datetime.datetime) else raw.date())
    text = _plain(source.text(100) if text is None else text)
    try:
        return _read_text(source, meaning, text)
    except Wrong as wrong:
        if wrong.code != "date_unreadable" or not (part := _part(text, meaning)):
            raise
        reading = _read_text(source, meaning, part)
        source.leave(_rest(text, part))
        return reading


def _plain(text: str) -> str:
    """Return the text in lower case without words and signs around a date: quotes, «от», «г.», a time."""
    text = " ".join(_QUOTES.sub(" ", plain_hyphens(text).lower().replace("ё", "е")).split())
    text = _AGE.sub("", text)
    return _ENDING.sub("", _HEAD.sub("", _TAIL.sub("", text).strip(" .,;-")))


def _part(text: str, meaning: Meaning) -> str:
    """Return the only date in a text with other words, or the only year if that is enough; empty if unclear."""
    dates = [match[0] for match in _WITHIN.finditer(text)]
    years = _YEAR_WITHIN.findall(text)
    if len(dates) == 1 and len(years) <= 1:
        return dates[0]
    more = dates or re.search(r"\d\s?[./]\s?\d", text)
    return years[0] if not more and len(years) == 1 and meaning.year_alone else ""


def _rest(text: str, part: str) -> str:
    rest = re.sub(r"^\s*(?:г|года?)\b\.?|\b(?:от|с|до)\s*$", " ", _TAIL.sub("", text.replace(part, " ", 1)))
    return " ".join(rest.split()).strip(" .,;-") if re.search(r"\w", rest) else ""


def _read_text(source: Source, meaning: Meaning, text: str) -> Reading:
    text = _ROMAN_MONTH.sub(lambda match: f"{match[1]}{_ROMAN.get(match[2].replace('х', 'x'), match[2])}", text)
    if set(re.findall(r"[^\W\d_]", text)) & {"о", "o"} and not re.search(r"[^\W\d_оo]", text):
        # The letter «о» instead of a zero.
        text = re.sub("[оo]", "0", text)
        source.say("date_digits", value=text)
    if match := _DAY_FIRST.fullmatch(text):
        day, mark, month, _mark, year = match.groups()
        return Reading(_day_first(source, meaning, int(day), int(month), year, slashed=mark == "/"))
    if match := _YEAR_FIRST.fullmatch(text):
        year, _mark, month, _mark, day = match.groups()
        return Reading(_ordered(source, int(year), int(month), int(day)))
    if match := _MONTH_NAMED.fullmatch(text):
        day, name, year = match.groups()
        if name[:3] not in _MONTHS:
            raise Wrong("date_unreadable")
        return Reading(_day_first(source, meaning, int(day), _MONTHS[name[:3]], year, slashed=False))
    if meaning.month_alone and (match := _MONTH.fullmatch(text)):
        return Reading(_month_alone(source, *match.groups(), text=text))
    if match := _YEAR.fullmatch(text):
        return _year_alone(source, meaning, int(match[1]), text)
    return Reading(_digits(source, text))


def _month_alone(source: Source, number: str | None, name: str | None, year: str, *, text: str) -> datetime.date:
    value = _date(int(year), int(number) if number else _MONTHS.get((name or "")[:3], 0), 1)
    source.say("month_begins", value=day_text(value), text=text.strip()[:40])
    return value


def _year_alone(source: Source, meaning: Meaning, year: int, text: str) -> Reading:
    if year > source.today.year and not meaning.may_be_future:
        raise Wrong("date_future")
    if meaning.year_alone:
        # «Сентябрь 2012» is more than the card can store without a day.
        named = bool(re.search(r"[а-яё]{3,}|\d{1,2}[.,/\-]\d{4}", text.lower().replace("год", "")))
        source.say("month_only" if named else "year_only", year=year, text=text.strip()[:40])
    return Reading(datetime.date(year, 1, 1), year_only=True)


def _digits(source: Source, text: str) -> datetime.date:
    if not (text.isascii() and re.fullmatch(r"\d{5}(?:\.\d+)?|\d{7,8}", text)):
        raise Wrong("date_unreadable")
    if len(text) < 7 or "." in text:
        value = _SPREADSHEET_ZERO[source.since_1904] + datetime.timedelta(days=int(text[:5]))
        source.say("date_serial", value=day_text(value))
        return value
    # A spreadsheet drops the leading zero of 05111958.
    text = text.zfill(8)
    for day, month, year in ((text[:2], text[2:4], text[4:]), (text[6:], text[4:6], text[:4])):
        if "1900" <= year <= "2100" and "01" <= month <= "12":
            value = _date(int(year), int(month), int(day))
            source.say("date_digits", value=day_text(value))
            return value
    raise Wrong("date_unreadable")


def _date(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Wrong("date_impossible") from None


def _ordered(source: Source, year: int, month: int, day: int) -> datetime.date:
    """Return the date; day and month are swapped if only that gives a valid month."""
    if month > 12 >= day:
        value = _date(year, day, month)
        source.say("date_swapped", value=day_text(value))
        return value
    return _date(year, month, day)


def _day_first(source: Source, meaning: Meaning, day: int, month: int, year: str, *, slashed: bool) -> datetime.date:
    full = int(year)
    if len(year) == 2:
        full = _century(source, meaning, int(year), min(month, 12), min(day, 28))
    value = _ordered(source, full, month, day)
    if len(year) == 2:
        source.say("date_two_digits", value=day_text(value))
    if slashed and day <= 12 and month <= 12 and day != month:
        other = datetime.date(full, day, month)
        source.say("date_day_first", value=day_text(value), other=day_text(other))
    return value


def _century(source: Source, meaning: Meaning, year: int, month: int, day: int) -> int:
    if meaning.may_be_future:
        return 2000 + year
    latest = source.today
    if meaning.of_birth:
        latest = datetime.date(latest.year - source.minimum_age, latest.month, min(latest.day, 28))
    later, earlier = 2000 + year, 1900 + year
    if datetime.date(later, max(month, 1), max(day, 1)) <= latest:
        return later
    # Better too young, which becomes an issue, than above a hundred years old.
    if meaning.of_birth and source.today.year - earlier > 100 and later <= source.today.year:
        return later
    return earlier


def read_typed_number(source: Source, *, of_days: bool) -> None:
    """Replace a date by the number that was typed into a date cell: spreadsheets show 1997 as 19.06.1905.

    `of_days` is whether the field contains a day. If it needs one, a year alone raises `Wrong`.
    """
    limit = rare_fields.NUMBERS.get(source.field, 0)
    is_year = of_days or source.field in _YEARS
    number = _number_typed(source) if limit or is_year else None
    if number is None or not (number <= limit or (is_year and 1900 <= number <= 2100)):
        return
    shown = source.original[:10]
    if of_days and not MEANINGS.get(source.field, Meaning()).year_alone:
        raise Wrong("year_as_date", value=number, text=shown)
    source.written, source.raw = source.raw, number
    source.say("year_in_date", value=number, text=shown)


def _number_typed(source: Source) -> int | None:
    """Return the number of the day in the file; for a text, only if a spreadsheet may have made it from a year."""
    day = source.raw
    if isinstance(day, str) and (match := _OF_1905.fullmatch(day.strip())):
        try:
            return (datetime.date(1905, int(match[2]), int(match[1])) - _SPREADSHEET_ZERO[False]).days
        except ValueError:
            return None
    if isinstance(day, datetime.datetime):
        day = day.date() if day.time() == datetime.time() else None
    if not isinstance(day, datetime.date):
        return None
    number = (day - _SPREADSHEET_ZERO[source.since_1904]).days
    # Spreadsheets assume a 29 February 1900.
    return number - 1 if number <= 60 and not source.since_1904 else number


def parse_date(source: Source) -> dict[str, Any]:
    """Parse a date of any field: a year only for joining, no term for a certificate. Raises `Wrong`."""
    if source.field == "certificate_expires_on" and re.search(
        r"бессроч|без срок|без огранич|не огранич|пожизнен|^б/с$", source.original.lower()
    ):
        return {"certificate_indefinite": True}
    reading = read_date(source)
    name = "paper_issued_on" if source.field == "passport_issued_on" else source.field
    if source.field == "joined_on":
        return {name: reading.value, "joined_year_only": reading.year_only}
    return {name: reading.value}
