"""Lists uploaded by chairs: reading, checking, putting people on account, taking back."""
