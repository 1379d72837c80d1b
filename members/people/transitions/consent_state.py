"""The copy of the consent's state on the card, and the figures that count it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from registry.transitions import Act

from ..models import Member
from .registration import count_in


def set_state(act: Act, members: Sequence[Member], state: str) -> None:
    """Set the state on the cards. Their version stays, because nothing on them was edited."""
    before = [copy(member) for member in members]
    for member in members:
        member.consent_state = state
    count_in(members, less=before)
    act.update_many(Member, list(members), ["consent_state"])
