"""The Django admin: federations, organisations, accounts, appointments, journal, jobs; no people (practice 10).

It is for administrators of the installation and, within their federation, for those of a federation. Every list starts
with their scope. Changes are made by transitions; if a step has its own page, the admin links to it.
"""

from . import accounts, federations, grants, journal, organizations
from .adding import AddingAdmin
from .base import ReadOnlyAdmin, ScopedAdmin, ScopedFilter

__all__ = [
    "AddingAdmin", "ReadOnlyAdmin", "ScopedAdmin", "ScopedFilter", "accounts", "federations", "grants", "journal",
    "organizations",
]  # fmt: skip
