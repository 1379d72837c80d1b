"""Continuous membership (стаж), counted across transfers and restorations (V-B9, V-B14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from members.book.enums import EndReason
from members.book.models import Registration

from ..models import Member

#: Endings that do not interrupt membership: it continues elsewhere, or the ending was undone.
_GOES_ON = frozenset(
    {EndReason.DEPARTURE, EndReason.MERGER, EndReason.CELL_MOVED, EndReason.OTHER_CELL, EndReason.UNDONE}
)


def member_since(member: Member, registrations: Sequence[Registration]) -> dt.date | None:
    """Return the day since which membership is continuous: the joining, or the admission after a break."""
    since = member.joined_on or (registrations[0].started_on if registrations else None)
    broken = False
    for registration in registrations:
        if broken:
            since = registration.started_on
        broken = registration.ended_on is not None and registration.end_reason not in _GOES_ON
    return since
