"""Registers the invariants of every package of the app."""

from .consents import integrity as consents_integrity  # noqa: F401
