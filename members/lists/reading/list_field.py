"""Fields that a column of a list may contain."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ListField:
    """A field that a column may contain: key, label, and known Russian headings.

    `targets` are the card fields that it fills, by default the one with the same name; with several the value is split.
    `repeatable` fields may be in several columns.
    """

    key: str
    label: Any
    synonyms: tuple[str, ...]
    targets: tuple[str, ...] = ()
    repeatable: bool = False

    @property
    def fills(self) -> tuple[str, ...]:
        """Return the names of the card fields."""
        return self.targets or (self.key,)
