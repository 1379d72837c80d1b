"""The domain verbs of dues: rates are set, payments recorded and reversed, the year charged."""

from .payments import Paid, Recorded, record_payment, record_payments, reverse_payment
from .rates import load_rates, set_rate, take_rate_back
from .years import charge_new_year

__all__ = [
    "Paid",
    "Recorded",
    "charge_new_year",
    "load_rates",
    "record_payment",
    "record_payments",
    "reverse_payment",
    "set_rate",
    "take_rate_back",
]
