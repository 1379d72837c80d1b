"""Form contents submitted after the session ended, carried by the sign-in page into their owner's draft (U-2).

The server stores nothing from a request without a session. A signed ticket in the form names its owner and draft. The
values are encrypted within the sign-in page, and become a draft once that owner has signed in.
"""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.accounts.forms.session import SignInForm
from registry.accounts.models import Account
from registry.fields import InvalidToken, cipher, decrypt, encrypt
from registry.navigation import safe_next

from .tokens import named_by
from .transitions import save_draft
from .views import MAX_LENGTH, TICKET, length_of, values_of

CARRIED = "carried"
#: Seconds for which the contents remain valid, enough for a night.
_MAX_AGE_SECONDS = 24 * 60 * 60


def carried_in(request: HttpRequest) -> str:
    """Return the encrypted contents from the form or an earlier sign-in page, or an empty string."""
    again = request.POST.get(CARRIED, "")
    if again:
        return again if _opened(again) else ""
    named = named_by(request.POST.get(TICKET, ""))
    if named is None:
        return ""
    owner, key = named
    values = values_of(request.POST)
    if length_of(values) > MAX_LENGTH:
        return ""
    return encrypt(json.dumps([owner, key, values], ensure_ascii=False))


def sign_in_carrying(request: HttpRequest, carried: str) -> HttpResponse:
    """Return the sign-in page (401), which leads back to the form with its contents."""
    next_url = safe_next(request) if CARRIED in request.POST else request.get_full_path()
    context = {"form": SignInForm(request), "next": next_url, "carried": carried}
    return render(request, "registry/session/sign_in.html", context, status=401)


def restore_draft(request: HttpRequest, account: Account) -> bool | None:
    """Save the contents as a draft of the user. Return False if they belong to
    somebody else, None if there are none.
    """
    opened = _opened(request.POST.get(CARRIED, ""))
    if opened is None:
        return None
    owner, key, values = opened
    if owner != account.pk:
        return False
    save_draft(account, key, values)
    return True


def _opened(carried: str) -> tuple[int, str, dict[str, list[str]]] | None:
    if not carried:
        return None
    try:
        cipher().decrypt(carried.encode(), ttl=_MAX_AGE_SECONDS)
        owner, key, values = json.loads(decrypt(carried))
    except (InvalidToken, ValueError, TypeError):
        return None
    return owner, key, values


__all__ = ["CARRIED", "carried_in", "restore_draft", "sign_in_carrying"]
