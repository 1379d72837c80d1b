"""Declension of Russian names; the sex comes from the card or the patronymic and is never guessed (practice 9.1)."""

from enum import Enum
from functools import lru_cache

from pytrovich.enums import Case as LibraryCase
from pytrovich.enums import Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from members.lists.reading.names import sex_by_patronymic
from registry.text import PATRONYMIC_PARTICLES, proper_case

from .surnames import exception, given_name_exception, is_of_syllables, is_unchanged, patronymic_exception


class Case(Enum):
    """Cases used by papers."""

    GENITIVE = LibraryCase.GENITIVE
    DATIVE = LibraryCase.DATIVE
    ACCUSATIVE = LibraryCase.ACCUSATIVE


_GENDERS = {"male": Gender.MALE, "female": Gender.FEMALE}
#: Position of each case in the forms of an exception.
_COLUMNS = {Case.GENITIVE: 0, Case.DATIVE: 1, Case.ACCUSATIVE: 2}
_PARTS = (NamePart.LASTNAME, NamePart.FIRSTNAME, NamePart.MIDDLENAME)


@lru_cache(maxsize=1)
def _maker() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()


def _decline_surname(surname: str, sex: str, case: Case) -> str:
    parts = surname.split("-")
    known = [
        (part, part, part) if is_unchanged(part) and part is not parts[-1] else exception(part, sex) for part in parts
    ]
    if not any(known):
        return _maker().make(NamePart.LASTNAME, _GENDERS[sex], case.value, surname)
    return "-".join(
        cases[_COLUMNS[case]] if cases else _maker().make(NamePart.LASTNAME, _GENDERS[sex], case.value, part)
        for part, cases in zip(parts, known, strict=True)
    )


def _decline(part: NamePart, word: str, sex: str, case: Case) -> str:
    if not word or part is NamePart.LASTNAME:
        return word and _decline_surname(word, sex, case)
    known = given_name_exception(word, sex) if part is NamePart.FIRSTNAME else patronymic_exception(word, sex)
    return known[_COLUMNS[case]] if known else _maker().make(part, _GENDERS[sex], case.value, word)


def decline(surname: str, given_name: str, patronymic: str, *, sex: str, case: Case) -> str:
    """Return the full name in the case; without a known sex it is unchanged, because a wrong guess may offend."""
    parts = [proper_case(part) for part in (surname, given_name, patronymic)]
    words = " ".join(filter(None, parts)).split()
    if sex in _GENDERS and is_of_syllables(words) and not sex_by_patronymic(patronymic):
        return " ".join([*words[:-1], _maker().make(NamePart.FIRSTNAME, _GENDERS[sex], case.value, words[-1])])
    if sex in _GENDERS:
        parts = [_decline(part, word, sex, case) for part, word in zip(_PARTS, parts, strict=True)]
    return " ".join(filter(None, parts))


def initials(given_name: str, patronymic: str = "") -> str:
    """Return initials such as «И.И.»; both for double names, «Ж.-П.», none for particles such as «оглы»."""
    return "".join(_initials_of(word) for part in (given_name, patronymic) for word in part.split())


def _initials_of(word: str) -> str:
    halves = (half.lstrip("’'ʼ\"«(.") for half in word.split("-"))
    return "-".join(f"{half[0].upper()}." for half in halves if half and half.lower() not in PATRONYMIC_PARTICLES)


def with_initials(
    surname: str, given_name: str = "", patronymic: str = "", *, sex: str = "", case: Case | None = None
) -> str:
    """Return a name with initials: «Иванов И.И.», in a case «Иванову И.И.»."""
    declined = decline(surname, "", "", sex=sex, case=case) if case else proper_case(surname)
    return f"{declined} {initials(given_name, patronymic)}".strip()


def signed_name(full_name: str) -> str:
    """Return a name from a passport or minutes as printed beside a signature: «Соколов Г.А.»; others are unchanged."""
    words = full_name.split()
    named = len(words) in {2, 3} and all(len(word) > 1 and word[0].isupper() for word in words)
    plain = named and not any(sign in full_name for sign in ".,()«")
    return with_initials(*split_name(full_name)) if plain else full_name


def split_name(full_name: str) -> tuple[str, str, str]:
    """Split a full name into surname, given name and patronymic."""
    words = full_name.split()
    return (words[0] if words else "", words[1] if len(words) > 1 else "", " ".join(words[2:]))


def sex_of(full_name: str, known: str = "") -> str:
    """Return the known sex, or the one that follows from the patronymic; empty without either."""
    return known or sex_by_patronymic(split_name(full_name)[2])


_ORGANIZATION_NOUNS = {
    "организация": ("организации", "организации"),
    "ячейка": ("ячейки", "ячейке"),
    "общество": ("общества", "обществу"),
    "отделение": ("отделения", "отделению"),
    "профсоюз": ("профсоюза", "профсоюзу"),
    "комитет": ("комитета", "комитету"),
    "комиссия": ("комиссии", "комиссии"),
    "совет": ("совета", "совету"),
    "правление": ("правления", "правлению"),
    "президиум": ("президиума", "президиуму"),
    "бюро": ("бюро", "бюро"),
    "собрание": ("собрания", "собранию"),
    "конференция": ("конференции", "конференции"),
}
_ADJECTIVES = (
    ("ая", "ой", "ой"), ("яя", "ей", "ей"), ("ое", "ого", "ому"), ("ее", "его", "ему"), ("ый", "ого", "ому"),
    ("кий", "кого", "кому"), ("гий", "гого", "гому"), ("хий", "хого", "хому"), ("ий", "его", "ему"),
)  # fmt: skip


def decline_organization(name: str, case: Case) -> str:
    """Decline the name of an organisation up to its noun: «Одинцовской районной организации ВОИ»."""
    column = 0 if case is Case.GENITIVE else 1
    words = name.split()
    for position, word in enumerate(words):
        noun = _ORGANIZATION_NOUNS.get(word.lower())
        if noun:
            words[position] = noun[column].capitalize() if word[0].isupper() else noun[column]
            return " ".join(words)
        ending = next((row for row in _ADJECTIVES if word.endswith(row[0])), None)
        if ending is None:
            break
        words[position] = word[: -len(ending[0])] + ending[column + 1]
    return name


def without_tail(name: str, tail: str) -> str:
    """Return the name without the words that the form prints after it, complete or in part."""
    words, printed = name.split(), tail.split()
    for count in range(len(printed), 0, -1):
        if [word.lower() for word in words[-count:]] == [word.lower() for word in printed[-count:]]:
            return " ".join(words[:-count])
    return name
