"""Names of people in lists: normalised spelling, splitting into parts, sex by patronymic or given name."""

import re
from functools import cache
from typing import Any, NamedTuple

from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Gender

from registry.text import PATRONYMIC_PARTICLES, normalise_name, proper_case

from .issues import Wrong
from .source import Source

NAME_LENGTH = 100
_NAME = re.compile(r"[\u0400-\u052f’]+(?:[ \-][\u0400-\u052f’]+)*")
_INITIAL = re.compile(r"\b\w\.|\b\w \w$")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]?\s*")
_BESIDE = re.compile(
    r"(.*?[^\W\d_])\s*[,;(]?\s*"
    r"(\d{1,2}[.,/\-]\d{1,2}[.,/\-]\d{2,4}|\d{1,2}\s+[а-я]{3,8}\s+(?:19|20)\d{2}|(?:19|20)\d{2})"
    r"\s*(?:(?:г|года?)\b\.?)?\s*(?:р|рожд\w*)?\.?\s*\)?",
    re.IGNORECASE,
)
_SURE_PATRONYMIC = re.compile(r"(?:ович|евич|ьич|овна|евна|ична)$")
_PATRONYMIC = re.compile(r"(?:ич|[вчш]на)$")
_PARTICLES_BEFORE = frozenset({"де", "дер", "ден", "дю", "фон", "цу"})


class FullName(NamedTuple):
    """The three parts of a name."""

    surname: str
    given_name: str
    patronymic: str = ""


def parse_name(source: Source) -> dict[str, Any]:
    """Parse a surname, given name or patronymic from a separate column. Raises `Wrong`."""
    return {source.field: _spelled(source)}


def parse_full_name(source: Source) -> dict[str, Any]:
    """Parse all parts from one cell. Raises `Wrong`.

    Handles double surnames, оглы and кызы, missing patronymics, «Имя Отчество Фамилия».
    """
    name = _split(source, _spelled(source))
    return {"surname": name.surname, "given_name": name.given_name, "patronymic": name.patronymic}


def birth_beside(text: str) -> tuple[str, str]:
    """Return the name and the date of birth after it, if any: «Иванов Иван, 05.11.1958 г.р.»."""
    match = _BESIDE.fullmatch(" ".join(text.split()))
    return (match[1], match[2]) if match else (text, "")


def _spelled(source: Source) -> str:
    text = source.text(NAME_LENGTH * 3)
    bare = _BRACKETS.sub(" ", text).strip()
    if bare != text and bare:
        source.say("name_brackets", text=" ".join(part.strip() for part in _BRACKETS.findall(text))[:60])
    bare = bare.replace(",", " ").strip(" .;")
    if _INITIAL.search(text):
        raise Wrong("name_initials")
    name, replaced = normalise_name(bare)
    if re.search("[A-Za-z\u00c0-\u024f]", name):
        raise Wrong("name_alphabets" if not re.search(r"\d", name) else "name_characters")
    if not _NAME.fullmatch(name):
        raise Wrong("name_characters")
    proper = proper_case(name)
    if replaced:
        source.say("name_lookalikes", value=proper)
    if proper != name:
        source.say("name_case", value=proper)
    if source.field != "full_name" and len(proper) > NAME_LENGTH:
        raise Wrong("too_long", limit=NAME_LENGTH)
    return proper


def _split(source: Source, text: str) -> FullName:
    words = _joined_particles(text.split())
    if len(words) < 2:
        raise Wrong("name_incomplete")
    if len(words) == 2:
        if is_patronymic(words[1]) and _SURE_PATRONYMIC.search(words[1].lower()):
            raise Wrong("name_no_surname")
        return FullName(words[0], words[1])
    name = FullName(words[0], words[1], words[2])
    if len(words) == 3:
        if is_patronymic(words[2]) or not _SURE_PATRONYMIC.search(words[1].lower()):
            if not is_patronymic(words[2]):
                source.say("name_split", **name._asdict())
            return name
        name = FullName(words[2], words[0], words[1])
        source.say("name_order", value=" ".join(name))
        return name
    if is_patronymic(words[-1]):
        name = FullName(" ".join(words[:-2]), words[-2], words[-1])
    else:
        name = FullName(words[0], words[1], " ".join(words[2:]))
    source.say("name_split", **name._asdict())
    return name


def _joined_particles(words: list[str]) -> list[str]:
    """Return the words with оглы, кызы joined to the word before and де, фон to the word after."""
    joined: list[str] = []
    for word in words:
        if joined and (word.lower() in PATRONYMIC_PARTICLES or joined[-1].split()[-1].lower() in _PARTICLES_BEFORE):
            joined[-1] = f"{joined[-1]} {word}"
        else:
            joined.append(word)
    return joined


def is_patronymic(word: str) -> bool:
    """Return whether a word has the ending of a patronymic."""
    return bool(sex_by_patronymic(word))


def sex_by_patronymic(patronymic: str) -> str:
    """Return «male», «female», or an empty string if the ending is inconclusive."""
    word = patronymic.lower()
    last = re.split(r"[ \-]", word)[-1]
    if last in ("оглы", "оглу", "улы", "уулу", "угли"):
        return "male"
    if last in ("кызы", "гызы", "кизи"):
        return "female"
    ending = _PATRONYMIC.search(last)
    if not ending or len(last) < 4:
        return ""
    return "male" if ending[0] == "ич" else "female"


@cache
def _detector() -> PetrovichGenderDetector:
    return PetrovichGenderDetector()


@cache
def sex_by_given_name(given_name: str) -> str:
    """Return «male», «female», or an empty string if the given name is unknown or used for both."""
    try:
        gender = _detector().detect(firstname=given_name.split("-")[0])
    except (ValueError, KeyError, IndexError, AttributeError):
        return ""
    return {Gender.MALE: "male", Gender.FEMALE: "female"}.get(gender, "")
