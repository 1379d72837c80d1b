"""Rules for the files of payroll lists: refusals with the row (U-D1). Sums are roubles."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.errors import RuleViolation

from ..models import PayrollLine

#: Fields that a list must have.
NEEDED = ("name", "amount")
MAX_SUM = Decimal("1000000.00")


def check_columns(names: Collection[str]) -> None:
    """Raise `RuleViolation` (U-D1) unless the columns of names and sums are known."""
    if not set(NEEDED) <= set(names):
        raise RuleViolation("U-D1", _("Choose the columns with the names and with the sums."), field="columns")


def check_has_people(count: int) -> None:
    """Raise `RuleViolation` (U-D1) if no row of the file is a person."""
    if not count:
        raise RuleViolation("U-D1", _("No row of the file has a name and a sum. Check the columns."), field="columns")


def checked_sum(row: int, text: str, amount: Decimal | None) -> Decimal:
    """Return the sum of a row. Raises `RuleViolation` (U-D1) with the row if its text is invalid."""
    if amount is None or abs(amount) > MAX_SUM:
        message = _("Row %(row)s: «%(text)s» is not a sum of roubles and kopecks.")
        raise RuleViolation("U-D1", message % {"row": row, "text": text[:40]}, field="columns")
    return amount


def no_list(message: Any) -> RuleViolation:
    """Return the refusal of a file that cannot be read (U-D1)."""
    return RuleViolation("U-D1", message, field="file")


def of_line(line: PayrollLine, violation: RuleViolation) -> RuleViolation:
    """Return the refusal of a line with its row and name."""
    text = _("Row %(row)s, %(name)s: %(why)s")
    values = {"row": line.position, "name": line.full_name, "why": violation.message}
    return RuleViolation(violation.rule, text % values)
