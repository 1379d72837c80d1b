"""Drafts: what somebody has typed and not saved yet; his alone, encrypted, gone after a month."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from ..access import Actor
from ..models import Account, Draft
from .base import quietly

KEPT = dt.timedelta(days=30)
#: More unsaved forms than anybody has open; beyond that the oldest makes room.
LIMIT = 100


def save_draft(account: Account, key: str, values: dict[str, list[str]]) -> Draft:
    """Keep what is typed in the form of that key, in place of what was kept before."""
    with quietly(Actor(account=account, appointment=None)) as act:
        # The account's row keeps two tabs from making the same draft twice.
        act.lock(Account, account.pk)
        draft, _ = Draft.objects.update_or_create(
            account=account,
            key=key,
            defaults={"values": values, "saved_at": timezone.now()},
        )
        newest = Draft.objects.filter(account=account).order_by("-saved_at", "-pk").values_list("pk", flat=True)[:LIMIT]
        Draft.objects.filter(account=account).exclude(pk__in=list(newest)).delete()
    return draft


def forget_draft(account: Account | None, key: str) -> None:
    """Drop the draft once its form is saved, or at its owner's wish; a draft that is not there is no error."""
    if account is not None:
        Draft.objects.filter(account=account, key=key).delete()


def sweep_drafts() -> int:
    """Drop the drafts that nobody came back to; answers how many."""
    return Draft.objects.filter(saved_at__lt=timezone.now() - KEPT).delete()[0]
