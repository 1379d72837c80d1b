"""The second factor of an account: an application on the telephone that shows codes, and recovery codes on paper (U-2).

Secrets that django-otp stores in plain text are encrypted here, so that a copy of the database reveals nobody's codes
and `rotate_keys` reaches them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from base64 import b32encode
from binascii import unhexlify
from typing import Any
from urllib.parse import quote, urlencode

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP
from django_otp.util import random_hex

from registry.fields import EncryptedJSONField, EncryptedTextField

#: Seconds for which a code is valid, and its number of digits; every authenticator application uses these.
STEP_SECONDS, CODE_DIGITS = 30, 6
#: Number of codes before and after the present one that are accepted, because clocks differ and typing takes time.
TOLERANCE = 1
#: After each of these numbers of failures in a row codes are refused for a time that doubles, up to a day.
FREE_FAILURES = 5
CLOSED_FOR, CLOSED_AT_MOST = dt.timedelta(minutes=15), dt.timedelta(days=1)
#: Bytes of a new secret.
_SECRET_BYTES = 20


class SecondFactor(TimestampMixin, ThrottlingMixin, Device):
    """The second factor of one account, with its recovery codes, and one that is not confirmed yet."""

    user = models.ForeignKey("registry.Account", models.CASCADE, related_name="+", verbose_name=_("account"))
    name = None
    #: The secret shared with the telephone, in hexadecimal.
    key = EncryptedTextField(_("secret"), default="")
    #: Number of the last time step whose code was used: no code is accepted twice.
    last_t = models.BigIntegerField(default=-1)
    #: Digests of the recovery codes that are left.
    recovery = EncryptedJSONField(_("recovery codes"), default=list)
    codes_left = models.PositiveSmallIntegerField(_("recovery codes left"), default=0)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints = [models.UniqueConstraint(fields=["user", "confirmed"], name="second_factor_once")]

    def __str__(self) -> str:
        return str(self.pk)

    @staticmethod
    def new_key() -> str:
        """Return a new secret."""
        key: str = random_hex(_SECRET_BYTES)
        return key

    @property
    def secret(self) -> str:
        """The secret in the spelling «ABCD EFGH …», for typing it into an application without scanning."""
        text = b32encode(unhexlify(self.key)).decode()
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))

    def address(self, login: str, issuer: str) -> str:
        """Return the `otpauth` address in the QR code: the account, and how codes are computed."""
        values = {
            "secret": self.secret.replace(" ", ""),
            "issuer": issuer,
            "algorithm": "SHA1",
            "digits": CODE_DIGITS,
            "period": STEP_SECONDS,
        }
        return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{urlencode(values, quote_via=quote)}"

    def verify_token(self, token: str) -> bool:
        """Return whether the code is the present or a neighbouring one and has not been used yet.

        The caller holds the lock of the row and saves it.
        """
        totp = TOTP(unhexlify(self.key), STEP_SECONDS, 0, CODE_DIGITS)
        totp.time = timezone.now().timestamp()
        if not (token.isascii() and token.isdigit() and totp.verify(int(token), TOLERANCE, self.last_t + 1)):
            return False
        self.last_t = totp.t()
        return True

    def verify_recovery(self, code: str) -> bool:
        """Return whether this is one of the recovery codes, and use it up; the caller saves the row."""
        found = self.digest(code)
        if found not in self.recovery:
            return False
        self.recovery = [one for one in self.recovery if one != found]
        self.codes_left = len(self.recovery)
        return True

    def set_recovery(self, codes: list[str]) -> None:
        """Replace the recovery codes."""
        self.recovery = [self.digest(code) for code in codes]
        self.codes_left = len(self.recovery)

    def digest(self, code: str) -> str:
        """Return the stored digest of a recovery code."""
        return hashlib.sha256(f"{self.user_id} {code}".encode()).hexdigest()

    @property
    def closed_until(self) -> dt.datetime | None:
        """The time until which codes are refused after failures; None if they are accepted now."""
        rounds, rest = divmod(self.throttling_failure_count, FREE_FAILURES)
        if rest or not rounds or self.throttling_failure_timestamp is None:
            return None
        # The exponent is bounded, because the number of failures is not.
        until = self.throttling_failure_timestamp + min(CLOSED_FOR * 2 ** min(rounds - 1, 10), CLOSED_AT_MOST)
        return until if timezone.now() < until else None

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        until = self.closed_until
        return (True, None) if until is None else (False, {"locked_until": until})

    def get_throttle_factor(self) -> float:
        return CLOSED_FOR.total_seconds()
