"""Registers the daily work of the app's packages."""

from .bank import jobs as bank_jobs  # noqa: F401
from .contributions import jobs as contribution_jobs  # noqa: F401
from .ledger import jobs as ledger_jobs  # noqa: F401
from .opening import jobs as opening_jobs  # noqa: F401
from .payroll import jobs as payroll_jobs  # noqa: F401
from .reports import jobs as report_jobs  # noqa: F401
