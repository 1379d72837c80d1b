"""Transitions of refused addresses: recorded when an e-mail is returned, removed when the holder confirms them
(N-S2).
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account
from registry.errors import NotAllowed
from registry.transitions import change, quietly

from .models import RefusedAddress
from .queries import key_of

#: Number of days with temporary refusals after which nothing more is sent to an address.
MOST_FAILURES = 3
#: Time without refusals after which an address is tried again.
FORGOTTEN_AFTER = dt.timedelta(days=180)


def note_refusal(address: str, status: str, *, by: Actor) -> bool:
    """Record that the address was refused with a status of RFC 3463; return whether nothing more is sent to it.

    A permanent refusal (5.x.x) counts at once, a temporary one only after several days. One of policy (5.7.x) counts as
    temporary, because a server that refuses the sender says nothing about the address. Raises `NotAllowed` for anybody
    but the registry itself.
    """
    if not by.is_system:
        raise NotAllowed
    key, is_permanent = key_of(address), status.startswith("5") and not status.startswith("5.7.")
    with quietly(by) as act:
        start = {"answer": status, "last_at": act.now, "refused_at": act.now if is_permanent else None}
        known, is_new = RefusedAddress.objects.get_or_create(key=key, defaults={**start, "failures": 1})
        row = act.lock(RefusedAddress.objects.all(), known.pk)
        if not is_new and not is_permanent and timezone.localdate(row.last_at) != timezone.localdate(act.now):
            row.failures += 1
        row.answer, row.last_at = status, act.now
        if row.refused_at is None and (is_permanent or row.failures >= MOST_FAILURES):
            row.refused_at = act.now
        act.save(row)
    if row.refused_at is None:
        return False
    held = Account.objects.visible_to(by).filter(email__iexact=address.strip(), email_refused_at__isnull=True)
    for account_id in held.order_by("pk").values_list("pk", flat=True):
        _mark(account_id, address, status, by=by)
    return True


def _mark(account_id: int, address: str, status: str, *, by: Actor) -> None:
    """Mark the holder's account, so that it shows that its address is refused."""
    with change(by=by, rule="N-S2", event="account.email_refused") as act:
        account = act.lock(Account.objects.visible_to(by), account_id)
        act.about(account, organization=account.home, status=status)
        # The address may have changed since it was read.
        act.silent = account.email.lower() != address.strip().lower() or account.email_refused_at is not None
        if not act.silent:
            account.email_refused_at = act.now
            act.save(account)


def confirm_own_email(*, by: Actor) -> Account:
    """Confirm the own address, so that e-mails are sent there again (N-S2)."""
    if by.account is None:
        raise NotAllowed
    with change(by=by, rule="N-S2", event="account.email_confirmed") as act:
        account = act.lock(Account.objects.filter(pk=by.account.pk), by.account.pk)
        act.about(account, organization=by.organization or account.home)
        act.silent = account.email_refused_at is None
        if not act.silent:
            account.email_refused_at = None
            act.save(account)
            RefusedAddress.objects.filter(key=key_of(account.email)).delete()
    return account


def forget_refusals(*, by: Actor) -> int:
    """Delete addresses without refusals for a long time; return their number. Raises `NotAllowed` for people."""
    if not by.is_system:
        raise NotAllowed
    with quietly(by) as act:
        count, _kinds = RefusedAddress.objects.forgotten(act.now - FORGOTTEN_AFTER).delete()
    return count
