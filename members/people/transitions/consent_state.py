"""The state of the consent as the card shows it, and the figures that count it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from registry.transitions import Act

from ..models import Member
from .accounting import count_in


def set_state(act: Act, members: Sequence[Member], state: str) -> None:
    """The cards show the state now; a card's version stays, for nothing on it was edited."""
    before = [copy(member) for member in members]
    for member in members:
        member.consent_state = state
    count_in(members, less=before)
    act.update_many(Member, list(members), ["consent_state"])
