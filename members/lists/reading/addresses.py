"""Parsing of addresses in one line into postcode, region, town, street, house and flat."""

import re
from typing import Any

from registry import checks

from .source import Source

LENGTHS = {"region": 120, "city": 120, "street": 150, "house": 40, "flat": 20}
_STREET = (
    r"ул|улица|пер|переулок|пр|пр-т|пр-кт|просп|проспект|наб|набережная|бул|б-р|бульвар|ш|шоссе|алл|аллея|пл|площадь"
    r"|пр-д|проезд|мкр|мкр-н|микрорайон|туп|тупик|тракт|линия|кв-л|квартал"
)
_TOWN = (
    r"г|гор|город|с|село|п|пос|поселок|посёлок|пгт|рп|р\.\s?п|д|дер|деревня|к|клх|ст|ст-ца|станица"
    r"|х|хут|хутор|аул|сл|слобода"
)
_MARKS = (
    ("postcode", re.compile(r"[1-6]\d{5}")),
    (
        "region",
        re.compile(
            r"(?:респ|республика)\b.*|.*\b(?:обл|область|край|республика|р-н|район|округ|АО|ао)\b\.?.*", re.IGNORECASE
        ),
    ),
    (
        "house",
        re.compile(
            r"(?:д|дом|вл)\b\.?\s*(\d.*)|(\d+\s?[а-я]?(?:/\d+[а-я]?)?)|((?:корп|к|стр|лит)\b\.?\s*[\dа-я]+)",
            re.IGNORECASE,
        ),
    ),
    ("flat", re.compile(r"(?:кв|квартира|комн|ком|оф)\b\.?\s*(\d.*)", re.IGNORECASE)),
    ("street", re.compile(rf"(?:{_STREET})(?:\.\s?|\s).+|.+\s(?:{_STREET})\.?", re.IGNORECASE)),
    ("city", re.compile(rf"(?:{_TOWN})(?:\.\s?|\s)\D.*", re.IGNORECASE)),
)
_PHONE = re.compile(
    r"(?<!\d)(?:(?:моб|сот|дом)\.?\s*)?(?:(?:тел(?:ефон)?|т)\b[.:]*\s*)?"
    r"((?:\+7|8)[\s(\-]*\d{3,5}(?:[\s)\-]*\d){5,7})(?!\d)",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    rf"(?<=[\w.)])\s+(?=(?:(?:{_STREET})(?:\.\s?|\s)[\dА-ЯЁ]|(?:д|дом)\.?\s?\d|(?:кв|квартира)\.?\s?\d))", re.IGNORECASE
)


def parse_address(source: Source) -> dict[str, Any]:
    """Return the parts of an address; ambiguities become issues. Raises `Wrong`."""
    text = source.text(300)
    values, text = _phone_apart(source, text)
    return {**values, **(_divided(source, text) if text else {})}


def _phone_apart(source: Source, text: str) -> tuple[dict[str, str], str]:
    """Return the telephone found in the address, and the rest: «ул. Мира, 5, т. 8-910-111-22-33»."""
    match = _PHONE.search(text) if re.search(r"[^\W\d_]", text) else None
    try:
        phones = checks.parse_phones(match[1]) if match else None
    except checks.CheckFailed:
        phones = None
    if match is None or phones is None:
        return {}, text
    source.say("phone_in_address", value=match[1].strip())
    name, number = ("phone_mobile", phones.mobile[0]) if phones.mobile else ("phone_home", phones.home[0])
    return {name: number}, f"{text[: match.start()]} {text[match.end() :]}".strip(" ,;")


def _divided(source: Source, text: str) -> dict[str, Any]:
    parts = [part.strip(" .") for part in re.split(r"[,;]", _BREAKS.sub(", ", text)) if part.strip(" .")]
    found: dict[str, list[str]] = {}
    guessed = False
    for part in parts:
        name, value = _mark(part, found)
        if not name:
            guessed = True
            name = next((free for free in ("city", "street") if free not in found), "house")
        found.setdefault(name, []).append(value)
    values = {name: ", ".join(pieces) if name == "region" else " ".join(pieces) for name, pieces in found.items()}
    if not {"street", "house"} & values.keys() or any(
        len(values.get(name, "")) > limit for name, limit in LENGTHS.items()
    ):
        if len(text) > LENGTHS["street"]:
            text = text[: LENGTHS["street"]].rstrip()
            source.say("rest_left", text=source.original[LENGTHS["street"] :])
        if values.keys() <= {"city", "region", "postcode"} and all(len(value) <= 120 for value in values.values()):
            if guessed:
                source.say("address_split", value=" · ".join(values.values()))
            return dict(values)
        source.say("address_whole")
        return {"street": text}
    if guessed:
        source.say("address_split", value=" · ".join(values.values()))
    return dict(values)


def _mark(part: str, found: dict[str, list[str]]) -> tuple[str, str]:
    for name, pattern in _MARKS:
        match = pattern.fullmatch(part)
        if not match:
            continue
        if name == "house" and match[2] and "house" in found:
            return "flat", match[2]
        if name == "house" and (match[3] and "house" not in found):
            continue
        return name, next((group for group in match.groups() if group), part)
    return "", part
