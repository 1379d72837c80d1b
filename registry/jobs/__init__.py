"""Background jobs: the queue, its model, and the pages on which owners see their jobs."""
