"""Pages on which payments are recorded: of one member, and of many."""
