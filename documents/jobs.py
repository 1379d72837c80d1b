"""Registers the background jobs of every package of the app."""

from .consents import jobs as consents_jobs  # noqa: F401
from .printing import jobs as printing_jobs  # noqa: F401
