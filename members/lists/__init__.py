"""Lists uploaded by chairs: reading, checking, registering people, undoing."""
