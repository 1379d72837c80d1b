"""Category, group, cause and term of a disability, which lists often have in one cell."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from registry.checks import CheckFailed
from registry.days import day_text

from .dates import parse_date
from .issues import Wrong
from .options import categories, choose, is_like_roman, number_of_group, spelled
from .source import Source

_INDEFINITE = re.compile(r"бессроч\w*|без срока?(?: переосвид\w*)?|пожизнен\w*|\bб с\b|б/с")
_NO_GROUP = re.compile(r"(?:без|нет|не имеет|не установлен\w*) ?(?:гр\w*|инвалидн\w*)?$|б г$|не инвалид$")
_GROUP_WITHIN = re.compile(
    r"(?<!\w)([123]|[iі]{1,3}|перв\w*|втор\w*|трет\w*|(?:^[пш](?!\w)|[пш](?= ?гр))(?! о\b))"
    r"(?: ?(?:я|й|ая|ой|ья|ей))? ?(?:гр\w*|а|б|в)?(?!\w)"
)
_OF_DISABLED = re.compile(r"\bинв")
#: Words of a category that refer to a group: «2 гр», «гр 2», «инвалид 2», «реб инв».
_SPEAKS_OF_GROUP = re.compile(r"\bинв|\bгр(?:упп\w*)?\b|[\diі] ?гр")
_CHILD = re.compile(r"\b(?:реб|дет|дит)\w* инв")
_AFTER_DISABLED = re.compile(r"\bинв\w*")
_MONTHS = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\.?"
_DAY = (
    r"(?:\d{1,2}\s?[./,\-]\s?\d{1,2}\s?[./,\-]\s?(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\s?[./\-]\s?\d{4}"
    rf"|(?:\d{{1,2}}\s+)?{_MONTHS}\s+\d{{4}})(?!\d)(?:\s*г(?:од\w*)?\b\.?)?"
)
_TERM = re.compile(
    rf"(?P<word>\b(?:до|по|переосв\w*|перекомис\w*|освид\w*|срок\w*|действ\w*|годн\w*)\b[\s.:,(]*(?:до\s|по\s)?\s*)?"
    rf"(?<![\d.])(?P<day>{_DAY})",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:с|со|от|выдан\w*)\s*$", re.IGNORECASE)
_REPRESENTATIVES = frozenset({"legal_representative", "guardian", "trustee"})


@dataclass(slots=True)
class Told:
    """Facts about a disability in a text: values of the card, words left over, and words about the group."""

    values: dict[str, Any]
    rest: str
    number: str


def parse_group(source: Source) -> dict[str, Any]:
    """Parse the group among other words: «2 гр. до 01.05.2027», «II, инв. детства»; also returns cause and term.

    «П» and «Ш» are read as II and III, as an assumption. An unknown word is left out with a warning.
    """
    text = source.text()
    if _NO_GROUP.match(spelled(text)):
        return {}
    told = _told(source, text)
    group, cause = told.values.get("disability_group"), told.values.get("disability_cause")
    if group:
        if told.rest and not cause and choose("disability_group", told.rest) != group:
            source.leave(told.rest)
    elif cause:
        source.say("cause_in_group", text=text[:60])
    elif told.rest:
        source.say("unknown_option", text=text[:60])
    return told.values


def parse_category(source: Source) -> dict[str, Any]:
    """Parse the category, with the group, cause and term beside it: «инвалид 2 гр.», «ребёнок-инвалид».

    An unknown word is left out with a warning.
    """
    text = source.text()
    words = spelled(text)
    named = list(filter(None, [choose("category", text), *categories(words)]))
    of_group = Source("disability_group", source.raw, source.today, source.minimum_age)
    values: dict[str, Any] = {}
    # The group of a student may be that of the studies.
    speaks = _OF_DISABLED if named[:1] == ["student"] else _SPEAKS_OF_GROUP
    if speaks.search(words) and not _NO_GROUP.match(words):
        values = _told(of_group, text).values
        if _CHILD.search(words):
            values["disability_group"] = "child"
        if _REPRESENTATIVES & set(named[:1]) and values.get("disability_group") == "child":
            # A child of theirs: a member who represents somebody is not a child.
            values.pop("disability_group")
    group = values.get("disability_group")
    if not named and not (group and number_of_group(words) and choose("disability_group", words)):
        source.say("unknown_option", text=text[:60])
        return {}
    if not named:
        source.say("category_by_group", text=text[:60])
    if group:
        of_group.say("group_in_category", text=text[:60], value=group)
    source.issues += of_group.issues
    return {**values, "category": (named or ["disabled"])[0]}


def other_category(text: str, offered: Collection[str]) -> str:
    """Return the first of the offered categories in the text, or an empty string."""
    return next((key for key in categories(spelled(text)) if key in offered), "")


def _told(source: Source, text: str) -> Told:
    """Return the facts in the text; adds remarks about the term and about letters instead of a Roman number."""
    values: dict[str, Any] = {}
    text = _take_term(source, text, values)
    words = spelled(text)
    if _INDEFINITE.search(words):
        values["certificate_indefinite"] = True
        source.say("indefinite_in_group", text=source.original[:60])
        words = " ".join(_INDEFINITE.sub(" ", words).split())
    if key := choose("disability_group", words):
        _tell_letters(source, words, key)
        return Told({"disability_group": key, **values}, "", words)
    found = _GROUP_WITHIN.search(words)
    rest = number_of_group(_GROUP_WITHIN.sub(" ", words, count=1)) if found else words
    after = _AFTER_DISABLED.split(words, maxsplit=1)[-1].strip()
    spoken = [rest, words.replace("инв ", ""), after, number_of_group(_GROUP_WITHIN.sub(" ", after, count=1))]
    if cause := next(filter(None, (choose("disability_cause", one) for one in spoken)), ""):
        values["disability_cause"] = cause
    if found and (key := choose("disability_group", found[1])):
        _tell_letters(source, found[1], key)
        return Told({"disability_group": key, **values}, rest, found[1])
    return Told(values, words, "")


def _take_term(source: Source, text: str, values: dict[str, Any]) -> str:
    """Move the last day of the certificate from the text to the values, and return the text without it."""
    for match in _TERM.finditer(text):
        if _SINCE.search(text[: match.start()]):
            continue
        term = Source("certificate_expires_on", match["day"], source.today, source.minimum_age)
        try:
            day = parse_date(term)["certificate_expires_on"]
        except (Wrong, CheckFailed):
            continue
        # A date without «до» may be that of the decision.
        if not match["word"] and day <= source.today:
            continue
        values["certificate_expires_on"] = day
        if not term.issues:
            term.say("term_in_group", text=source.original[:60], value=day_text(day))
        source.issues += term.issues
        return f"{text[: match.start()]} {text[match.end() :]}"
    return text


def _tell_letters(source: Source, words: str, key: str) -> None:
    if is_like_roman(words):
        source.say("group_letters", text=source.original[:20], value=key)
