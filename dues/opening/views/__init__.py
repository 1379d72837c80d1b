"""Pages of opening balances."""
