"""Addresses that other mail servers refuse: returned e-mails are read, and nothing more is sent to such addresses
(N-S2).
"""
