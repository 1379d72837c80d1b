"""Registers the invariants of the app's packages."""

from .bank import integrity as bank_integrity  # noqa: F401
from .collecting import integrity as collecting_integrity  # noqa: F401
from .distribution import integrity as distribution_integrity  # noqa: F401
from .expenses import integrity as expenses_integrity  # noqa: F401
from .ledger import integrity as ledger_integrity  # noqa: F401
from .partners import integrity as partners_integrity  # noqa: F401
from .payroll import integrity as payroll_integrity  # noqa: F401
