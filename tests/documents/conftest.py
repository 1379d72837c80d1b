"""Fixtures shared by tests of papers and of people."""

from tests.members.conftest import run_jobs

__all__ = ["run_jobs"]
