"""Transitions of drafts, which are deleted after a month."""

from __future__ import annotations

from django.db.models.functions import Length
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account
from registry.transitions import quietly

from .models import LIFETIME, Draft

#: Maximum number of drafts per account; the oldest are deleted first.
MAX_DRAFTS = 100
#: Maximum number of stored, encrypted characters in all drafts of an account; the oldest are deleted first.
MAX_STORED = 2_000_000


def save_draft(account: Account, key: str, values: dict[str, list[str]]) -> Draft:
    """Save the contents of the form with this key, replacing an earlier draft."""
    same = _refreshed(account, key, values)
    if same is not None:
        return same
    with quietly(Actor(account=account, appointment=None)) as act:
        # The lock on the account stops two tabs from creating the same draft.
        act.lock(Account, account.pk)
        draft, _ = Draft.objects.update_or_create(
            account=account,
            key=key,
            defaults={"values": values, "saved_at": timezone.now()},
        )
        own = Draft.objects.filter(account=account)
        sizes = own.order_by("-saved_at", "-pk").values_list("pk", Length("values"))[:MAX_DRAFTS]
        kept, stored = [], 0
        for pk, size in sizes:
            stored += size
            if stored > MAX_STORED:
                break
            kept.append(pk)
        own.exclude(pk__in=kept).delete()
    return draft


def _refreshed(account: Account, key: str, values: dict[str, list[str]]) -> Draft | None:
    """Update only the time of a draft with unchanged values, without locks and encryption; return None otherwise."""
    found = Draft.objects.filter(account=account, key=key).first()
    if found is None or found.values != values:
        return None
    # Nothing is updated if another tab has deleted or changed it meanwhile.
    unchanged = Draft.objects.filter(pk=found.pk, saved_at=found.saved_at)
    found.saved_at = timezone.now()
    return found if unchanged.update(saved_at=found.saved_at) else None


def delete_draft(account: Account | None, key: str) -> None:
    """Delete the draft, after saving its form or on request; a missing draft is not an error."""
    if account is not None:
        Draft.objects.filter(account=account, key=key).delete()


def sweep_drafts() -> int:
    """Delete expired drafts; return their number."""
    return Draft.objects.filter(saved_at__lt=timezone.now() - LIFETIME).delete()[0]
