"""Drafts of forms: kept while their owner types, carried over the end of a session."""
