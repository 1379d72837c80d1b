"""Normalisation of names, and keys for searching and sorting.

The keys work alike on every database and collation. All functions accept any text, including NULs, lone
surrogates and very long texts, and never raise.
"""

import re
import unicodedata
from typing import NamedTuple

SEARCH_KEY_LENGTH = 500
SORT_KEY_LENGTH = 420
SEARCH_WORDS = 8
_TEXT_LENGTH = 1000

APOSTROPHE = "’"
_APOSTROPHES = dict.fromkeys(map(ord, "'`´ʹʻʼʽ‘’‛′＇"), APOSTROPHE)
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘﹣－\u00ad"), "-")
_LATIN_LETTERS = "ABCEHKMOPTXYËaceopxyëkmt"
_LOOKALIKES = str.maketrans(_LATIN_LETTERS, "АВСЕНКМОРТХУЁасеорхуёкмт")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\s\-]+")

# Words after a patronymic that are written in lower case.
PATRONYMIC_PARTICLES = frozenset({"оглы", "оглу", "кызы", "гызы", "кизи", "угли", "уулу", "улы", "заде"})
_SURNAME_PARTICLES = frozenset({"де", "дель", "дер", "ден", "дю", "ла", "фон", "цу"})

_EN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
_RU = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_EN_TO_RU = str.maketrans(_EN, _RU)
_RU_TO_EN = str.maketrans(_RU, _EN)

# The Russian alphabet, with letters of other languages after the related Russian letter, then Latin.
ALPHABET = "аәӑӓӕбвгғҕґдеєӗжҗӝзҙӟиіїӥйјкҡқлмнңҥӈоөӧпрсҫтуүұўӱӳфхһҳцчҷӵшщъыӹьэюяӏabcdefghijklmnopqrstuvwxyz"
_PART_ENDS, _WORD_ENDS, _NUMBER = "00", "01", "02"
_WEIGHTS = {letter: f"{weight:02}" for weight, letter in enumerate(ALPHABET, start=3)}
_SORTED_TOKEN = re.compile(r"\d+|.", re.ASCII | re.DOTALL)


class Normalised(NamedTuple):
    """A normalised name; `replaced` is True if Latin look-alikes were replaced by Cyrillic letters."""

    text: str
    replaced: bool


def clean(text: object, limit: int = _TEXT_LENGTH) -> str:
    """Return the text in NFC without control, format and unpaired surrogate characters, cut to `limit` characters."""
    raw = str(text)[: limit * 2]
    # Nearly every text is printable, without such characters and without spaces except the plain one.
    kept = raw if raw.isprintable() else "".join(" " if c.isspace() else c for c in raw if _is_kept(c))
    return unicodedata.normalize("NFC", kept)[:limit]


def _is_kept(char: str) -> bool:
    return char.isspace() or unicodedata.category(char)[0] != "C"


def plain_hyphens(text: str) -> str:
    """Return the text with every kind of hyphen and dash as «-»."""
    return text.translate(_HYPHENS)


def _collapse(text: str) -> str:
    return re.sub(r" ?-[ -]*", "-", re.sub(r"\s+", " ", text)).strip(" -")


def _word_to_cyrillic(word: str) -> str:
    letters = _LATIN.findall(word)
    if not letters:
        return word
    if _CYRILLIC.search(word):
        return word.translate(_LOOKALIKES)
    return word.translate(_LOOKALIKES) if set(letters) <= set(_LATIN_LETTERS) else word


def normalise_name(text: object) -> Normalised:
    """Normalise a name: single spaces, one kind of hyphen and apostrophe, no Latin look-alikes.

    Look-alikes are replaced only if the text contains Cyrillic letters; upper and lower case are kept.
    """
    uniform = _collapse(clean(text).translate(_HYPHENS).translate(_APOSTROPHES))
    if not (_CYRILLIC.search(uniform) and _LATIN.search(uniform)):
        return Normalised(uniform, replaced=False)
    cyrillic = _WORD.sub(lambda match: _word_to_cyrillic(match[0]), uniform)
    return Normalised(cyrillic, replaced=cyrillic != uniform)


def _proper_word(word: str) -> str:
    return APOSTROPHE.join(part[:1].upper() + part[1:].lower() for part in word.split(APOSTROPHE))


def proper_case(text: str) -> str:
    """Return КУЗЬМИН-КАРАВАЕВ as Кузьмин-Караваев; mixed-case words are kept; оглы, кызы, де, фон become lower case."""
    words = text.split(" ")
    result = []
    for position, word in enumerate(words):
        parts = word.split("-")
        for index, part in enumerate(parts):
            if len(part) > 1 and not (part.isupper() or part.islower()):
                continue
            small = part.lower()
            follows, precedes = position + index > 0, position + 1 < len(words)
            keeps_small = (small in PATRONYMIC_PARTICLES and follows) or (small in _SURNAME_PARTICLES and precedes)
            parts[index] = small if keeps_small else _proper_word(part)
        result.append("-".join(parts))
    return " ".join(result)


#: A word that needs no normalisation except of case and ё.
_ONE_WORD = re.compile("[А-Яа-яЁё]+")


def _key(text: str) -> str:
    # One of the apostrophes counts as a letter.
    folded = unicodedata.normalize("NFC", clean(text).translate(_APOSTROPHES).casefold()).replace("ё", "е")
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


def search_key(*parts: object) -> str:
    """Return the words in lower case with ё as е, each after a space, so that `" ива"` finds beginnings of words.

    At most `SEARCH_KEY_LENGTH` characters; empty if there is nothing to search for.
    """
    if len(parts) == 1 and isinstance(parts[0], str) and _ONE_WORD.fullmatch(parts[0]):
        # The fast path for nearly all names; bank payments are compared with those of thousands of people.
        return f" {parts[0].lower().replace('ё', 'е')}"[:SEARCH_KEY_LENGTH]
    words = _key(" ".join(clean(part) for part in parts if part))
    return f" {words}"[:SEARCH_KEY_LENGTH].rstrip()


def name_letters(*parts: object) -> str:
    """Return the letters and digits in lower case with ё as е, equal for «О’Коннор», «О Коннор» and «Оконнор»."""
    return _key(" ".join(clean(part) for part in parts if part)).replace(" ", "")[:SEARCH_KEY_LENGTH]


def names_search_key(*parts: object) -> str:
    """Return the search key of names, which also has words with hyphens and apostrophes joined: « о коннор оконнор»."""
    text = " ".join(clean(part) for part in parts if part)
    words = [search_key(text).strip()]
    words += [whole for word in text.split() if " " in _key(word) and (whole := name_letters(word))]
    return search_key(*words)


def sort_key(surname: object, given_name: object = "", patronymic: object = "") -> str:
    """Return digits that sort in Russian alphabetical order under any collation, for names of people and organisations.

    Word by word («Петров-Водкин» before «Петрова»), ё equal to е and after it only between otherwise equal names,
    letters of other languages after the related letter, Latin after Cyrillic, numbers first and by size («№ 2» before
    «№ 15»). At most `SORT_KEY_LENGTH` digits.
    """
    ties: list[str] = []
    weights = [_weigh_part(part, ties) + _PART_ENDS for part in (surname, given_name, patronymic)]
    return ("".join(weights) + "".join(ties))[:SORT_KEY_LENGTH]


def sort_prefix(query: object) -> str:
    """Return the prefix of the sort keys of names that begin with these words, or an empty string."""
    parts = [_weigh_part(part, []) for part in clean(query, SORT_KEY_LENGTH // 2).split()[:3]]
    return _PART_ENDS.join(filter(None, parts)).removesuffix(_WORD_ENDS)


def _weigh_part(part: object, ties: list[str]) -> str:
    words = clean(part, SORT_KEY_LENGTH // 2).casefold().translate(_APOSTROPHES).translate(_HYPHENS)
    weighed = filter(None, (_weigh(word, ties) for word in words.replace("-", " ").split()))
    return "".join(word + _WORD_ENDS for word in weighed)


def _weigh(word: str, ties: list[str]) -> str:
    weights = []
    for token in _SORTED_TOKEN.findall(unicodedata.normalize("NFC", word)):
        if token.isdecimal() and token.isascii():
            digits = token.lstrip("0")[:98]
            weights.append(f"{_NUMBER}{len(digits):02}{digits}{'0' * (len(digits) % 2)}")
            continue
        if token in "её":
            ties.append("1" if token == "ё" else "0")
        base = token if token in _WEIGHTS else unicodedata.normalize("NFD", token)[0]
        weights.append(_WEIGHTS.get(base, ""))
    return "".join(weights)


def fix_layout(text: str) -> str:
    """Return the text typed in the other keyboard layout: «bdfyjd» → «иванов», «шмфтщм» → «ivanov»."""
    return text.translate(_RU_TO_EN) if _CYRILLIC.search(text) else text.translate(_EN_TO_RU)


def search_terms(query: object) -> list[list[str]]:
    """Return for each typed word its normalised alternatives, one of which the search key must contain.

    These are the word itself, its look-alikes in Cyrillic, the other keyboard layout, and for numbers the bare
    digits. At most `SEARCH_WORDS` words; words without a letter or digit are left out.
    """
    terms = []
    for word in clean(query, 200).split()[:SEARCH_WORDS]:
        candidates = [word]
        if any(char.isdigit() for char in word) and not any(char.isalpha() for char in word):
            candidates.append("".join(char for char in word if char.isdigit()))
        else:
            cyrillic = _word_to_cyrillic(word)
            # Also without hyphens and apostrophes: «о'коннор» finds Оконнор.
            candidates += [cyrillic, fix_layout(word), name_letters(cyrillic)]
        alternatives = list(dict.fromkeys(filter(None, map(_key, candidates))))
        if alternatives:
            terms.append(alternatives)
    return terms
