"""Data classes: a candidate for a card, and a line of the producer's answer (U-8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from members.people.models import Member

from .enums import RequestReason
from .models import CardRequest

#: Obstacles to a card, in words.
LACKS = {
    "card": gettext_lazy("the card of the registry is not complete"),
    "photo": gettext_lazy("no photograph"),
    "processing": gettext_lazy("the consent to processing is not signed"),
    "transfer": gettext_lazy("the consent to the transfer of data is not signed"),
    "blocked": gettext_lazy("processing is blocked"),
    "open": gettext_lazy("a card is ordered already"),
    "valid": gettext_lazy("there is a valid card"),
}


@dataclass(frozen=True)
class Candidate:
    """A member with the obstacles to a card (keys of `LACKS`), and their former request."""

    member: Member
    lacks: tuple[str, ...] = ()
    reason: str = RequestReason.FIRST
    former: CardRequest | None = None

    @property
    def reason_text(self) -> str:
        """Return the reason in words."""
        return capfirst(str(RequestReason(self.reason).label))

    @property
    def lacks_text(self) -> str:
        """Return the obstacles in words."""
        return ", ".join(str(LACKS[key]) for key in self.lacks)


def for_replacement(candidate: Candidate, reason: str) -> Candidate:
    """Return the candidate for a card that replaces the valid one, for this reason."""
    return replace(candidate, lacks=tuple(key for key in candidate.lacks if key != "valid"), reason=reason)


def for_existing_order(found: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates without the obstacles «open» and «valid», which are always present in an existing order."""
    return [replace(one, lacks=tuple(key for key in one.lacks if key not in {"open", "valid"})) for one in found]


@dataclass(frozen=True)
class AnswerLine:
    """A line of the answer. `request_id` is None if the id is not a number, `made` is None if the result is unclear."""

    row: int
    request_id: int | None
    made: bool | None
    #: The number of a made card; None if its check digit is wrong, empty if there is no number.
    number: str | None = ""
    note: str = ""
