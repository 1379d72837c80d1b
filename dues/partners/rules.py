"""Rules for lines of bank statements that are money between organisations (V-D7, N-D1)."""

from __future__ import annotations

from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from dues.distribution.models import Remittance
from registry.errors import RuleViolation

Found = TypeVar("Found")


def check_is_likely(proposal: Found | None) -> Found:
    """Return the proposal. Raises `RuleViolation` (V-D7) unless the line is probably such money."""
    if proposal is None:
        message = _("No money between your organisation and another one has this sum, day and account.")
        raise RuleViolation("V-D7", message)
    return proposal


def check_can_be_freed(remittance: Remittance | None, reason: str) -> Remittance:
    """Return the money that the line was confirmed to be.

    Raises `RuleViolation` (N-D1) if it was not confirmed, or there is no reason.
    """
    if remittance is None:
        raise RuleViolation("N-D1", _("The payment is not confirmed as money of another organisation."))
    if not reason.strip():
        raise RuleViolation("N-D1", _("Enter the reason."), field="reason")
    return remittance
