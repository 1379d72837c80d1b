"""The ledger: personal accounts, entries, standing, and the annual charge."""
