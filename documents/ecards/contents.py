"""What is known of somebody who is to receive a card, and what a line of the producer's answer says (U-8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from members.people.models import Member

from .enums import RequestReason
from .models import CardRequest

#: What somebody can lack for a card, by the name of its page.
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
    """A member with what they lack for a card (keys of `LACKS`), and the request that a new one follows."""

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
        """Return what is lacking in words."""
        return ", ".join(str(LACKS[key]) for key in self.lacks)


def for_replacement(candidate: Candidate, reason: str) -> Candidate:
    """Return the candidate for a card in place of the valid one."""
    return replace(candidate, lacks=tuple(key for key in candidate.lacks if key != "valid"), reason=reason)


def for_existing_order(found: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates of an order: their request is open, and a valid card stays until the new one is there."""
    return [replace(one, lacks=tuple(key for key in one.lacks if key not in {"open", "valid"})) for one in found]


@dataclass(frozen=True)
class AnswerLine:
    """A line of the answer. `request_id` is None for text that is no id, `made` for a result that says neither."""

    row: int
    request_id: int | None
    made: bool | None
    #: The number of a made card; None if its check digit does not agree, empty if there is none.
    number: str | None = ""
    note: str = ""
