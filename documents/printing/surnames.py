"""Names that the library declines wrongly: fleeting vowels, nouns like adjectives, parts that never change."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

#: Surnames of men that lose or change a vowel, with their genitive; «ё» and «е» are the same in the nominative.
_FLEETING = dict(
    pair.split("–")
    for pair in [
        "бобер–бобра",
        "бредень–бредня",
        "бубен–бубна",
        "бугор–бугра",
        "василек–василька",
        "ветер–ветра",
        "воробей–воробья",
        "горошек–горошка",
        "гребень–гребня",
        "деготь–дёгтя",
        "день–дня",
        "дятел–дятла",
        "жеребей–жеребья",
        "журавель–журавля",
        "заяц–зайца",
        "зверек–зверька",
        "камень–камня",
        "ковер–ковра",
        "коготь–когтя",
        "козел–козла",
        "конек–конька",
        "корень–корня",
        "костер–костра",
        "котел–котла",
        "кремень–кремня",
        "кулек–кулька",
        "лапоть–лаптя",
        "лев–льва",
        "лед–льда",
        "лежень–лежня",
        "ливень–ливня",
        "лоб–лба",
        "ломоть–ломтя",
        "локоть–локтя",
        "мотылек–мотылька",
        "муравей–муравья",
        "ноготь–ногтя",
        "овес–овса",
        "огонек–огонька",
        "орел–орла",
        "орешек–орешка",
        "осел–осла",
        "осетер–осетра",
        "паренек–паренька",
        "парень–парня",
        "пенек–пенька",
        "пень–пня",
        "пепел–пепла",
        "перстень–перстня",
        "пес–пса",
        "плетень–плетня",
        "посол–посла",
        "ремень–ремня",
        "репей–репья",
        "ров–рва",
        "рот–рта",
        "ручей–ручья",
        "соловей–соловья",
        "стебель–стебля",
        "стержень–стержня",
        "студень–студня",
        "угол–угла",
        "уголек–уголька",
        "уголь–угля",
        "узел–узла",
        "улей–улья",
        "хлебушек–хлебушка",
        "хорек–хорька",
        "хохол–хохла",
        "хребет–хребта",
        "царек–царька",
        "чехол–чехла",
        "шатер–шатра",
        "щегол–щегла",
    ]
)
#: Surnames in -ок that keep their vowel.
_KEEPING_OK = frozenset(
    [
        "восток",
        "ездок",
        "зарок",
        "знаток",
        "игрок",
        "исток",
        "итог",
        "набок",
        "обморок",
        "оброк",
        "пророк",
        "поток",
        "приток",
        "порок",
        "урок",
        "хичкок",
        "ходок",
        "чеснок",
    ]
)
#: Nouns in -ова, -ева and -ина that women have as surnames too; they are not declined like «Петрова».
_NOUNS = frozenset(
    [
        "бузина",
        "былина",
        "ветчина",
        "вдова",
        "глина",
        "голова",
        "дева",
        "дубина",
        "дубрава",
        "дуброва",
        "жестина",
        "калина",
        "корова",
        "кручина",
        "лещина",
        "лощина",
        "малина",
        "мова",
        "морщина",
        "обнова",
        "овчина",
        "основа",
        "паутина",
        "подкова",
        "половина",
        "полова",
        "пучина",
        "рябина",
        "слава",
        "сова",
        "старшина",
        "тишина",
        "трясина",
        "хворостина",
        "чужбина",
        "щербина",
        "щетина",
    ]
)
#: First parts of compound surnames, which are not declined.
_UNCHANGED = frozenset(
    ["аль", "бен", "бин", "вар", "дель", "ди", "ибн", "кара", "ла", "ле", "мак", "сан", "сен", "сент", "тер", "эль"]
)
#: Nouns in -ой and -ий, which are not declined like adjectives; nouns of one syllable are recognised.
_NOUNS_IN_I = frozenset(
    [
        "гений", "герой", "гобой", "забой", "запой", "застой", "ковбой", "левкой", "отбой", "перебой", "подбой",
        "покой", "прибой", "разбой", "топчий", "убой", "устой",
    ]
)  # fmt: skip
#: Adjectives of one syllable.
_SHORT_ADJECTIVES = frozenset(["злой"])
#: Surnames of men that are stressed on their last letter and never change.
_INVARIABLE = frozenset(["золя", "труайя"])
#: Russian surnames in -их come from adjectives, whose stems end in these letters; others are German or Ukrainian.
_OF_ADJECTIVES = "гжкнхчшщь"
#: Given names of men in -о that are declined like «Илья».
_LIKE_NOUNS = frozenset(["гаврило", "данило", "кирило", "кирилло", "михайло", "самойло"])
_VOWELS = "аеёиоуыэюя"
_HARD_TO_SAY = "бвгджзклмнпрстфхцчшщ"

#: Genitive, dative and accusative.
Cases = tuple[str, str, str]


def is_unchanged(part: str) -> bool:
    """Return whether the part of a compound surname is not declined: «Кара-Мурза», «Бен-Гурион»."""
    return part.lower() in _UNCHANGED


def exception(surname: str, sex: str) -> Cases | None:
    """Return the cases of a surname, or of a part of a compound one, that the library would decline wrongly."""
    lower = surname.lower()
    noun = lower.replace("ё", "е") in _NOUNS or (lower.endswith("на") and lower[-3:-2] not in {"", "и", "ы"})
    if noun:
        stem = lower[:-1]
        genitive = stem + ("и" if stem[-1] in "гкхжчшщ" else "ы")
        return _like(surname, genitive, stem + "е", stem + "у")
    if sex == "female":
        stem = lower[:-2]
        soft = lower.endswith(("щая", "старшая", "младшая", "хорошая"))
        return _like(surname, f"{stem}ей", f"{stem}ей", f"{stem}ую") if soft else None
    return (surname, surname, surname) if lower in _INVARIABLE else _of_man(surname, lower)


def _of_man(surname: str, lower: str) -> Cases | None:
    genitive = (
        _FLEETING.get(lower.replace("ё", "е")) or _noun_in_i(lower) or _of_consonant(lower) or _without_vowel(lower)
    )
    if not genitive:
        return None
    dative = genitive[:-1] + ("у" if genitive.endswith("а") else "ю")
    return _like(surname, genitive, dative, genitive)


def _noun_in_i(surname: str) -> str:
    """Return the genitive of a surname in -ой or -ий that is not an adjective: «Роя», «Прибоя», «Кия»."""
    if not surname.endswith(("ой", "ий")):
        return ""
    short = not _has_vowel(surname[:-2]) and surname not in _SHORT_ADJECTIVES
    return f"{surname[:-1]}я" if short or surname in _NOUNS_IN_I else ""


def _of_consonant(surname: str) -> str:
    """Return the genitive of a surname in -их or -ых that is not an adjective, or in -ь after ж, ч, ш, щ: «Эрлиха»."""
    stem = surname[:-2]
    if surname.endswith(("их", "ых")) and stem:
        adjective = surname.endswith("ых") or stem[-1] in _OF_ADJECTIVES
        return "" if adjective and _has_vowel(stem) else f"{surname}а"
    return f"{surname[:-1]}а" if surname.endswith(("жь", "чь", "шь", "щь")) else ""


def given_name_exception(name: str, sex: str) -> Cases | None:
    """Return the cases of a given name that the library would decline wrongly: «Данила», «Даниле», «Данилу»."""
    if sex != "male" or name.lower() not in _LIKE_NOUNS:
        return None
    stem = name[:-1]
    return f"{stem}ы", f"{stem}е", f"{stem}у"


def patronymic_exception(patronymic: str, sex: str) -> Cases | None:
    """Return the cases of a patronymic in -ыч, such as «Силыч»."""
    known = sex == "male" and patronymic.lower().endswith("ыч")
    return (f"{patronymic}а", f"{patronymic}у", f"{patronymic}а") if known else None


def is_of_syllables(words: Sequence[str]) -> bool:
    """Return whether a name has three or more one-syllable words, such as «Хо Ши Мин», of which only the last is
    declined.
    """
    return len(words) > 2 and all(sum(letter in _VOWELS for letter in word.lower()) == 1 for word in words)


def _has_vowel(text: str) -> bool:
    return any(letter in _VOWELS for letter in text)


def _without_vowel(surname: str) -> str:
    """Return the genitive of a man's surname in -ок, -ёк or -ец, or an empty string for others: «Чугунка», «Пальца»,
    «Кузнеца».
    """
    stem, ending = surname[:-2], surname[-2:]
    if ending == "ец" and stem:
        return _of_ets(stem)
    if not _has_vowel(stem):
        return ""
    if ending == "ёк":
        return f"{stem}йка" if stem[-1] in _VOWELS else f"{stem}ька"
    return f"{stem}ка" if ending == "ок" and stem[-1] in _HARD_TO_SAY and surname not in _KEEPING_OK else ""


def _of_ets(stem: str) -> str:
    if stem[-1] in _VOWELS:
        return f"{stem}йца"
    # «Кузнеца», «Швеца»: after two consonants, or with no other vowel, the vowel stays.
    if not _has_vowel(stem) or (stem[-1] in _HARD_TO_SAY and stem[-2] in _HARD_TO_SAY):
        return f"{stem}еца"
    return f"{stem}ьца" if stem[-1] == "л" else f"{stem}ца"


def _like(surname: str, *declined: str) -> Cases:
    """Return the declined forms with the capitals of the surname."""
    forms = []
    for form in declined:
        letters = zip(surname.lower().replace("ё", "е"), form.replace("ё", "е"), strict=False)
        kept = len(list(takewhile(lambda pair: pair[0] == pair[1], letters)))
        forms.append(surname[:kept] + form[kept:])
    genitive, dative, accusative = forms
    return genitive, dative, accusative
