"""The domain verbs of the ground floor; the only writers of its state."""
