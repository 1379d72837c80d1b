"""Opening balances: what members paid and owe by the organisation's former books."""
