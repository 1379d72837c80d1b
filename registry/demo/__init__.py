"""The demonstration: two federations with believable people, made anew the same each time from a fixed seed."""
