"""Cards of members: fields, entries, marks, history, the list, registering people."""
