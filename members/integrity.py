"""Registers the invariants of all packages of the app."""

from .admission import integrity as admission_integrity  # noqa: F401
from .lists import integrity as lists_integrity  # noqa: F401
from .people import integrity as people_integrity  # noqa: F401
