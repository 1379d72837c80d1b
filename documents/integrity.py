"""Registers the invariants of the app's packages."""

from .consents import integrity as consents_integrity  # noqa: F401
from .ecards import integrity as ecards_integrity  # noqa: F401
from .exchange import integrity as exchange_integrity  # noqa: F401
from .tickets import integrity as tickets_integrity  # noqa: F401
