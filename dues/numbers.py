"""The number under which a member pays, with its check digit (anchors 2, 3)."""

from __future__ import annotations

from stdnum import damm

#: Number of digits of a payer's number without its check digit; shorter ids are padded with zeros.
PAYER_DIGITS = 7
#: Maximum number of digits of a payer's number with its check digit.
MAX_PAYER_DIGITS = 18


def payer_number(member_id: int) -> str:
    """Return the number under which the member pays: the id of the card and a check digit."""
    digits = str(member_id).zfill(PAYER_DIGITS)
    return digits + damm.calc_check_digit(digits)


def payer_of(number: str) -> int | None:
    """Return the id of the card with this payer's number; None if it is invalid or mistyped."""
    if not (number.isascii() and number.isdigit() and PAYER_DIGITS < len(number) <= MAX_PAYER_DIGITS):
        return None
    return int(number[:-1]) if damm.is_valid(number) else None
