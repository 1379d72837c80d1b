"""Recognition of columns: by their headings, and by their content if a heading is not conclusive."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from registry.text import clean

from . import content
from .fields import FIELDS, IGNORE
from .headings import (
    SURE,
    candidates,
    heading_score,
    is_of_another_event,
    is_of_others,
    normalise_heading,
    says_nothing,
)
from .ignored_columns import IGNORED_COLUMNS, PAPER_PARTS, PAPERS

__all__ = ["Conflict", "Guess", "Recognition", "heading_score", "normalise_heading", "recognise"]

_SAMPLES = 60
_FITS = 0.6
_TICKET = "ticket"
# A heading of two letters is ambiguous.
_SHORT = 2
_NOTES = {ignored.key: ignored.reason for ignored in IGNORED_COLUMNS}
# Fields that the cards of different charters use instead of each other.
_INSTEAD = {
    "profession": "position",
    "position": "profession",
    "speciality": "profession",
    "disability_group": "study_group",
}
_REASONS = {
    "heading": _("By the heading."),
    "similar": _("The heading resembles «%(known)s»."),
    "content": _("Recognised by the content, not by the heading."),
    "heading_and_content": _("The heading allows several readings, the content decides."),
    "doubtful": _("By the heading, but few of the values look like it."),
    "other_content": _("The heading is known, but its values are not on the card: left out."),
    "other_kind": _("The heading says «%(known)s», but the content looks like something else."),
    "of_others": _("The heading speaks of somebody else than the member: left out."),
    "other_event": _("The heading names another day than «%(known)s»: left out."),
    "remembered": _("As you chose for such a list before."),
    "doubtful_choice": _("As you chose for such a list before, but few of the values look like it."),
    "part": _("Read together with the columns beside it as «%(known)s»."),
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

    @property
    def parts(self) -> Mapping[int, str]: ...

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
        """Return whether the guess is certain enough not to ask for confirmation."""
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


def recognise(
    table: TableLike, *, offered: Collection[str] | None = None, remembered: Mapping[int, str] | None = None
) -> Recognition:
    """Recognise what each column contains.

    `offered` are the card's fields in this federation, by default all. `remembered` is column → field as the
    organisation chose for the same headings before; it takes precedence.
    """
    guesses: list[Guess] = []
    paper = ""
    for index, heading in enumerate(table.headings):
        guess = _guess(index, heading, table.column(index), paper, (remembered or {}).get(index, ""))
        if index in table.parts:
            guess = replace(
                guess, field=IGNORE, confidence=1, reason="part", note="", params={"known": table.parts[index]}
            )
        paper = _paper_after(guess, paper)
        guesses.append(guess)
    guesses = [_compared(guess, table.column(guess.index)[:_SAMPLES]) for guess in guesses]
    guesses = _parts_of_names(_guess_by_content(guesses, table), table)
    if offered is not None:
        guesses = [_to_offered(guess, frozenset(offered)) for guess in guesses]
    return _settle(guesses)


def _paper_after(guess: Guess, paper: str) -> str:
    """Return the paper that headings such as «дата выдачи» in the next columns belong to."""
    if guess.field == "ticket_number":
        return _TICKET
    return next((name for name in PAPERS if guess.field.startswith(name)), paper)


def _guess(index: int, heading: str, values: list[Any], paper: str, remembered: str) -> Guess:
    normal = normalise_heading(heading)
    samples = tuple(dict.fromkeys(clean(content.as_text(value), 60) for value in values[:20]))[:3]

    def guess(field: str, confidence: float, reason: str, note: str = "", **params: Any) -> Guess:
        return Guess(index, heading, field, confidence, reason, params, samples, note)

    if remembered in FIELDS:
        # The heading is the same, but this list's content may differ.
        share = content.share(remembered, values[:_SAMPLES]) if values else None
        doubted = (share is not None and share < 0.2) or not _fits_evident(remembered, values[:_SAMPLES])
        return guess(remembered, 0.5 if doubted else 1, "doubtful_choice" if doubted else "remembered")
    if not values:
        return guess(IGNORE, 1, "empty")
    if normal in PAPER_PARTS and not (normal == "номер" and index == 0) and paper != _TICKET:
        # Without a paper named before it, it is most likely the passport, but has to be confirmed.
        part = f"{paper or PAPERS[0]}_{PAPER_PARTS[normal]}".rstrip("_")
        share = content.share(part, values[:_SAMPLES]) if part in FIELDS else 0
        if part in FIELDS and (paper or share is None or share >= _FITS):
            fits = share is None or share >= _FITS
            return guess(part, (0.85 if paper else 0.7) if fits else 0.5, "heading" if fits else "doubtful")
    if normal in PAPER_PARTS and paper == _TICKET and PAPER_PARTS[normal].endswith("_on"):
        return guess(IGNORE, 0.5, "other_event", known=heading)
    found = [one for one in candidates(normal) if one[1] >= 0.6] if normal else []
    if not found:
        return guess(IGNORE, 0.5, "of_others") if is_of_others(normal, "") else guess(IGNORE, 0, "unknown")
    shares = {key: content.share(key, values[:_SAMPLES]) for key, _score, _known in found[:6]}
    key, score, known = found[0]
    share = shares[key]
    reason = "heading" if score >= 0.9 else "similar"
    if share is not None and share < 0.2 and len(values) > 2 and key in content.MAY_BE_OTHERS and len(found) < 2:
        # The «Категория» of a teacher is not that of a member: using it would make every row wrong.
        return guess(IGNORE, 0.5, "other_content", known=known)
    if share is not None and share < _FITS:
        worst = share if score < 1 else 1
        better = [one for one in found[1:6] if one[1] >= score - 0.25 and _may_be(shares[one[0]], worst)]
        if better:
            key, score, known = better[0]
            reason = "heading_and_content"
            if len(normal) <= _SHORT:
                score = min(score, 0.7)
        else:
            score, reason = min(score, 0.5), "doubtful"
    if is_of_others(normal, known) and key not in _NOTES:
        return guess(IGNORE, 0.5, "of_others")
    if key in content.DATES and is_of_another_event(normal, known):
        return guess(IGNORE, 0.5, "other_event", known=known)
    if key in _NOTES:
        return guess(IGNORE, max(score, SURE) if reason != "doubtful" else 0.5, reason, note=key, known=known)
    return guess(key, score, reason, **({"known": known} if reason in {"similar"} else {}))


def _may_be(share: float | None, of_first: float) -> bool:
    """Return whether another reading of a heading is better than the first one, which nothing fits."""
    return share > _FITS if share is not None else of_first < 0.2


def _fits_evident(field: str, values: list[Any]) -> bool:
    kind = content.evident(values)
    return field == IGNORE or not kind or content.accepts(field, kind, values)


def _compared(guess: Guess, values: list[Any]) -> Guess:
    """Return the guess, with doubt if the content is obviously of another kind than the heading."""
    kind = content.evident(values)
    if not kind or guess.reason in {
        "remembered",
        "doubtful_choice",
        "empty",
        "part",
        "unknown",
        "of_others",
        "other_event",
        "other_content",
    }:
        return guess
    named = guess.note or guess.field
    if content.accepts(named, kind, values):
        return guess
    field = kind if kind in FIELDS else IGNORE
    return replace(
        guess, field=field, confidence=0.5, reason="other_kind", note="", params={"known": guess.heading.strip()}
    )


def _guess_by_content(guesses: list[Guess], table: TableLike) -> list[Guess]:
    taken = {guess.field for guess in guesses}
    result = []
    for guess in guesses:
        if guess.reason == "unknown":
            silent = says_nothing(normalise_heading(guess.heading))
            field, share = content.by_content(table.column(guess.index)[:_SAMPLES], taken, plain_only=not silent)
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
    if not all(content.is_word_of_name(table.column(index)[:_SAMPLES]) for index in (at - 2, at - 1)):
        return guesses
    for index, field in ((at - 2, "surname"), (at - 1, "given_name")):
        guesses[index] = replace(guesses[index], field=field, confidence=0.6, reason="content")
    return guesses


def _to_offered(guess: Guess, offered: frozenset[str]) -> Guess:
    if guess.field == IGNORE or offered & set(FIELDS[guess.field].fills):
        return guess
    other = _INSTEAD.get(guess.field)
    if other and other in offered and not guess.sure:
        return replace(guess, field=IGNORE, confidence=0, reason="unknown", params={})
    if other and other in offered:
        return replace(guess, field=other, confidence=0.6, reason="instead", params={"field": FIELDS[other].label})
    # A column whose content contradicts the heading may still be useful.
    confidence = 1 if guess.sure else guess.confidence
    return replace(guess, field=IGNORE, confidence=confidence, reason="not_offered", params={})


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
