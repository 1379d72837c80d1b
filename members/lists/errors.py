"""Exceptions about lists; each message is a sentence shown to the user."""

from registry.errors import RuleViolation


class NothingDiffers(RuleViolation):
    """Raised if no card would change (U-5): a workbook that is uploaded again changes nothing."""
