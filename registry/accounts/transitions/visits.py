"""Counts of requests by address or account, used to limit guessing and load; no address is stored."""

from __future__ import annotations

import datetime as dt
import ipaddress

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..models import VisitCount

#: Length of the IPv6 prefix of one household or office, which can use any address within it.
_IPV6_PREFIX = 64


def count_visit(page: str, address: str | None, *, within: dt.timedelta) -> int:
    """Count a request for the page; return the number of requests from the address in the current time window.

    The visitor may also be an account instead of an address.

    Time windows of this length follow one another. All workers share the count, and no two get the same number.
    """
    key, ends_at = _key(page, address), window_end(within)
    rows = VisitCount.objects.filter(key=key, ends_at=ends_at)
    with transaction.atomic():
        # The update locks the row until the number is read.
        if not rows.update(count=F("count") + 1):
            VisitCount.objects.bulk_create([VisitCount(key=key, ends_at=ends_at)], ignore_conflicts=True)
            rows.update(count=F("count") + 1)
        return rows.values_list("count", flat=True).get()


def visits(page: str, address: str | None, *, within: dt.timedelta) -> int:
    """Return the number of requests counted so far in the current time window."""
    counted = VisitCount.objects.filter(key=_key(page, address), ends_at=window_end(within))
    return counted.values_list("count", flat=True).first() or 0


def take_back_visit(page: str, address: str | None, *, within: dt.timedelta) -> None:
    """Subtract one request from the current time window."""
    counted = VisitCount.objects.filter(key=_key(page, address), ends_at=window_end(within), count__gt=0)
    counted.update(count=F("count") - 1)


def window_end(within: dt.timedelta) -> dt.datetime:
    """Return the end of the current time window of this length."""
    length = within.total_seconds()
    return dt.datetime.fromtimestamp((timezone.now().timestamp() // length + 1) * length, dt.UTC)


def _key(page: str, address: str | None) -> str:
    return salted_hmac("registry.visits", f"{page} {visitor_of(address)}", algorithm="sha256").hexdigest()


def visitor_of(address: str | None) -> str:
    """Return the address under which the visitor's requests are counted; for IPv6, their network."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False)) if found.version == 6 else str(found)


def sweep_visits() -> int:
    """Delete the counts of past time windows; return their number."""
    return VisitCount.objects.filter(ends_at__lt=timezone.now()).delete()[0]
