"""The condition of an installation for those who run it: signs of life, the preflight, readiness, figures."""
