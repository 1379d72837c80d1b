"""Figures of the organisations below one's own, down to the lists behind them (N-S1)."""
