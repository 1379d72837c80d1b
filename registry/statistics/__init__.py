"""Statistics of members on a day and in a period (N-S3)."""
