"""The ledger: personal accounts, entries, balances, and the annual charge."""
