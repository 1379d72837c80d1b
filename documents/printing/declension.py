"""Declension of Russian names; the sex comes from the card and is never guessed (practice 9.1)."""

from enum import Enum
from functools import lru_cache

from pytrovich.enums import Case as LibraryCase
from pytrovich.enums import Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from registry.text import proper_case


class Case(Enum):
    """Cases used by papers."""

    GENITIVE = LibraryCase.GENITIVE
    DATIVE = LibraryCase.DATIVE
    ACCUSATIVE = LibraryCase.ACCUSATIVE


_GENDERS = {"male": Gender.MALE, "female": Gender.FEMALE}
_PARTS = (NamePart.LASTNAME, NamePart.FIRSTNAME, NamePart.MIDDLENAME)

# Endings of surnames that the library declines wrongly: sex, ending, and its replacement by case.
_SURNAME_ENDINGS = (
    ("female", "щая", {Case.GENITIVE: "щей", Case.DATIVE: "щей", Case.ACCUSATIVE: "щую"}),
    ("male", "соловей", {Case.GENITIVE: "соловья", Case.DATIVE: "соловью", Case.ACCUSATIVE: "соловья"}),
)


@lru_cache(maxsize=1)
def _maker() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()


def _decline_surname(surname: str, sex: str, case: Case) -> str:
    for of_sex, ending, replacement in _SURNAME_ENDINGS:
        if sex == of_sex and surname.lower().endswith(ending):
            kept = surname[: -len(ending)]
            changed = replacement[case]
            return kept + (changed if kept else changed.capitalize())
    return _maker().make(NamePart.LASTNAME, _GENDERS[sex], case.value, surname)


def decline(surname: str, given_name: str, patronymic: str, *, sex: str, case: Case) -> str:
    """Return the full name in the case; without a known sex it is unchanged, because a wrong guess may offend."""
    words = [proper_case(part) for part in (surname, given_name, patronymic)]
    if sex in _GENDERS:
        words = [
            (
                _decline_surname(word, sex, case)
                if part is NamePart.LASTNAME
                else _maker().make(part, _GENDERS[sex], case.value, word)
            )
            if word
            else ""
            for part, word in zip(_PARTS, words, strict=True)
        ]
    return " ".join(filter(None, words))


def initials(given_name: str, patronymic: str = "") -> str:
    """Return initials such as «И.И.», of double names both: «Ж.-П.»."""
    return "".join(
        "-".join(f"{half[0].upper()}." for half in part.split("-") if half) for part in (given_name, patronymic) if part
    )


def with_initials(
    surname: str, given_name: str = "", patronymic: str = "", *, sex: str = "", case: Case | None = None
) -> str:
    """Return a name with initials: «Иванов И.И.», in a case «Иванову И.И.»."""
    declined = decline(surname, "", "", sex=sex, case=case) if case else proper_case(surname)
    return f"{declined} {initials(given_name, patronymic)}".strip()


def split_name(full_name: str) -> tuple[str, str, str]:
    """Split a full name into surname, given name and patronymic."""
    words = full_name.split()
    return (words[0] if words else "", words[1] if len(words) > 1 else "", " ".join(words[2:]))


_ORGANIZATION_NOUNS = {
    "организация": ("организации", "организации"),
    "ячейка": ("ячейки", "ячейке"),
    "общество": ("общества", "обществу"),
    "отделение": ("отделения", "отделению"),
    "профсоюз": ("профсоюза", "профсоюзу"),
    "комитет": ("комитета", "комитету"),
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
