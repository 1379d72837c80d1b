"""Headings of columns: normalised spelling, the fields that they may name, words about other people."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import override

from registry.text import clean, normalise_name

from .fields import FIELDS, IGNORE
from .ignored_columns import IGNORED_COLUMNS, PAPER_PARTS

SURE = 0.8
#: Words in a heading that do not change its meaning.
_FILLERS = frozenset(
    [
        "в",
        "во",
        "на",
        "о",
        "об",
        "и",
        "с",
        "по",
        "для",
        "при",
        "члена",
        "членов",
        "член",
        "профсоюза",
        "профсоюз",
        "вои",
        "руб",
        "г",
        "наличии",
        "адрес",
        "номер",
        "лица",
        "нашу",
        "нашей",
        "организацию",
        "ряды",
        "общество",
        "члены",
        "полностью",
        "дд",
        "мм",
        "гггг",
        "число",
        "месяц",
        "год",
        "личный",
        "контактный",
    ]
)
#: Somebody or something other than the member: «телефон мужа», «адрес организации».
_OTHERS = re.compile(
    r"\b(?:муж[аеу]?|жен[аыеу]|супруг\w*|дет(?:и|ей|ям)|реб[её]н\w+|сын[ау]?|дочер\w+|дочь|мат(?:ь|ери)|мам[аы]|отц[ау]|отец"
    r"|родител\w*|родствен\w*|близк\w*|опекун\w*|попечител\w*|представител\w*|представляем\w*|подопечн\w*|доверенн\w*"
    r"|руководител\w*|директор\w*|начальник\w*|председател\w*|бухгалтер\w*|соц(?:иальн\w*)?\W?работник\w*"
    r"|сопровожда\w*|работы|организации|учреждения|предприятия|работодател\w*|школы|вуза)\b"
)
#: An event other than the one in the rest of a heading: «дата вступления в должность», «дата выдачи билета».
_OTHER_EVENTS = re.compile(
    r"\b(?:билет\w*|удостоверен\w*|карт[аыо]\w*|брак\w*|должност\w*|смерт\w*|снят\w*|выбыт\w*|выход\w*|исключ\w*|обмен\w*"
    r"|замен\w*|увольн\w*|работ[уыае]|договор\w*|взнос\w*|оплат\w*|уплат\w*|перевод\w*|заявлен\w*|последн\w*|награжд\w*)\b"
)
#: Headings that say nothing about the column.
_EMPTY = re.compile(r"(?:столбец|колонка|графа|column|col|поле|field|unnamed|f|x|данные|значение|№|номер)?[\s:]*\d*")


def says_nothing(heading: str) -> bool:
    """Return whether a normalised heading is empty or only the column's number, so that the content decides."""
    return bool(_EMPTY.fullmatch(heading))


def is_of_others(heading: str, known: str) -> bool:
    """Return whether a heading is about another person than the known heading that it resembles."""
    return _beyond(_OTHERS, heading, known)


def is_of_another_event(heading: str, known: str) -> bool:
    """Return whether a date heading is about another event than the known heading that it resembles."""
    return _beyond(_OTHER_EVENTS, heading, known)


def _beyond(pattern: re.Pattern[str], heading: str, known: str) -> bool:
    told = set(pattern.findall(heading))
    return any(not pattern.search(known) or word not in known.split() for word in told) and heading != known


@lru_cache(maxsize=4096)
def normalise_heading(text: str) -> str:
    """«Ф.И.О.» → «фио», «Вступил(а)» → «вступил», «членский билет №» → «членский билет номер»."""
    plain = (
        normalise_name(clean(text, 200))
        .text.lower()
        .replace("ё", "е")
        .replace("№", " номер ")
        .replace("%", " процент ")
    )
    # In «e-mail адрес» the «e» alone was read as the Russian letter.
    plain = re.sub(r"\bе(?=[\s\-]?mail)", "e", re.sub(r"\(\w{1,3}\)", "", plain))
    words = re.sub(r"[^\w\-]+|_", " ", plain).replace(" -", " ").replace("- ", " ").split()
    return re.sub(r"\b(?:\w )+\w\b", lambda match: match[0].replace(" ", ""), " ".join(words)).strip(" -")


@cache
def _known() -> list[tuple[str, str]]:
    """Return all known headings with their keys, including the labels of the card."""
    with override("ru"):
        labels = [(normalise_heading(str(field.label)), field.key) for field in FIELDS.values() if field.key != IGNORE]
    taken = [(synonym, field.key) for field in FIELDS.values() for synonym in field.synonyms]
    ignored = [(synonym, column.key) for column in IGNORED_COLUMNS for synonym in column.synonyms]
    return list(dict.fromkeys(taken + ignored + labels))


def _token_fits(token: str, word: str) -> float:
    """Return 1 for the same word, less for its abbreviation («рожд») or contraction («образ-е»), 0 for another."""
    if token == word:
        return 1
    head, hyphen, tail = token.partition("-")
    if hyphen and len(head) >= 1 and len(tail) <= 3 and word.startswith(head) and word.endswith(tail):
        return 0.95
    if len(token) >= 3 and word.startswith(token):
        return 0.95
    # The same word with another ending: «вступивших», «рождения».
    if min(len(token), len(word)) >= 5 and token[:-2] == word[: len(token) - 2]:
        return 0.9
    return 0


def _similarity(heading: str, known: str) -> float:
    if heading == known or heading.replace("-", " ") == known or heading.replace("-", "") == known:
        return 1
    tokens, words = heading.split(), known.split()
    fits, rest = [], list(tokens)
    for word in words:
        best = max(rest, key=lambda token: _token_fits(token, word), default="")
        if not best or not _token_fits(best, word):
            break
        fits.append(_token_fits(best, word))
        rest.remove(best)
    else:
        spare = sum(0.03 if token in _FILLERS else 0.15 for token in rest)
        if spare < 0.4 and len(words) * 2 >= len(tokens) - sum(token in _FILLERS for token in rest):
            return max(0.5, min(fits) - spare)
    return 0


def _misspelling(heading: str, known: str) -> float:
    if min(len(heading), len(known)) < 4 or abs(len(heading) - len(known)) > 4:
        return 0
    matcher = SequenceMatcher(None, heading, known)
    ratio = matcher.ratio() if matcher.quick_ratio() >= 0.82 else 0
    return ratio * 0.85 if ratio >= 0.82 else 0


@lru_cache(maxsize=4096)
def candidates(heading: str, *, misspelt: bool = True) -> tuple[tuple[str, float, str], ...]:
    """Return the fields that a normalised heading may name, best first: key, similarity, known heading."""
    best: dict[str, tuple[float, str]] = {}
    for known, key in _known():
        score = _similarity(heading, known) or (_misspelling(heading, known) if misspelt else 0)
        if score > best.get(key, (0, ""))[0]:
            best[key] = (score, known)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], -len(item[1][1])))
    return tuple((key, score, known) for key, (score, known) in ranked)


def heading_score(cells: Sequence[Any], *, parts: bool = False) -> int:
    """Return the number of known headings in a row; with `parts`, «серия» and «номер» count too."""
    score = 0
    for cell in cells:
        if not isinstance(cell, str) or len(cell) > 80 or sum(map(str.isdigit, cell)) > 4:
            continue
        heading = normalise_heading(cell)
        known = candidates(heading, misspelt=False)[:1] if heading else ()
        if (known and known[0][1] >= SURE) or (parts and heading in PAPER_PARTS):
            score += 1
    return score
