"""Figures of speed: `python -m tests.benchmarks.run` (CONTRIBUTING.md). The suite itself asserts no times."""
