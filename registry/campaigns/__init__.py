"""Reporting campaigns: report forms, the reports of the organisations, and their totals (N-S1, N-S3)."""
