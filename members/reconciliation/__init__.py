"""Proposed changes and the year-end reconciliation."""
