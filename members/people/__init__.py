"""Cards of members: fields, entries, marks, history, the list, putting people on account."""
