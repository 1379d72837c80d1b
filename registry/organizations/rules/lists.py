"""Rules for the import of a list of subordinate organisations (N-H3)."""

from __future__ import annotations

from typing import TypeVar

from django.utils.translation import gettext as _

from registry.errors import RuleViolation

Table = TypeVar("Table")

#: Maximum number of rows in a list, which is imported in one transaction.
MAX_ROWS = 1000


def check_number_of_rows(count: int) -> None:
    """Raise `RuleViolation` (N-H3) for a list of more than `MAX_ROWS` organisations."""
    if count > MAX_ROWS:
        raise RuleViolation("N-H3", _("The list has more than 1,000 organisations. Divide it into several files."))


def check_has_headings(table: Table | None) -> Table:
    """Return the table found in the file. Raises `RuleViolation` (N-H3) if no sheet has a column of names."""
    if table is None:
        raise RuleViolation(
            "N-H3", _("No heading of a column with names was found. Name the column «Full name» or take our template.")
        )
    return table
