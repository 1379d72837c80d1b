"""Signed tickets by which a form names the owner and the key of its draft (U-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import signing

from .models import LIFETIME

if TYPE_CHECKING:
    from registry.accounts.models import Account

_SALT = "registry.drafts.ticket"


def ticket(account: Account, key: str) -> str:
    """Return the signed ticket that names the owner and key of a form's draft."""
    return signing.dumps([account.pk, key], salt=_SALT)


def named_by(ticket: str) -> tuple[int, str] | None:
    """Return the owner's id and the draft's key, or None if the ticket is not ours or has expired."""
    try:
        owner, key = signing.loads(ticket, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return owner, key
