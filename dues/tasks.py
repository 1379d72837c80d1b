"""Registers the tasks of every package of the app."""

from .ledger import tasks as ledger_tasks  # noqa: F401
