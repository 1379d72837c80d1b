"""Counting the requests of visitors without an account, so that nobody tries out addresses or keeps the site busy."""

from __future__ import annotations

import datetime as dt
import ipaddress

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..models import VisitCount

#: Length of the prefix that a household or an office has of IPv6; within it everybody has addresses without number.
_IPV6_PREFIX = 64


def count_visit(page: str, address: str | None, *, within: dt.timedelta) -> int:
    """Count a request for the page, and return how many there were from the address in this stretch of time.

    Stretches of this length follow one another. All workers count together, and no two get the same number.
    """
    length = within.total_seconds()
    ends_at = dt.datetime.fromtimestamp((timezone.now().timestamp() // length + 1) * length, dt.UTC)
    key = salted_hmac("registry.visits", f"{page} {_visitor(address)}", algorithm="sha256").hexdigest()
    rows = VisitCount.objects.filter(key=key, ends_at=ends_at)
    with transaction.atomic():
        # The row is locked by the update until the number is read.
        if not rows.update(count=F("count") + 1):
            VisitCount.objects.bulk_create([VisitCount(key=key, ends_at=ends_at)], ignore_conflicts=True)
            rows.update(count=F("count") + 1)
        return rows.values_list("count", flat=True).get()


def _visitor(address: str | None) -> str:
    """Return whose requests are counted as one: an address, of IPv6 its network."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False)) if found.version == 6 else str(found)


def sweep_visits() -> int:
    """Delete the counts of stretches that have ended; return their number."""
    return VisitCount.objects.filter(ends_at__lt=timezone.now()).delete()[0]
