"""The domain verbs of people and their cards; the only writers of their state."""
