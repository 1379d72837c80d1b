"""Applications for admission: filing, routing, representations, scans, and what a decision does."""
