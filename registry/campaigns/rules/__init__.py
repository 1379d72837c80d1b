"""Rules of reporting campaigns (N-S1, N-S3)."""
