"""Recognition of columns: by their headings, and by their content if a heading is not conclusive."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from registry.text import clean, normalise_name

from . import fitting
from .fields import FIELDS, IGNORE
from .unused import PAPER_PARTS, PAPERS, UNUSED

SURE = 0.8
_SAMPLES = 60
_NOTES = {unused.key: unused.reason for unused in UNUSED}
# Fields that the cards of different charters use instead of each other.
_INSTEAD = {
    "profession": "position",
    "position": "profession",
    "speciality": "profession",
    "disability_group": "study_group",
}
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
        "профсоюза",
        "профсоюз",
        "вои",
        "руб",
        "г",
        "наличии",
        "адрес",
        "номер",
        "лица",
    ]
)

_REASONS = {
    "heading": _("By the heading."),
    "similar": _("The heading resembles «%(known)s»."),
    "content": _("Recognised by the content, not by the heading."),
    "heading_and_content": _("The heading allows several readings, the content decides."),
    "doubtful": _("By the heading, but few of the values look like it."),
    "other_content": _("The heading is known, but its values are not on the card: left out."),
    "remembered": _("As you chose for such a list before."),
    "not_offered": _("The card of your organisation has no such field."),
    "instead": _("The card of your organisation has «%(field)s» for this."),
    "empty": _("The column is empty."),
    "unknown": _("Neither the heading nor the content shows what it is. Choose."),
    "conflict": _("Another column is taken for the same field. Choose one of them."),
}


class TableLike(Protocol):
    """The part of a table that recognition needs."""

    @property
    def headings(self) -> Sequence[str]: ...

    def column(self, index: int) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Guess:
    """The field assigned to a column, the confidence (0 to 1), and the reason."""

    index: int
    heading: str
    field: str
    confidence: float
    reason: str
    params: dict[str, Any]
    samples: tuple[str, ...]
    note: str = ""

    @property
    def sure(self) -> bool:
        """Return whether the screen need not ask for confirmation."""
        return self.confidence >= SURE

    @property
    def message(self) -> str:
        """Return the reason as a sentence in the current language."""
        return str(_NOTES[self.note] if self.note else _REASONS[self.reason]) % {
            key: str(value) for key, value in self.params.items()
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Several columns recognised as the same field; `chosen` is the one that is kept."""

    field: str
    columns: tuple[int, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Recognition:
    """Guesses for all columns, and the conflicts between them."""

    guesses: list[Guess]
    conflicts: list[Conflict]

    @property
    def mapping(self) -> dict[int, str]:
        """Return column → field, without ignored columns."""
        return {guess.index: guess.field for guess in self.guesses if guess.field != IGNORE}


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
    plain = re.sub(r"\(\w{1,3}\)", "", plain)
    words = re.sub(r"[^\w\-]+|_", " ", plain).replace(" -", " ").replace("- ", " ").split()
    return re.sub(r"\b(?:\w )+\w\b", lambda match: match[0].replace(" ", ""), " ".join(words)).strip(" -")


@cache
def _known() -> list[tuple[str, str]]:
    """Return all known headings with their keys, including the labels of the card."""
    with override("ru"):
        labels = [(normalise_heading(str(field.label)), field.key) for field in FIELDS.values() if field.key != IGNORE]
    taken = [(synonym, field.key) for field in FIELDS.values() for synonym in field.synonyms]
    unused = [(synonym, column.key) for column in UNUSED for synonym in column.synonyms]
    return list(dict.fromkeys(taken + unused + labels))


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
def _candidates(heading: str, *, misspelt: bool = True) -> tuple[tuple[str, float, str], ...]:
    """Return the fields that a normalised heading may name, best first: key, similarity, known heading."""
    best: dict[str, tuple[float, str]] = {}
    for known, key in _known():
        score = _similarity(heading, known) or (_misspelling(heading, known) if misspelt else 0)
        if score > best.get(key, (0, ""))[0]:
            best[key] = (score, known)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], -len(item[1][1])))
    return tuple((key, score, known) for key, (score, known) in ranked)


def heading_score(cells: Sequence[Any], *, parts: bool = False) -> int:
    """Return how many cells of a row are known headings; `parts` also counts «серия», «номер»."""
    score = 0
    for cell in cells:
        if not isinstance(cell, str) or len(cell) > 80 or sum(map(str.isdigit, cell)) > 4:
            continue
        heading = normalise_heading(cell)
        known = _candidates(heading, misspelt=False)[:1] if heading else ()
        if (known and known[0][1] >= SURE) or (parts and heading in PAPER_PARTS):
            score += 1
    return score


def recognise(
    table: TableLike, *, offered: Collection[str] | None = None, remembered: Mapping[int, str] | None = None
) -> Recognition:
    """Recognise what each column contains.

    `offered` are the card's fields in this federation, by default all. `remembered` is column → field as the
    organisation chose for the same headings before; it takes precedence.
    """
    guesses: list[Guess] = []
    paper = PAPERS[0]
    for index, heading in enumerate(table.headings):
        guess = _guess(index, heading, table.column(index), paper, (remembered or {}).get(index, ""))
        paper = next((name for name in PAPERS if guess.field.startswith(name)), paper)
        guesses.append(guess)
    guesses = _parts_of_names(_guess_by_content(guesses, table), table)
    if offered is not None:
        guesses = [_to_offered(guess, frozenset(offered)) for guess in guesses]
    return _settle(guesses)


def _guess(index: int, heading: str, values: list[Any], paper: str, remembered: str) -> Guess:
    normal = normalise_heading(heading)
    samples = tuple(dict.fromkeys(clean(fitting.as_text(value), 60) for value in values[:20]))[:3]

    def guess(field: str, confidence: float, reason: str, note: str = "", **params: Any) -> Guess:
        return Guess(index, heading, field, confidence, reason, params, samples, note)

    if remembered in FIELDS:
        return guess(remembered, 1, "remembered")
    if not values:
        return guess(IGNORE, 1, "empty")
    part = f"{paper}_{PAPER_PARTS.get(normal, '')}"
    if normal in PAPER_PARTS and part in FIELDS and not (normal == "номер" and index == 0):
        return guess(part, 0.85 if fitting.share(part, values[:_SAMPLES]) != 0 else 0.5, "heading")
    candidates = [found for found in _candidates(normal) if found[1] >= 0.6] if normal else []
    if not candidates:
        return guess(IGNORE, 0, "unknown")
    shares = {key: fitting.share(key, values[:_SAMPLES]) for key, _score, _known in candidates[:6]}
    key, score, known = candidates[0]
    share = shares[key]
    reason = "heading" if score >= 0.9 else "similar"
    if share is not None and share < 0.2 and len(values) > 2 and key in fitting.MAY_BE_OTHERS and len(candidates) < 2:
        # «Категория» of a teacher is not that of a member: using it would make every row wrong.
        return guess(IGNORE, 0.5, "other_content", known=known)
    if share is not None and share < 0.6:
        better = [found for found in candidates[1:6] if found[1] >= score - 0.25 and (shares[found[0]] or 0) > 0.6]
        if better:
            key, score, known = better[0]
            reason = "heading_and_content"
        else:
            score, reason = min(score, 0.5), "doubtful"
    if key in _NOTES:
        return guess(IGNORE, max(score, SURE), reason, note=key)
    return guess(key, score, reason, **({"known": known} if reason == "similar" else {}))


def _guess_by_content(guesses: list[Guess], table: TableLike) -> list[Guess]:
    taken = {guess.field for guess in guesses}
    result = []
    for guess in guesses:
        if guess.reason == "unknown":
            field, share = fitting.by_content(table.column(guess.index)[:_SAMPLES], taken)
            if field:
                taken.add(field)
                guess = replace(guess, field=field, confidence=round(0.7 * share, 2), reason="content")
        result.append(guess)
    return result


def _parts_of_names(guesses: list[Guess], table: TableLike) -> list[Guess]:
    """Recognise surname and name without headings: columns of single capitalised words before the patronymics."""
    at = next((guess.index for guess in guesses if guess.field == "patronymic" and guess.reason == "content"), 0)
    taken = {guess.field for guess in guesses}
    if at < 2 or taken & {"full_name", "surname", "given_name"}:
        return guesses
    if not all(fitting.is_word_of_name(table.column(index)[:_SAMPLES]) for index in (at - 2, at - 1)):
        return guesses
    for index, field in ((at - 2, "surname"), (at - 1, "given_name")):
        guesses[index] = replace(guesses[index], field=field, confidence=0.6, reason="content")
    return guesses


def _to_offered(guess: Guess, offered: frozenset[str]) -> Guess:
    if guess.field == IGNORE or offered & set(FIELDS[guess.field].fills):
        return guess
    other = _INSTEAD.get(guess.field)
    if other and other in offered:
        return replace(guess, field=other, confidence=0.6, reason="instead", params={"field": FIELDS[other].label})
    return replace(guess, field=IGNORE, confidence=1, reason="not_offered", params={})


def _settle(guesses: list[Guess]) -> Recognition:
    """Give each field to the most certain of its columns, and record the conflict."""
    conflicts = []
    for field in dict.fromkeys(guess.field for guess in guesses):
        rivals = [guess for guess in guesses if guess.field == field]
        if field == IGNORE or len(rivals) < 2 or FIELDS[field].repeatable:
            continue
        chosen = max(rivals, key=lambda guess: (guess.confidence, -guess.index))
        conflicts.append(Conflict(field, tuple(guess.index for guess in rivals), chosen.index))
        for guess in rivals:
            confidence = min(guess.confidence, 0.5)
            guesses[guess.index] = replace(
                guess,
                field=field if guess.index == chosen.index else IGNORE,
                confidence=confidence,
                reason="conflict",
                params={},
            )
    return Recognition(guesses, conflicts)
