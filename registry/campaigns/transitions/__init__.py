"""Transitions of report forms, campaigns and reports (N-S1, N-S3)."""
