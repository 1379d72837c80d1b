"""Rules against guessing passwords, from one address or on an open page (U-2)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from registry.errors import RuleViolation

#: Time window in which wrong attempts are counted; a lockout ends with it.
WINDOW = dt.timedelta(minutes=15)
#: Number of wrong attempts from one address that closes its sign-in, for any logins; an office of a hundred stays below
#: it.
MAX_FROM_ADDRESS = 50
#: Maximum number of attempts of one account to enter its present password.
MAX_PRESENT = 5


def check_address_may_sign_in(failed: int) -> None:
    """Raise `RuleViolation` (U-2) if too many sign-ins from the address have failed, for any logins."""
    if failed >= MAX_FROM_ADDRESS:
        raise RuleViolation("U-2", _("Signing in from your network is closed for a while."))


def check_may_prove_password(tried: int) -> None:
    """Raise `RuleViolation` (U-2) if the present password was entered too often."""
    if tried >= MAX_PRESENT:
        raise RuleViolation(
            "U-2",
            _("The present password was wrong too often. Try again in a quarter of an hour."),
            field="present",
        )
