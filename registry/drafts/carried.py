"""What was typed into a form whose session had ended: the sign-in page carries it to its owner's draft (U-2).

The server keeps nothing of a request that nobody has signed. The form names its owner and its draft by a signed word,
the values travel encrypted within the page, and they become a draft only when that owner has signed in.
"""

from __future__ import annotations

import json

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.accounts.forms.session import SignInForm
from registry.accounts.models import Account
from registry.fields import InvalidToken, cipher, decrypt, encrypt
from registry.navigation import safe_next

from .transitions import KEPT, save_draft
from .views import SIZE_LIMIT, TICKET, length_of, values_of

CARRIED = "carried"
_SALT = "registry.drafts.ticket"
#: A sign-in page left open overnight still brings it.
_OPEN_FOR = 24 * 60 * 60


def ticket(account: Account, key: str) -> str:
    """The word by which a form says whose it is and which draft is its own."""
    return signing.dumps([account.pk, key], salt=_SALT)


def carried_in(request: HttpRequest) -> str:
    """What the form or an earlier sign-in page brought, encrypted; nothing where it is not a form of ours."""
    again = request.POST.get(CARRIED, "")
    if again:
        return again if _opened(again) else ""
    try:
        owner, key = signing.loads(request.POST.get(TICKET, ""), salt=_SALT, max_age=KEPT)
    except signing.BadSignature:
        return ""
    values = values_of(request.POST)
    if length_of(values) > SIZE_LIMIT:
        return ""
    return encrypt(json.dumps([owner, key, values], ensure_ascii=False))


def sign_in_carrying(request: HttpRequest, carried: str) -> HttpResponse:
    """401: the sign-in page that leads back to the form with everything typed; signed in already, a button does."""
    going_on = safe_next(request) if CARRIED in request.POST else request.get_full_path()
    context = {"form": SignInForm(request), "next": going_on, "carried": carried}
    return render(request, "registry/session/sign_in.html", context, status=401)


def bring(request: HttpRequest, account: Account) -> bool | None:
    """Make it the draft of its owner; False where somebody else has signed in, None where nothing was carried."""
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
        cipher().decrypt(carried.encode(), ttl=_OPEN_FOR)
        owner, key, values = json.loads(decrypt(carried))
    except (InvalidToken, ValueError, TypeError):
        return None
    return owner, key, values


__all__ = ["CARRIED", "bring", "carried_in", "sign_in_carrying", "ticket"]
