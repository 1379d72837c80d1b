"""Keyed digests of what must not be changed past the registry; their key is outside the database (ADR 20)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    """Return the key of one purpose, so that a digest made for another is worth nothing."""
    return hmac.digest(secret.encode(), f"registry {purpose}".encode(), "sha256")


def keys(purpose: str) -> list[bytes]:
    """Return the keys of the purpose; the first makes digests, all check them."""
    return [_derived(secret, purpose) for secret in settings.EVIDENCE_KEYS]


def fingerprints() -> list[str]:
    """Return fingerprints of the keys of EVIDENCE_KEYS, which do not reveal them."""
    return [hashlib.sha256(f"evidence key {key}".encode()).hexdigest()[:16] for key in settings.EVIDENCE_KEYS]


def seal(purpose: str, values: Sequence[Any]) -> str:
    """Return the keyed digest of the values."""
    return hmac.digest(keys(purpose)[0], _text(values), "sha256").hex()


def is_sealed(purpose: str, values: Sequence[Any], digest: str) -> bool:
    """Return whether one of the keys made this digest of the values."""
    text = _text(values)
    return any(hmac.compare_digest(hmac.digest(key, text, "sha256").hex(), digest) for key in keys(purpose))


def _text(values: Sequence[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
