"""Leaving, transfers, arrivals, sealing and destroying cards, and the effect of mergers on people."""
