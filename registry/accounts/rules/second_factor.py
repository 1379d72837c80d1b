"""Rules of the second factor: who must have one, which codes are accepted, who resets it (U-2)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.enums import Role
from registry.errors import RuleViolation

from ..models import Account, Appointment
from ..tokens import CODE_DIGITS, SecondFactor

#: Number of recovery codes on a sheet, and of their digits. With `FEW_CODES` left the page suggests new ones.
RECOVERY_CODES, RECOVERY_DIGITS, FEW_CODES = 10, 10, 3
#: Maximum time between the password and the code.
CODE_WITHIN = dt.timedelta(minutes=10)
#: Time for which a password and code entered again are accepted in the same session.
PROVEN_FOR = dt.timedelta(minutes=10)

_NOT_DIGITS = re.compile(r"[\s\-‐‑‒–—−_.]+")


class Checked(NamedTuple):
    """The outcome of a check of a code."""

    accepted: bool
    #: Whether it was a recovery code, and the number of recovery codes left.
    recovery: bool = False
    left: int = RECOVERY_CODES
    closed_until: dt.datetime | None = None


def digits_of(typed: str) -> str:
    """Return the typed code without spaces and hyphens."""
    return _NOT_DIGITS.sub("", typed)


def is_recovery(code: str) -> bool:
    """Return whether the digits have the length of a recovery code."""
    return len(code) == RECOVERY_DIGITS


def check_code_is_whole(typed: str) -> str:
    """Return the digits of the code. Raises `RuleViolation` (U-2) for what cannot be a code."""
    code = digits_of(typed)
    if not (code.isascii() and code.isdigit()) or len(code) not in {CODE_DIGITS, RECOVERY_DIGITS}:
        raise RuleViolation(
            "U-2",
            _(
                "The code from the telephone has %(code)d digits, a recovery code from the sheet has %(recovery)d. "
                "Type the digits once more."
            )
            % {"code": CODE_DIGITS, "recovery": RECOVERY_DIGITS},
            field="code",
        )
    return code


def check_accepted(checked: Checked) -> None:
    """Raise `RuleViolation` (U-2) if the code was not accepted, with what to do."""
    if checked.closed_until is not None:
        check_open(checked.closed_until)
    if not checked.accepted:
        raise RuleViolation(
            "U-2",
            _(
                "The code does not fit. Each code is good for half a minute and only once: wait until the telephone "
                "shows the next one and type that. If it does not fit either, check the time on the telephone: its "
                "settings should say that date and time are set automatically."
            ),
            field="code",
        )


def check_open(closed_until: dt.datetime | None) -> None:
    """Raise `RuleViolation` (U-2) while codes are refused after too many wrong ones."""
    if closed_until is not None:
        minutes = max(1, -int((timezone.now() - closed_until).total_seconds() // 60))
        raise RuleViolation(
            "U-2",
            _(
                "Too many wrong codes. Codes are accepted again at %(time)s (in %(minutes)s min). If the telephone is "
                "lost, ask the superior organisation to reset the second factor."
            )
            % {"time": f"{timezone.localtime(closed_until):%H:%M}", "minutes": minutes},
            field="code",
        )


def factor_of(account: Account) -> SecondFactor | None:
    """Return the confirmed second factor of the account."""
    return SecondFactor.objects.filter(user=account, confirmed=True).first()


def has_factor(account: Account) -> bool:
    """Return whether the account has a confirmed second factor."""
    return SecondFactor.objects.filter(user=account, confirmed=True).exists()


def is_obliged(account: Account, appointments: Iterable[Appointment]) -> bool:
    """Return whether the account must have a second factor under its current appointments (U-2).

    Of the roles in `SECOND_FACTOR_REQUIRED`, administrators need it in every organisation, all others only in
    organisations above those that keep cards.
    """
    named = set(settings.SECOND_FACTOR_REQUIRED)
    if not named:
        return False
    if Role.ADMINISTRATOR in named and (account.is_staff or account.is_superuser):
        return True
    return any(one.role in named and (one.role == Role.ADMINISTRATOR or _above(one)) for one in appointments)


def _above(appointment: Appointment) -> bool:
    organization = appointment.organization
    return organization.level in organization.charter.levels_above


def check_pending(pending: SecondFactor | None) -> SecondFactor:
    """Return the factor that waits for its first code. Raises `RuleViolation` (U-2) if there is none."""
    if pending is None:
        raise RuleViolation("U-2", _("Begin once more: the picture for the telephone is not valid any more."))
    return pending


def check_has_factor(factor: SecondFactor | None) -> SecondFactor:
    """Return the second factor. Raises `RuleViolation` (U-2) if the account has none."""
    if factor is None:
        raise RuleViolation("U-2", _("This account has no second factor."))
    return factor


def check_may_remove(account: Account, appointments: Iterable[Appointment]) -> None:
    """Raise `RuleViolation` (U-2) if the account must have a second factor."""
    if is_obliged(account, appointments):
        raise RuleViolation(
            "U-2", _("Your role must have a second factor: it can be replaced by another telephone, not removed.")
        )


def is_within(moment: dt.datetime | None, term: dt.timedelta) -> bool:
    """Return whether the moment is less than `term` ago."""
    return moment is not None and dt.timedelta(0) <= timezone.now() - moment < term
