"""Codes of the second factor that pages of the demonstration show."""

from __future__ import annotations

from binascii import unhexlify

from django.conf import settings
from django.utils import timezone
from django_otp.oath import TOTP

from .models import Account
from .rules.second_factor import factor_of
from .tokens import CODE_DIGITS, STEP_SECONDS


def code_at(key: str, moment: float) -> str:
    """Return the code that a telephone with this secret shows at a moment, given in seconds of Unix time."""
    totp = TOTP(unhexlify(key), STEP_SECONDS, 0, CODE_DIGITS)
    totp.time = moment
    return f"{totp.token():0{CODE_DIGITS}}"


def demonstration_code(account: Account) -> str:
    """Return the present code of a demonstration account, whose secret is public; an empty string for others."""
    factor = factor_of(account)
    if factor is None or factor.key != settings.DEMO_SECOND_FACTOR:
        return ""
    return code_at(factor.key, timezone.now().timestamp())
