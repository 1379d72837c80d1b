"""What the rules say about dues; read only."""

from .leaving import check_left_paid, left_unpaid
from .money import money, roubles
from .payments import Purpose, purposes
from .rates import (
    annual_due_of_new,
    annual_term,
    due_after_decision,
    is_charged,
    rate_on,
    rates_in_force,
    rates_of,
    starting_rates,
)
from .setting import can_take_back, fees_with_rates, may_set_rates
from .standing import Open, Standing, arrears, live, standing, standing_of, standings_in

__all__ = [
    "Open",
    "Purpose",
    "Standing",
    "annual_due_of_new",
    "annual_term",
    "arrears",
    "can_take_back",
    "check_left_paid",
    "due_after_decision",
    "fees_with_rates",
    "is_charged",
    "left_unpaid",
    "live",
    "may_set_rates",
    "money",
    "purposes",
    "rate_on",
    "rates_in_force",
    "rates_of",
    "roubles",
    "standing",
    "standing_of",
    "standings_in",
    "starting_rates",
]
