"""Forms of people and their cards."""
