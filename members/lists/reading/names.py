"""Names of people in lists: normalised spelling, splitting into parts, sex by patronymic or given name."""

import re
from functools import cache
from typing import Any, NamedTuple

from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Gender

from registry.text import PATRONYMIC_PARTICLES, normalise_name, proper_case

from .given_names import GIVEN_NAMES
from .issues import Wrong
from .source import Source

NAME_LENGTH = 100
#: Words of one person's name: a two-word surname that ends like a patronymic, given name, patronymic.
_MOST_WORDS = 4
_NAME = re.compile(r"[\u0400-\u052f’]+(?:[ \-][\u0400-\u052f’]+)*")
_INITIAL = re.compile(r"\b\w\.|\b\w \w$")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]?\s*")
_NAME_AND_BIRTH_DATE = re.compile(
    r"(.*?[^\W\d_])\s*[,;(]?\s*"
    r"(\d{1,2}[.,/\-]\d{1,2}[.,/\-]\d{2,4}|\d{1,2}\s+[а-я]{3,8}\s+(?:19|20)\d{2}|(?:19|20)\d{2})"
    r"\s*(?:(?:г|года?)\b\.?)?\s*(?:р|рожд\w*)?\.?\s*\)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*№?\s*\d{1,4}(?:\s*[.)]\s*|\s+)(?=[^\W\d_]{2})")
#: Three words, and what follows after a punctuation mark or a digit.
_WHOLE_NAME = re.compile(
    r"((?:[^\W\d_][\w’'\-]*\s+){2}[^\W\d_][\w’'\-]*)\s*((?:[,;:]|[–—]|-\s|\s-|\s\d|\d).*)", re.DOTALL
)
_SURE_WORD = re.compile(r"\w+(?:ович|евич|ьич|овна|евна|ична)\b", re.IGNORECASE)
_SURE_PATRONYMIC = re.compile(r"(?:ович|евич|ьич|овна|евна|ична)$")
_PATRONYMIC = re.compile(r"(?:ич|[вчш]на)$")
_SURNAME = re.compile(r"(?:[оеё]в|[иы]н|[оеё]ва|[иы]на|[сцч]к(?:ий|ая)|енко|чук|юк|[иы]х)$")
_PARTICLES_BEFORE = frozenset({"де", "дер", "ден", "дю", "фон", "цу"})
# They follow the name of the father; alone they are not a name. «Заде» also ends surnames.
_PARTICLES_AFTER = PATRONYMIC_PARTICLES - {"заде"}


class FullName(NamedTuple):
    """The three parts of a name."""

    surname: str
    given_name: str
    patronymic: str = ""


def parse_name(source: Source) -> dict[str, Any]:
    """Parse a surname, given name or patronymic from a separate column. Raises `Wrong`."""
    text = _spelled(source)
    words = text.lower().split()
    if all(word in _PARTICLES_AFTER | _PARTICLES_BEFORE for word in words):
        raise Wrong("name_particle", particle=text.lower())
    if source.field == "given_name" and len(words) == 2 and words[1] in _PARTICLES_AFTER:
        raise Wrong("name_particle", particle=words[1])
    return {source.field: text}


def parse_full_name(source: Source) -> dict[str, Any]:
    """Parse all parts from one cell. Raises `Wrong`.

    Handles double surnames, оглы and кызы, missing patronymics, «Имя Отчество Фамилия».
    """
    name = _split(source, _spelled(source))
    return {"surname": name.surname, "given_name": name.given_name, "patronymic": name.patronymic}


def split_birth_date(text: str) -> tuple[str, str]:
    """Return the name and the date of birth after it, if any: «Иванов Иван, 05.11.1958 г.р.»; the rest stays."""
    plain = " ".join(text.split())
    match = _NAME_AND_BIRTH_DATE.fullmatch(plain)
    if match:
        return match[1], match[2]
    head, comma, rest = plain.partition(",")
    birth, _comma, more = rest.partition(",")
    match = _NAME_AND_BIRTH_DATE.fullmatch(f"{head},{birth}") if comma and more.strip() else None
    return (f"{match[1]}, {more.strip()}", match[2]) if match else (text, "")


def _alone(source: Source, text: str) -> str:
    """Return a name without the number before it and the text after it: «1. Липова Анна Олеговна, тел. 31-22»."""
    text = _NUMBERED.sub("", text)
    match = _WHOLE_NAME.match(text)
    if match is None or not is_sure_patronymic(match[1].split()[2]) or _SURE_WORD.search(match[2]):
        return text
    source.leave(match[2].strip(" ,;:.-–—"))
    return match[1]


def _spelled(source: Source) -> str:
    text = source.text(NAME_LENGTH * 3)
    if source.field == "full_name":
        text = _alone(source, text)
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
    if len(words) > _MOST_WORDS and sum(is_patronymic(word) for word in words) > 1:
        raise Wrong("name_two_people")
    _check_particles(words)
    name, code = _arranged(words)
    if code == "name_order":
        source.say("name_order", value=" ".join(filter(None, name)))
    elif code:
        source.say(code, **name._asdict())
    return name


def _check_particles(words: list[str]) -> None:
    """Raise `Wrong` for «оглы» without the name of the father and «фон» without a surname after it."""
    given = re.split(r"[ \-]", words[-1].lower())
    if given[-1] in _PARTICLES_BEFORE or (len(words) == 2 and given[-1] in _PARTICLES_AFTER):
        raise Wrong("name_particle", particle=given[-1])
    if words[0].lower() in _PARTICLES_AFTER:
        raise Wrong("name_particle", particle=words[0].lower())


def _arranged(words: list[str]) -> tuple[FullName, str]:
    """Return the parts of a name of two or more words, and the code of the assumption about their order."""
    if len(words) == 2:
        return _arranged_two(*words)
    first, second, *others = words
    last = words[-1]
    if is_given_name(first) and is_patronymic(second) and not is_given_name(second):
        # A surname may end like a patronymic: «Мария Ивановна Станкевич».
        return FullName(" ".join(others), first, second), "name_order"
    if len(words) > 3 and is_patronymic(last) and is_given_name(words[-2]) and not is_given_name(first):
        return FullName(" ".join(words[:-2]), words[-2], last), "name_split"
    if is_sure_patronymic(second):
        return FullName(" ".join(others), first, second), "name_order"
    if len(words) == 3:
        if not is_patronymic(last):
            return FullName(*words), "name_split"
        if is_given_name(first) and not is_given_name(second):
            # «Анна Петрова Ивановна», or a surname that is a given name as well.
            ordered = (second, first, last) if looks_like_surname(second) else words
            return FullName(*ordered), "name_split"
        return FullName(*words), ""
    if is_patronymic(last):
        return FullName(" ".join(words[:-2]), words[-2], last), "name_split"
    return FullName(first, second, " ".join(others)), "name_split"


def _arranged_two(first: str, second: str) -> tuple[FullName, str]:
    sexes = {sex_by_patronymic(second), GIVEN_NAMES.get(first.lower().replace("ё", "е"), "")} - {""}
    if is_sure_patronymic(second) and len(sexes) < 2:
        raise Wrong("name_no_surname")
    if is_given_name(first) and not is_given_name(second):
        return FullName(second, first), "name_order"
    strange = looks_like_surname(second) and not looks_like_surname(first)
    return FullName(first, second), "name_split" if strange else ""


def _joined_particles(words: list[str]) -> list[str]:
    """Return the words with оглы, кызы joined to the word before and де, фон to the word after."""
    joined: list[str] = []
    for word in words:
        if joined and (word.lower() in PATRONYMIC_PARTICLES or joined[-1].split()[-1].lower() in _PARTICLES_BEFORE):
            joined[-1] = f"{joined[-1]} {word}"
        else:
            joined.append(word)
    return joined


def is_given_name(word: str) -> bool:
    """Return whether a word, or the first part of a double one, is one of the frequent given names."""
    return re.split(r"[ \-]", word.lower().replace("ё", "е"))[0] in GIVEN_NAMES


def looks_like_surname(word: str) -> bool:
    """Return whether a word has the ending of a surname and is not a given name."""
    return bool(_SURNAME.search(word.lower())) and not is_given_name(word)


def is_patronymic(word: str) -> bool:
    """Return whether a word has the ending of a patronymic."""
    return bool(sex_by_patronymic(word))


def is_sure_patronymic(word: str) -> bool:
    """Return whether a word has an ending that is almost only used in patronymics, or ends with оглы or кызы."""
    last = re.split(r"[ \-]", word.lower())[-1]
    return is_patronymic(word) and bool(last in _PARTICLES_AFTER or _SURE_PATRONYMIC.search(last))


def sex_by_patronymic(patronymic: str) -> str:
    """Return «male», «female», or an empty string if the ending is inconclusive."""
    *before, last = re.split(r"[ \-]", patronymic.lower())
    if last in ("оглы", "оглу", "улы", "уулу", "угли"):
        return "male" if before else ""
    if last in ("кызы", "гызы", "кизи"):
        return "female" if before else ""
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
    if known := GIVEN_NAMES.get(given_name.split("-")[0].lower().replace("ё", "е"), ""):
        return known
    try:
        gender = _detector().detect(firstname=given_name.split("-")[0])
    except (ValueError, KeyError, IndexError, AttributeError):
        return ""
    return {Gender.MALE: "male", Gender.FEMALE: "female"}.get(gender, "")
