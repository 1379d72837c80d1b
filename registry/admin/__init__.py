"""The Django admin: federations, organisations, accounts, appointments, journal, jobs; no people (practice 10).

It is for the administrators of the installation and, within their federation, for those of a federation. Every list
begins with their scope; changes are made by transitions, and where a step has a page of its own, the admin leads there.
"""

from . import accounts, federations, grants, journal, organizations
from .adding import AddingAdmin
from .base import ReadOnlyAdmin, ScopedAdmin, ScopedFilter

__all__ = [
    "AddingAdmin", "ReadOnlyAdmin", "ScopedAdmin", "ScopedFilter", "accounts", "federations", "grants", "journal",
    "organizations",
]  # fmt: skip
