"""Registers the invariants of every package of the app."""

from .ledger import integrity as ledger_integrity  # noqa: F401
