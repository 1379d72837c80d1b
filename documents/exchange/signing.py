"""Signatures of messages according to Standard Webhooks 1.0.0: HMAC-SHA256 of id, time and body."""

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Collection

PREFIX = "whsec_"
MIN_BYTES, MAX_BYTES = 24, 64
#: Maximum difference in seconds between the clocks of both sides; older messages count as replays.
TOLERANCE_SECONDS = 5 * 60


def new_secret() -> str:
    """Return a new random secret."""
    return PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """Return the key of a secret (`whsec_` and base64 of 24 to 64 bytes). Raises `ValueError` for any other text."""
    if not secret.startswith(PREFIX):
        raise ValueError
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if not MIN_BYTES <= len(key) <= MAX_BYTES:
        raise ValueError
    return key


def signatures(secrets: Collection[str], message_id: str, at: int, body: bytes) -> str:
    """Return the value of `webhook-signature`: one signature for each secret, separated by spaces.

    `at` is the value of `webhook-timestamp`, in seconds.
    """
    return " ".join(_signature(key_of(secret), message_id, at, body) for secret in secrets)


def is_signed(
    secrets: Collection[str], signature: str, *, message_id: str, timestamp: str, body: bytes, now: float
) -> bool:
    """Return whether one of the secrets signed the message within the tolerance."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    at = int(timestamp)
    if abs(now - at) > TOLERANCE_SECONDS:
        return False
    given = [one.encode() for one in signature.split()]
    expected = [_signature(key_of(secret), message_id, at, body).encode() for secret in secrets]
    return any(hmac.compare_digest(one, own) for one in given for own in expected)


def _signature(key: bytes, message_id: str, at: int, body: bytes) -> str:
    digest = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
