"""Registers the daily work of the app's packages."""

from .ledger import jobs as ledger_jobs  # noqa: F401
