"""The condition of an installation for its administrators: signs of life, preflight, readiness, figures."""
