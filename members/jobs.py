"""Registers the background jobs of all packages of the app."""

from .lists import jobs as lists_jobs  # noqa: F401
from .meetings import jobs as meetings_jobs  # noqa: F401
from .movement import jobs as movement_jobs  # noqa: F401
from .people import jobs as people_jobs  # noqa: F401
from .reconciliation import jobs as reconciliation_jobs  # noqa: F401
