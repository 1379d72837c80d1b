"""Networks that an account has signed in from, without their addresses (N-S1, ADR 19)."""

from __future__ import annotations

import datetime as dt
import ipaddress

from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..models import Account, KnownPlace

#: Number of days for which a place is known after the last sign-in from it.
KEPT_DAYS = 90
#: Prefix length of a network by IP version: a provider gives a customer addresses within it.
_PREFIXES = {4: 24, 6: 48}


def note_place(account: Account, address: str | None, today: dt.date) -> bool | None:
    """Note that the account signs in from the address today; return whether it did so on an earlier day.

    Return None if the address is not known.
    """
    key = _key(account, address)
    if key is None:
        return None
    here = KnownPlace.objects.filter(account=account, key=key, last_on__gte=today - dt.timedelta(days=KEPT_DAYS))
    usual = here.filter(first_on__lt=today).exists()
    if not here.update(last_on=today):
        # An expired row that is not swept yet starts again.
        KnownPlace.objects.bulk_create(
            [KnownPlace(account=account, key=key, first_on=today, last_on=today)],
            update_conflicts=True, unique_fields=["account", "key"], update_fields=["first_on", "last_on"],
        )  # fmt: skip
    return usual


def _key(account: Account, address: str | None) -> str | None:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    network = ipaddress.ip_network((found, _PREFIXES[found.version]), strict=False)
    return salted_hmac("registry.places", f"{account.pk} {network}", algorithm="sha256").hexdigest()


def sweep_places() -> int:
    """Delete places without a sign-in for `KEPT_DAYS` days; return their number."""
    since = timezone.localdate() - dt.timedelta(days=KEPT_DAYS)
    return KnownPlace.objects.filter(last_on__lt=since).delete()[0]
