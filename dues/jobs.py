"""Registers the background jobs of every package of the app."""

from .ledger import jobs as ledger_jobs  # noqa: F401
