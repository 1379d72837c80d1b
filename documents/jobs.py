"""Registers the background jobs of the app's packages."""

from .consents import jobs as consents_jobs  # noqa: F401
from .ecards import jobs as ecards_jobs  # noqa: F401
from .exchange import jobs as exchange_jobs  # noqa: F401
from .printing import jobs as printing_jobs  # noqa: F401
from .reminding import jobs as reminding_jobs  # noqa: F401
