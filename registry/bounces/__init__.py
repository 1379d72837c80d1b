"""Addresses that other mail servers refuse: what they return is read, and nothing more is sent there (N-S2)."""
