"""Registers the tasks of all packages of the app."""

from .admission import tasks as admission_tasks  # noqa: F401
from .lists import tasks as lists_tasks  # noqa: F401
from .meetings import tasks as meetings_tasks  # noqa: F401
from .movement import tasks as movement_tasks  # noqa: F401
from .people import tasks as people_tasks  # noqa: F401
from .reconciliation import tasks as reconciliation_tasks  # noqa: F401
