"""Leaving, transfers, arrivals, sealing and destroying of cards, and what mergers mean for people."""
