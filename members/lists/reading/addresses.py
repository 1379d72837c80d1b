"""Parsing of addresses in one line into postcode, region, town, street, house and flat."""

import re
from typing import Any

from registry import checks
from registry.text import plain_hyphens

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
    r"((?:\+7|8)[\s(\-]*\d{3,5}(?:[\s)\-]*\d){5,7})(?!\d)"
    # A number in town only after a word: «т. 31-22-33».
    r"|(?<!\w)(?:тел(?:ефон)?|т)\b[.:]*\s*(\d{1,3}(?:-\d{2}){2})(?![\d\-])",
    re.IGNORECASE,
)
_HOUSE = r"\d{1,4}\s?(?:[а-я](?![а-я]))?(?:[/\\]\d{1,4}[а-я]?)?(?:\s?(?:корп|к|стр|лит)\.?\s?\d{1,3}[а-я]?)*"
_FLAT = r"\d{1,4}[а-я]?"
#: «5-17», «5 17»: house and flat.
_HOUSE_AND_FLAT = re.compile(rf"({_HOUSE})(?:\s*-\s*|\s+)({_FLAT})", re.IGNORECASE)
#: A street with its house, and optionally flat: «ул. Мира 5-17».
_ENDS_WITH_HOUSE = re.compile(rf"(.*?[^\W\d_]{{2}}.*?)[\s,]+({_HOUSE})(?:(?:\s*-\s*|\s+)({_FLAT}))?", re.IGNORECASE)
_BARE_STREET = re.compile(rf"(?:{_STREET})\.?", re.IGNORECASE)
_REWRITTEN = (
    (re.compile(r"^(?:Россия|РФ|Российская Федерация)\b[\s,]*", re.IGNORECASE), ""),
    (re.compile(r"(?<!\d)([1-6]\d{5})(?!\d)[\s,]*"), r"\1, "),
    # «дом № 5», «д5», «5кв.17»
    (re.compile(r"\b(д|дом|кв|квартира|комн)\b\.?\s*№\s*(?=\d)", re.IGNORECASE), r"\1. "),
    (re.compile(r"(?<![^\W\d_])(д|дом|кв|корп|стр)(?=\d)", re.IGNORECASE), r"\1. "),
    (re.compile(r"(?<=\d)(кв)(?=\W)", re.IGNORECASE), r" \1"),
    # «Мира ул. 5» → «ул. Мира, 5»
    (
        re.compile(
            rf"(?<![^\W\d_]\.)(?<!\b[гсп]\.\s)(?<!\b[гсп]\s)(?<!\w)([А-ЯЁ][\w\-]+)\s+({_STREET})\b\.?,?\s+(?=\d+[а-я]?\s*(?:$|[,/]|-\s?\d|кв|\d))"
        ),
        r"\2. \1, ",
    ),
    # A region without a comma behind it.
    (re.compile(r"\b(обл\.?|область|край|р-н|район|округ)\s+(?=[^\W\d_])", re.IGNORECASE), r"\1, "),
    (re.compile(rf"(?<!\bул\.)(?<!\bул)(?<=[\w.)])\s+(?=\d-[йяе]\s+(?:{_STREET})\b)", re.IGNORECASE), ", "),
    (
        re.compile(
            rf"(?<=[\w.)])(?<!\d-[йяе])\s+(?=(?:(?:{_STREET})(?:\.\s?|\s)[\dА-ЯЁ]|(?:д|дом)\.?\s?\d|(?:кв|квартира|комн|ком)\.?\s?\d))",
            re.IGNORECASE,
        ),
        ", ",
    ),
)


def parse_address(source: Source) -> dict[str, Any]:
    """Return the parts of an address; ambiguities become issues. Raises `Wrong`."""
    text = source.text(300)
    values, text = _phone_apart(source, text)
    return {**values, **(_divided(source, text) if text else {})}


def parse_street(source: Source) -> dict[str, Any]:
    """Return the street, with house and flat if they follow it: «ул. Мира, д. 5, кв. 7». Raises `Wrong`."""
    text = source.text(LENGTHS["street"])
    found, _guessed = _sorted(_rewritten(text))
    _apart(found)
    if "house" not in found or not found.keys() <= {"street", "city", "house", "flat"}:
        return {"street": text}
    if "street" not in found:
        # A name without «ул.» was read as a town.
        found["street"] = found.pop("city", [])
    if "city" in found or not found["street"]:
        return {"street": text}
    values = {name: " ".join(pieces) for name, pieces in found.items()}
    source.say(
        "address_split", value=" · ".join(values[name] for name in ("street", "house", "flat") if name in values)
    )
    return values


def _phone_apart(source: Source, text: str) -> tuple[dict[str, str], str]:
    """Return the telephone found in the address, and the rest: «ул. Мира, 5, т. 8-910-111-22-33»."""
    match = _PHONE.search(text) if re.search(r"[^\W\d_]", text) else None
    try:
        number = match[1] or match[2] if match else ""
        phones = checks.parse_phones(number) if match else None
    except checks.CheckFailed:
        phones = None
    if match is None or phones is None:
        return {}, text
    source.say("phone_in_address", value=number.strip())
    name, number = ("phone_mobile", phones.mobile[0]) if phones.mobile else ("phone_home", phones.home[0])
    return {name: number}, f"{text[: match.start()]} {text[match.end() :]}".strip(" ,;")


def _divided(source: Source, text: str) -> dict[str, Any]:
    found, guessed = _sorted(_rewritten(text))
    guessed = _apart(found) or guessed
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


def _rewritten(text: str) -> str:
    """Return the address with a comma between its parts."""
    text = plain_hyphens(text)
    for pattern, replacement in _REWRITTEN:
        text = pattern.sub(replacement, text)
    return text


def _sorted(text: str) -> tuple[dict[str, list[str]], bool]:
    """Return the parts of an address by field, and whether one of them had no mark."""
    found: dict[str, list[str]] = {}
    guessed = False
    for part in [part.strip(" .") for part in re.split(r"[,;]", text) if part.strip(" .")]:
        name, value = _mark(part, found)
        if not name:
            guessed = True
            both = _HOUSE_AND_FLAT.fullmatch(part) if "house" not in found and "street" in found else None
            if both:
                found["house"], found["flat"] = [both[1].strip()], [both[2]]
                continue
            ends = _ENDS_WITH_HOUSE.fullmatch(part) if "street" not in found else None
            name = next((free for free in ("city", "street") if free not in found), "house")
            if ends and name == "city":
                # «Тула Мира 5 17», «Мира 5-17»
                town, _space, street = ends[1].rpartition(" ")
                value = part[len(town) :].strip()
                found |= {"city": [town]} if town else {}
                name = "street" if street else name
        found.setdefault(name, []).append(value)
    return found, guessed


def _apart(found: dict[str, list[str]]) -> bool:
    """Move house and flat from the end of the street into their own fields; return whether that was a guess."""
    guessed = False
    if "house" not in found and "street" in found:
        ends = _ENDS_WITH_HOUSE.fullmatch(found["street"][-1])
        if ends and not _BARE_STREET.fullmatch(ends[1].strip()) and not (ends[3] and "flat" in found):
            found["street"][-1] = ends[1].strip(" ,")
            found["house"] = [ends[2].strip()]
            if ends[3]:
                found["flat"], guessed = [ends[3]], True
    if "flat" not in found and len(found.get("house", ())) == 1:
        both = re.fullmatch(rf"({_HOUSE})\s*-\s*({_FLAT})", found["house"][0], re.IGNORECASE)
        if both:
            found["house"], found["flat"], guessed = [both[1].strip()], [both[2]], True
    return guessed


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
