"""Registers the tasks of the app's packages."""

from .bank import tasks as bank_tasks  # noqa: F401
from .collecting import tasks as collecting_tasks  # noqa: F401
from .contributions import tasks as contributions_tasks  # noqa: F401
from .distribution import tasks as distribution_tasks  # noqa: F401
from .ledger import tasks as ledger_tasks  # noqa: F401
from .payroll import tasks as payroll_tasks  # noqa: F401
