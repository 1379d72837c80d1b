"""Surnames that the library declines wrongly: fleeting vowels, nouns in -ова and -ина, parts that never change."""

from __future__ import annotations

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
#: Nouns in -ова, -ева and -на that women have as surnames too; they are not declined like «Петрова».
_NOUNS = frozenset(
    [
        "борона",
        "бузина",
        "былина",
        "ветчина",
        "вдова",
        "весна",
        "волна",
        "ворона",
        "глина",
        "голова",
        "дева",
        "десна",
        "дубина",
        "дубрава",
        "дуброва",
        "жестина",
        "калина",
        "корова",
        "корона",
        "кручина",
        "лещина",
        "лощина",
        "луна",
        "малина",
        "морщина",
        "мошна",
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
        "сосна",
        "старшина",
        "струна",
        "тишина",
        "трясина",
        "хворостина",
        "цена",
        "чужбина",
        "щербина",
        "щетина",
    ]
)
#: First parts of compound surnames, which are not declined.
_UNCHANGED = frozenset(
    ["аль", "бен", "бин", "вар", "дель", "ди", "ибн", "кара", "ла", "ле", "мак", "сан", "сен", "сент", "тер", "эль"]
)
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
    if lower.replace("ё", "е") in _NOUNS:
        stem = lower[:-1]
        genitive = stem + ("и" if stem[-1] in "гкхжчшщ" else "ы")
        return _like(surname, genitive, stem + "е", stem + "у")
    if sex == "female":
        stem = lower[:-2]
        soft = lower.endswith(("щая", "старшая", "младшая", "хорошая"))
        return _like(surname, f"{stem}ей", f"{stem}ей", f"{stem}ую") if soft else None
    genitive = _FLEETING.get(lower.replace("ё", "е")) or _without_vowel(lower)
    if not genitive:
        return None
    dative = genitive[:-1] + ("у" if genitive.endswith("а") else "ю")
    return _like(surname, genitive, dative, genitive)


def _without_vowel(surname: str) -> str:
    """Return the genitive of a man's surname in -ок, -ёк or -ец, or nothing for
    others: «Чугунка», «Пальца», «Кузнеца».
    """
    stem, ending = surname[:-2], surname[-2:]
    if ending == "ец" and stem:
        return _of_ets(stem)
    if not any(letter in _VOWELS for letter in stem):
        return ""
    if ending == "ёк":
        return f"{stem}йка" if stem[-1] in _VOWELS else f"{stem}ька"
    return f"{stem}ка" if ending == "ок" and stem[-1] in _HARD_TO_SAY and surname not in _KEEPING_OK else ""


def _of_ets(stem: str) -> str:
    if stem[-1] in _VOWELS:
        return f"{stem}йца"
    # «Кузнеца», «Швеца»: after two consonants, or with no other vowel, the vowel stays.
    if not any(letter in _VOWELS for letter in stem) or (stem[-1] in _HARD_TO_SAY and stem[-2] in _HARD_TO_SAY):
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
