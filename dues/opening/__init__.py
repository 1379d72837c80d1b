"""Opening balances: payments and debts of members in the organisation's former books."""
