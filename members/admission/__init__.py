"""Applications for admission: filing, routing, representation, scans, and the effect of decisions."""
