"""Registers the tasks of the app's packages."""

from .ledger import tasks as ledger_tasks  # noqa: F401
