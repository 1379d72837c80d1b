"""Journal events of sign-in, sign-out and choice of appointment; cleaning up failed sign-ins and sessions."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from registry.access import Actor
from registry.enums import Role
from registry.supervision.models import ChangedOrganization
from registry.transitions import write_event

from ..models import Account, Appointment
from ..rules import attempts
from .known_places import note_place
from .visits import count_visit, take_back_visit, visitor_of, visits


def attempt_key(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the key under which failed sign-ins are counted: a digest, because a password may be typed by mistake as
    the login.
    """
    typed = (credentials or {}).get("username") or ""
    return salted_hmac("registry.attempts", str(typed), algorithm="sha256").hexdigest()


def visitor_address(request: HttpRequest) -> str | None:
    """Return the visitor's IP address behind our `PROXY_COUNT` proxies, each of which appends its client (U-2).

    Entries further to the left come from the visitor, who could forge them to avoid being counted.
    """
    known = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), request.META.get("REMOTE_ADDR", "")]
    known = [address.strip() for address in known if address.strip()]
    behind = known[-1 - settings.PROXY_COUNT :][:1]
    try:
        return str(ipaddress.ip_address(behind[0])) if behind else None
    except ValueError:
        return request.META.get("REMOTE_ADDR") or None


def attempt_address(request: HttpRequest) -> str | None:
    """Return the address under which failed sign-ins are counted: a keyed digest in the form of an address (ADR 19).

    All addresses of one IPv6 network share it, because their owner can use any of them.
    """
    address = visitor_address(request)
    if address is None:
        return None
    digest = salted_hmac("registry.attempts.address", visitor_of(address), algorithm="sha256").digest()
    # From the range for private networks, so that it identifies nobody.
    return str(ipaddress.IPv6Address(b"\xfd" + digest[:15]))


def failed_from(address: str | None) -> int:
    """Return the number of recent failed sign-ins from the address, for any logins."""
    return visits("failed sign-in", address, within=attempts.WINDOW) if address else 0


def note_failed_from(address: str | None) -> None:
    """Count a failed sign-in from the address; the one that closes the address is recorded once."""
    if address and count_visit("failed sign-in", address, within=attempts.WINDOW) == attempts.MAX_FROM_ADDRESS:
        write_event("session.address_closed", by=Actor.system("sign-in"), rule="U-2")


def proofs(account: Account) -> int:
    """Return the number of counted attempts to enter the account's present password, including refused ones."""
    return visits("present password", f"account {account.pk}", within=attempts.WINDOW)


def note_proof(*, by: Actor) -> int:
    """Count an attempt to enter the present password before comparing it; return the number before it.

    Concurrent attempts get different numbers. The first refused one is recorded.
    """
    account = by.account
    if account is None:
        return 0
    before = count_visit("present password", f"account {account.pk}", within=attempts.WINDOW) - 1
    if before == attempts.MAX_PRESENT:
        write_event("account.password_guessed", by=by, rule="U-2", about=account, organization=_home(by))
    return before


def forget_proof(*, by: Actor) -> None:
    """Take back the count of a successful attempt."""
    if by.account is not None:
        take_back_visit("present password", f"account {by.account.pk}", within=attempts.WINDOW)


def closed_until(request: HttpRequest, credentials: dict[str, Any] | None) -> dt.datetime:
    """Return the time when sign-in from this address is possible again after too many failures."""
    attempts = AccessAttempt.objects.filter(
        username=attempt_key(request, credentials), ip_address=getattr(request, "axes_ip_address", None)
    )
    last = attempts.aggregate(at=Max("attempt_time"))["at"] or timezone.now()
    return last + (get_cool_off(request) or dt.timedelta())


def reset_attempts(account: Account) -> None:
    """Reset the failed sign-ins of the account, so that a new one-time password works at once."""
    key = attempt_key(None, {"username": account.login})
    transaction.on_commit(lambda: reset(username=key))


def sweep_attempts() -> int:
    """Delete failed sign-ins that no longer affect a lockout, with their addresses; return their number."""
    cool_off = get_cool_off() or dt.timedelta()
    return AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - cool_off).delete()[0]


def sweep_sessions() -> int:
    """Delete sessions that have ended; return their number."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


#: Whether the place is usual for the account (None if not known) → the event.
_STARTED = {True: "session.usual_started", False: "session.elsewhere_started", None: "session.started"}


def signed_in(*, by: Actor, address: str | None = None) -> None:
    """Record a sign-in and whether it came from a usual place, without the address (ADR 19).

    After a chair's sign-in the figures of the overview are counted again (N-S1).
    """
    led = Appointment.objects.filter(account=by.account, role=Role.CHAIR).current()
    with transaction.atomic():
        ChangedOrganization.objects.note(led.values_list("organization", flat=True))
        usual = note_place(by.account, address, timezone.localdate()) if by.account is not None else None
        write_event(_STARTED[usual], by=by, about=by.account, organization=_home(by))


def signed_out(*, by: Actor) -> None:
    """Record a sign-out by the user."""
    write_event("session.ended", by=by, about=by.account, organization=_home(by))


def refused(login: str, *, reason: str, closed: bool) -> None:
    """Record a refused sign-in; `reason` is a code, `closed` means locked out. Typed text is not stored."""
    account = Account.objects.select_related("home").filter(login=login).first()
    write_event(
        "session.refused",
        by=Actor.system("sign-in"),
        rule="U-2",
        about=account,
        organization=account.home if account else None,
        reason=reason,
        closed=closed,
    )


def chosen(appointment: Appointment, *, by: Actor) -> None:
    """Record the choice of another appointment (N-H2)."""
    write_event("appointment.chosen", by=by, rule="N-H2", about=appointment, organization=appointment.organization)


def _home(by: Actor) -> Any:
    return by.organization or (by.account.home if by.account else None)
