"""The demonstration: two federations with realistic people, generated from a fixed seed."""
