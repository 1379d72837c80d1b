"""The only writer of the ledger: entries and the balances stored with accounts (N-D1, ADR 5).

Its functions make no decisions: the calling transition checks permissions and rules.
"""

from .accounts import STANDING_FIELDS, open_accounts, open_first_accounts
from .charges import charge_admission, charge_year, load_starting_rates, reverse_admission
from .contributions import charge_contribution, reverse_contribution
from .entries import CASH, RECEIVED, AccountKey, Move, post_moves, reverse, reverse_same_day
from .opening import Opening, post_openings
from .payments import Payment, post_payments
from .reducing import reduce_open

__all__ = [
    "CASH",
    "RECEIVED",
    "STANDING_FIELDS",
    "AccountKey",
    "Move",
    "Opening",
    "Payment",
    "charge_admission",
    "charge_contribution",
    "charge_year",
    "load_starting_rates",
    "open_accounts",
    "open_first_accounts",
    "post_moves",
    "post_openings",
    "post_payments",
    "reduce_open",
    "reverse",
    "reverse_admission",
    "reverse_contribution",
    "reverse_same_day",
]
