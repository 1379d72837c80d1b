"""Rules against guessing of passwords: from one address, and by somebody at an open page (U-2)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from registry.errors import RuleViolation

#: Wrong attempts are counted within this time, and what they close opens at its end.
WINDOW = dt.timedelta(minutes=15)
#: Wrong attempts from one address, with whatever logins, that close its sign-in; an office of a hundred stays below.
MAX_FROM_ADDRESS = 50
#: Attempts of one account to enter its present password.
MAX_PRESENT = 5


def check_address_may_sign_in(failed: int) -> None:
    """Raise `RuleViolation` (U-2) if too many sign-ins from the address have failed, with whatever logins."""
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
