"""Reports of dues: charged, paid and owed sums, and files for the accountant."""
