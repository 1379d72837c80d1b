"""Queries about refused addresses, and the marks by which returned e-mails of the registry are recognised."""

from __future__ import annotations

import datetime as dt
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from .models import RefusedAddress


def key_of(address: str) -> str:
    """Return the digest of the address, ignoring case."""
    return salted_hmac("registry.bounces", address.strip().lower(), algorithm="sha256").hexdigest()


def refused_since(address: str) -> dt.datetime | None:
    """Return the time since when nothing is sent to the address, or None if it is not refused."""
    found = RefusedAddress.objects.refused().filter(key=key_of(address))
    return found.values_list("refused_at", flat=True).first() if address else None


def new_mark(address: str) -> str:
    """Return a mark for an e-mail to the address, by which it is recognised if it is returned."""
    random = secrets.token_hex(8)
    return f"{random}.{_proof(random, address)}"


def is_own_mark(mark: str, address: str) -> bool:
    """Return whether an e-mail with the mark was sent by the registry to this address."""
    random, _dot, proof = mark.partition(".")
    return constant_time_compare(proof, _proof(random, address))


def _proof(random: str, address: str) -> str:
    text = f"{random} {address.strip().lower()}"
    return salted_hmac("registry.bounces.mark", text, algorithm="sha256").hexdigest()[:32]
