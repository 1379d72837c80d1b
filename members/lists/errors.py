"""Exceptions about lists; each message is a sentence shown to the user."""

from registry.errors import RuleViolation


class NothingDiffers(RuleViolation):
    """No card would change (U-5): a workbook that is loaded again has nothing to do."""
