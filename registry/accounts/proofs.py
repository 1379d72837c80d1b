"""The moment when the user last proved who they are, by signing in or by typing their password again (U-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from .rules import second_factor as rules

#: Key of the session with the moment when password and code were proven.
PROVEN_KEY = "proven_at"


def note_proven(request: HttpRequest) -> None:
    """Store the present moment as that of the user's last proof."""
    request.session[PROVEN_KEY] = timezone.now().timestamp()


def note_signed_in(request: HttpRequest, **_signal: Any) -> None:
    """Handle the signal that a user has signed in."""
    note_proven(request)


def is_proven(request: HttpRequest) -> bool:
    """Return whether password and code were entered recently in this session."""
    at = request.session.get(PROVEN_KEY)
    proven_at = dt.datetime.fromtimestamp(at, dt.UTC) if isinstance(at, int | float) else None
    return rules.is_within(proven_at, rules.PROVEN_FOR)
