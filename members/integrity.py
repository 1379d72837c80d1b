"""Registers the invariants of every package of the app."""

from .admission import integrity as admission_integrity  # noqa: F401
from .people import integrity as people_integrity  # noqa: F401
