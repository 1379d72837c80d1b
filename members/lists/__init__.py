"""Lists that chairs bring: reading, checking, putting people on account, taking back."""
