"""Background jobs: queue, model, and the pages of their owners."""
