"""The moment when the user of a session last proved who they are, by signing in or by being asked again (U-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from .rules import second_factor as rules

#: Key of the session with the moment when password and code were proven.
PROVEN_KEY = "proven_at"


def note_proven(request: HttpRequest) -> None:
    """Note that the user of the session has just proven who they are."""
    request.session[PROVEN_KEY] = timezone.now().timestamp()


def note_signed_in(request: HttpRequest, **_signal: Any) -> None:
    """Receive the signal that a session has begun."""
    note_proven(request)


def is_proven(request: HttpRequest) -> bool:
    """Return whether password and code were given in this session not long ago."""
    at = request.session.get(PROVEN_KEY)
    proven_at = dt.datetime.fromtimestamp(at, dt.UTC) if isinstance(at, int | float) else None
    return rules.is_within(proven_at, rules.PROVEN_FOR)
