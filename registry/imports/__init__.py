"""Lists that officers bring."""
