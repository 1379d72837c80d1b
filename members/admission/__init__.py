"""Applications for admission: filing, routing, representation, scans, and the effects of decisions."""
