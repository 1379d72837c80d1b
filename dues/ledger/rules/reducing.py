"""Charges that a decision about a member still reduces (V-D1)."""

from __future__ import annotations

from dues.rates.models import Reduction

from .standing import Open


def is_reducible(one: Open, reduction: Reduction) -> bool:
    """Return whether the charge is of the reduction's days and unpaid; partly paid charges stay."""
    charge = one.charge
    return charge.fee == reduction.fee and one.left == charge.amount and reduction.holds_on(charge.made_on)
