"""Registers the invariants of the app's packages."""

from .ledger import integrity as ledger_integrity  # noqa: F401
