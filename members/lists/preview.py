"""Preview of a list and of a change of cards: every value as the card will store it (U-5, U-5a)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.text import capfirst

from members.people.queries.showing import in_words, joined_in_words
from members.people.rules.completeness import missing_fields
from members.people.rules.fields import card_fields, choices_of, class_of, is_empty, label_of, normalise, told_alone
from members.people.rules.person import cell_names
from registry.access import Actor

from .enums import CHANGEABLE, UPDATE_TONES
from .models import CardUpdate, CardUpdateRow, ImportBatch, ImportRow, decode
from .reading.records import ESSENTIAL

#: Fields derived from another one.
_TOLD_ELSEWHERE = frozenset({"joined_year_only"})
#: Maximum number of different values of a field that are counted separately.
MAX_NAMED = 6
#: Seconds for which the empty fields of a list are cached.
LACKING_KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Counted:
    """A field of the future cards of a list: the number of cards with a value, and the values if they are few."""

    name: str
    label: str
    filled: int
    #: Number of cards that are incomplete without the field and have no substitute for it.
    missing: int
    values: list[tuple[str, int]]


class Preview:
    """The cards that the rows of a list will create, in the words of their organisation and for one reader."""

    def __init__(self, batch: ImportBatch, actor: Actor) -> None:
        self.batch = batch
        self.charter, self.today = batch.organization.charter, timezone.localdate()
        self.cells = dict(cell_names(batch.organization))
        self.names = [n for n in self.charter.fields if n not in _TOLD_ELSEWHERE and actor.reads(class_of(n))]

    def card(self, row: ImportRow) -> dict[str, Any]:
        """Return the values as they will be stored."""
        values = {name: value for name, value in row.person.items() if name in card_fields()}
        values.setdefault("registered_on", self.today)
        return normalise(values, self.charter)[0]

    def label(self, name: str) -> str:
        """Return the label of the field with a capital letter."""
        return capfirst(str(label_of(name, self.charter)))

    def text(self, name: str, card: dict[str, Any]) -> str:
        """Return the value in words; empty if it is not stored."""
        if card.get(name) is False:
            return ""
        if name == "joined_on":
            return joined_in_words(card)
        return in_words(name, card.get(name), self.charter, cells=self.cells)

    def lines(self, row: ImportRow) -> list[tuple[str, str]]:
        """Return label and text of every value of the future card, in its order."""
        card = self.card(row)
        return [(self.label(name), text) for name in self.names if (text := self.text(name, card))]

    def missing(self, row: ImportRow) -> list[str]:
        """Return the labels of required fields that will be empty."""
        return [str(told_alone(name, self.charter)) for name in self._missing(self.card(row))]

    def _missing(self, card: dict[str, Any]) -> list[str]:
        # Without these nobody is registered; the row's remarks say so.
        return [name for name in missing_fields(card, self.charter) if name not in ESSENTIAL]

    def counted(self, rows: Iterable[ImportRow]) -> list[Counted]:
        """Return the fields with values or missing on the cards, in the order of the card."""
        filled: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        values: dict[str, Counter[str]] = {}
        for row in rows:
            card = self.card(row)
            missing.update(self._missing(card))
            for name in self.names:
                if is_empty(card.get(name)) or card[name] is False:
                    continue
                filled[name] += 1
                seen = values.setdefault(name, Counter())
                if len(seen) <= MAX_NAMED:
                    seen[self.text(name, card)] += 1
        return [
            Counted(name, str(told_alone(name, self.charter)), filled[name], missing[name], self._few(name, values))
            for name in self.charter.fields
            if filled[name] or missing[name]
        ]

    def lacking(self, rows: Iterable[ImportRow]) -> list[Counted]:
        """Return the fields that will be missing on the cards, most frequent first, without their values.

        Cached for the version of the list: the rows are encrypted, and each view of a long list would decrypt all of
        them.
        """
        key = f"lists.lacking.{self.batch.pk}.{self.batch.version}"
        missing = cache.get(key)
        if missing is None:
            missing = dict(Counter(name for row in rows for name in self._missing(self.card(row))))
            cache.set(key, missing, LACKING_KEPT_SECONDS)
        fields = [name for name in self.charter.fields if name in missing]
        return lacking([Counted(name, str(told_alone(name, self.charter)), 0, missing[name], []) for name in fields])

    def _few(self, name: str, values: Mapping[str, Counter[str]]) -> list[tuple[str, int]]:
        """Return the values with their numbers, most frequent first; empty if nearly each card has its own."""
        found = values.get(name, Counter())
        common = bool(choices_of(name, self.charter)) or any(n > 1 for n in found.values())
        return found.most_common() if common and len(found) <= MAX_NAMED else []


def lacking(counted: Collection[Counted]) -> list[Counted]:
    """Return the fields that will be missing on cards, most frequent first."""
    return sorted((field for field in counted if field.missing), key=lambda field: -field.missing)


class ChangesInWords:
    """The changes of a batch in words."""

    def __init__(self, batch: CardUpdate) -> None:
        self.charter, self.is_open = batch.organization.charter, batch.is_open or batch.is_applied
        self.cells = dict(cell_names(batch.organization))
        self.fields = [n for n in self.charter.fields if n in batch.fields and n != "joined_year_only"]

    def label(self, name: str) -> str:
        return capfirst(str(label_of(name, self.charter)))

    def row(self, row: CardUpdateRow) -> dict[str, Any]:
        """Return the row for the template: the member, and label, former and new text of each field."""
        before = {name: decode(told["before"]) for name, told in row.changes.items()}
        after = {name: decode(told["after"]) for name, told in row.changes.items()}
        changes = [
            (self.label(name), self._text(name, before), self._text(name, after), row.changes[name].get("problem", ""))
            for name in self.fields
            if name in row.changes
        ]
        return {
            "row": row,
            "changes": changes,
            "tone": UPDATE_TONES[row.verdict],
            "can_change": self.is_open and row.verdict in CHANGEABLE,
        }

    def _text(self, name: str, values: dict[str, Any]) -> str:
        if name == "joined_on" and not isinstance(values[name], str):
            return joined_in_words(values)
        return in_words(name, values[name], self.charter, cells=self.cells)
