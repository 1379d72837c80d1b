"""What the rules say about dues; read only."""

from .leaving import can_leave_paid, check_left_paid, current_unpaid, left_unpaid
from .money import money, roubles
from .rates import annual_due_of_new, annual_term, due_after_decision, rate_on, rates_of, starting_rates
from .standing import Open, Standing, arrears, live, standing, standing_of

__all__ = [
    "Open",
    "Standing",
    "annual_due_of_new",
    "annual_term",
    "arrears",
    "can_leave_paid",
    "check_left_paid",
    "current_unpaid",
    "due_after_decision",
    "left_unpaid",
    "live",
    "money",
    "rate_on",
    "rates_of",
    "roubles",
    "standing",
    "standing_of",
    "starting_rates",
]
