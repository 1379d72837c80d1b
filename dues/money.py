"""Formatting and limits of amounts, which are roubles exact to the kopeck."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def money(amount: Decimal) -> str:
    """Return the amount with kopecks, in the reader's notation."""
    return number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)


def roubles(amount: Decimal) -> str:
    """Return the amount with its unit."""
    return _("%(sum)s roubles") % {"sum": money(amount)}


def on_paper(amount: Decimal) -> str:
    """Return the amount with kopecks in the notation of Russian papers, in every language: «15 000,00»."""
    return f"{amount:,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")


def is_sum(amount: Decimal) -> bool:
    """Return whether the amount is positive, in whole kopecks, and not too large for books."""
    return amount.is_finite() and 0 < amount < _TOO_MUCH and amount == amount.quantize(KOPECK)


#: Maximum amount; larger ones are typing errors.
MAX_AMOUNT = Decimal("1000000.00")
KOPECK = Decimal("0.01")
#: Books have no such sums, and decimal arithmetic with more digits raises errors.
_TOO_MUCH = Decimal(10**13)
