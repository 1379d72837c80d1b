"""Signed tickets: a form names by one whose draft it may save, and under which key (U-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import signing

from .models import LIFETIME

if TYPE_CHECKING:
    from registry.accounts.models import Account

_SALT = "registry.drafts.ticket"


def ticket(account: Account, key: str) -> str:
    """Return the signed ticket by which a form names its owner and its draft."""
    return signing.dumps([account.pk, key], salt=_SALT)


def named_by(ticket: str) -> tuple[int, str] | None:
    """Return the id of the owner and the key of the draft, or None if we did not make the ticket or it has expired."""
    try:
        owner, key = signing.loads(ticket, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return owner, key
